//! SIGTERM: readiness goes first, then listeners, then the node.

use rustix::process::Signal;
use vestibule_tests::http::{Connection, try_exchange};
use vestibule_tests::person::encoded;
use vestibule_tests::server::PASSWORD;
use vestibule_tests::{postgres, wait};

use super::{EMAIL, ops, setup};

const RESOLVE: &[u8] = b"GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[test]
fn readiness_goes_first_then_listeners_and_what_was_begun_is_finished() {
    let mut node = setup("drain_order", "a").config("drain_for = \"5s\"").start();
    node.add_user(EMAIL, &[]);
    assert_eq!(ops(&node, "/readyz").status, 200);
    node.process().signal(Signal::TERM);
    wait::until("it is not ready any more", || (ops(&node, "/readyz").text() == "ending\n").then_some(()));
    // It serves on: proxies, people, operators.
    let secret = node.create_session(EMAIL);
    assert!(node.is_live(&secret));
    let there =
        || postgres::shared().sql("drain_order", "SELECT COUNT(*) FROM nodes WHERE name = 'a'").line().to_owned();
    assert_eq!(there(), "1");
    // Somebody signs in, slowly.
    let form = format!("email={}&password={}", encoded(EMAIL), encoded(PASSWORD));
    let (first, rest) = form.split_at(5);
    let host = format!("localhost:{}", node.origin().rsplit(':').next().unwrap());
    let head = format!(
        "POST /auth/login HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        form.len()
    );
    let mut begun = Connection::open(&node.public()).unwrap();
    begun.send(head.as_bytes()).unwrap();
    wait::until("its doors are closed", || try_exchange(&node.resolver(), RESOLVE).is_err().then_some(()));
    assert_eq!(ops(&node, "/readyz").status, 503, "operators still ask");
    begun.send(rest.as_bytes()).unwrap();
    let answer = begun.receive(false).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.head);
    let status = node.process().ended();
    assert!(status.success(), "{status}: {}", node.log());
    assert_eq!(there(), "0", "the node has left");
}

#[test]
fn told_twice_it_does_not_wait_for_balancers() {
    let mut node = setup("drain_twice", "a").config("drain_for = \"10m\"").start();
    node.process().signal(Signal::TERM);
    wait::until("it is not ready any more", || (ops(&node, "/readyz").status == 503).then_some(()));
    assert_eq!(try_exchange(&node.resolver(), RESOLVE).unwrap().status, 200);
    node.process().signal(Signal::TERM);
    assert!(node.process().ended().success());
}
