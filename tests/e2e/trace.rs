//! The trace header with the secret of the configuration: in the environment, in a file, and another one after a reload.

use std::fs;

use rustix::process::Signal;
use vestibule_tests::http::{Response, exchange};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::wait;

const FIRST: &str = "0123456789abcdef0123456789abcdef";
const SECOND: &str = "fedcba9876543210fedcba9876543210";

fn ask(vestibule: &Vestibule, secret: &str) -> Response {
    let request = format!(
        "GET /_resolver/check/nginx HTTP/1.1\r\nHost: any\r\nConnection: close\r\nX-Original-Method: GET\r\n\
         X-Original-URL: https://app.example.com/\r\nX-Vestibule-Trace: {secret}\r\n\r\n"
    );
    exchange(&vestibule.resolver_unix(), request.as_bytes())
}

fn is_told(vestibule: &Vestibule, secret: &str) -> bool {
    let answer = ask(vestibule, secret);
    assert_eq!(answer.status, 401, "{}", answer.head);
    let told = answer.head.contains("X-Vestibule-Trace: sign in (401) | rule: none | there are no rules");
    assert!(told || !answer.head.to_lowercase().contains("trace"), "{}", answer.head);
    assert!(!answer.head.contains(secret), "{}", answer.head);
    told
}

#[test]
fn the_secret_is_in_a_file_and_another_counts_after_a_reload() {
    let mut vestibule = Setup::default().config("[resolver]\ntrace_secret_file = \"trace-secret\"").prepare();
    let write = |vestibule: &Vestibule, secret: &str| {
        fs::write(vestibule.folder().join("trace-secret"), format!("{secret}\n")).expect("our own folder");
    };
    write(&vestibule, FIRST);
    vestibule.start();
    assert!(is_told(&vestibule, FIRST) && !is_told(&vestibule, SECOND));
    write(&vestibule, SECOND);
    vestibule.process().signal(Signal::HUP);
    wait::until("the other secret counts", || is_told(&vestibule, SECOND).then_some(()));
    assert!(!is_told(&vestibule, FIRST));
    write(&vestibule, "short");
    vestibule.process().signal(Signal::HUP);
    wait::until("a bad one is refused", || vestibule.log().contains("resolver.trace_secret_file").then_some(()));
    assert!(is_told(&vestibule, SECOND), "the old one stays in force");
    let log = vestibule.log();
    assert!(!log.contains(FIRST) && !log.contains(SECOND) && !log.contains("short\n"), "{log}");
}

#[test]
fn the_environment_has_it_or_nobody_does() {
    let without = Setup::default().start();
    assert!(!is_told(&without, FIRST));
    let with = Setup::default().environment("VESTIBULE__RESOLVER__TRACE_SECRET", FIRST).start();
    assert!(is_told(&with, FIRST) && !is_told(&with, SECOND));
    let shown = with.cli(&["config", "show"]).expect_code(0).out;
    assert!(shown.contains("resolver.trace_secret") && !shown.contains(FIRST), "{shown}");
}
