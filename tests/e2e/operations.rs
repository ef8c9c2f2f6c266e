//! Running it: the end, the reload, the log and the metrics.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use vestibule_tests::http::{Connection, exchange, try_exchange};
use vestibule_tests::process::{self, Process};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::{port, program, wait};

const EMAIL: &str = "ada@example.com";
const SIGN_UP: &[u8] = b"GET /auth/signup HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

fn get(vestibule: &Vestibule, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    exchange(&vestibule.ops(), request.as_bytes()).text()
}

#[test]
fn a_termination_drains_and_ends_well() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let mut idle = Connection::open(&vestibule.resolver()).unwrap();
    idle.send(b"GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(idle.receive(false).unwrap().status, 200);
    let ((), took) = wait::measured(|| vestibule.stop());
    assert!(took.as_secs() < 15, "an idle connection held the end up for {took:?}");
    vestibule.start();
    vestibule.cli(&["user", "show", EMAIL]).expect_code(0);
}

#[test]
fn a_restart_signs_nobody_out() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &["--role", "editor"]);
    let secret = vestibule.person().sign_in(EMAIL).session();
    let told = |vestibule: &Vestibule| vestibule.resolve(&[("Cookie", &format!("session={secret}"))]).identities();
    let before = told(&vestibule);
    assert!(before.len() > 5, "{before:?}");
    vestibule.stop();
    vestibule.start();
    assert_eq!(told(&vestibule), before);
    vestibule.kill();
    vestibule.start();
    assert_eq!(told(&vestibule), before);
}

#[test]
fn an_empty_folder_and_no_file_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let (public, resolver, ops) = (port::free(), port::free(), port::free());
    let mut command = Command::new(program::vestibule());
    command.arg("serve").current_dir(folder.path());
    for (name, address) in [("PUBLIC", public), ("RESOLVER", resolver), ("OPS", ops)] {
        command.env(format!("VESTIBULE__LISTEN__{name}"), address.to_string());
    }
    let mut process = Process::start(&command, &folder.path().join("log"));
    let page = b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    process.ready(|| try_exchange(&public.into(), page).is_ok_and(|answer| answer.status == 200));
    assert!(folder.path().join("vestibule-data").is_dir());
}

#[test]
fn a_reload_takes_what_it_can_and_refuses_a_bad_file() {
    let mut vestibule = Setup::default().start();
    let is_open = |vestibule: &Vestibule| vestibule.person().get("/signup").text().contains("name=\"password\"");
    assert!(!is_open(&vestibule));
    let file = vestibule.config_file();
    let config = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{config}\n[signup]\nenabled = true\n")).unwrap();
    vestibule.process().signal(Signal::HUP);
    wait::until("sign-up is open after the reload", || is_open(&vestibule).then_some(()));

    fs::write(&file, "[signup]\nenabld = false\n").unwrap();
    vestibule.process().signal(Signal::HUP);
    wait::until("the bad file is named in the log", || vestibule.log().contains("enabld").then_some(()));
    assert!(is_open(&vestibule), "it goes on with what it had");

    fs::remove_file(&file).unwrap();
    vestibule.process().signal(Signal::HUP);
    wait::until("the missing file is named in the log", || vestibule.log().contains("cannot be read").then_some(()));
    assert!(is_open(&vestibule), "a file that is not there is not an empty one");

    let moved = config.replace("[listen]", "[listen] # moved").replace("ops = [\"127.0.0.1:", "ops = [\"127.0.0.2:");
    fs::write(&file, format!("{moved}\n[signup]\nenabled = true\n")).unwrap();
    vestibule.process().signal(Signal::HUP);
    wait::until("the key that needs a restart is named", || vestibule.log().contains("listen.ops").then_some(()));
}

#[test]
fn a_file_that_was_found_and_is_gone_is_not_an_empty_one() {
    let vestibule = Setup::default().config("[signup]\nenabled = true").prepare();
    let mut command = Command::new(program::vestibule());
    command.arg("serve").current_dir(vestibule.folder());
    let mut process = Process::start(&command, &vestibule.folder().join("server.log"));
    let is_open =
        || try_exchange(&vestibule.public(), SIGN_UP).is_ok_and(|page| page.text().contains("name=\"password\""));
    process.ready(is_open);
    // As while an editor puts the new file in the place of the old one.
    fs::remove_file(vestibule.config_file()).unwrap();
    process.signal(Signal::HUP);
    wait::until("the missing file is named in the log", || vestibule.log().contains("cannot be read").then_some(()));
    assert!(is_open(), "it goes on with what it had");
}

#[test]
fn every_log_line_is_json_and_a_request_s_lines_name_it() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.person().sign_in(EMAIL);
    vestibule.person().get("/nowhere");
    vestibule.stop();
    let log = vestibule.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    let ids: BTreeSet<&str> = answered.iter().filter_map(|line| line["span"]["id"].as_str()).collect();
    assert!(answered.len() >= 2 && ids.len() == answered.len(), "{answered:?}");
}

#[test]
fn a_terminal_gets_lines_for_people() {
    let vestibule = Setup::default().prepare();
    let mut command = Command::new("script");
    let binary = program::vestibule();
    let serve = format!("timeout --signal=TERM 2 {} --config {}", binary.display(), vestibule.config_file().display());
    let said = process::run(command.args(["-qec", &format!("{serve} serve"), "/dev/null"]), "").out;
    let line = said.lines().find(|line| line.contains("serving")).expect("it served");
    assert!(line.contains("INFO") && !line.contains('{'), "{line:?}");
}

#[test]
fn the_metrics_count_what_happened() {
    let vestibule = Setup::default().start();
    let page = get(&vestibule, "/metrics");
    for outcome in ["right", "wrong", "limited", "busy"] {
        let line = format!("vestibule_sign_ins_total{{outcome=\"{outcome}\"}} 0");
        assert!(page.contains(&line), "what is not there cannot be seen to rise: no {line} in\n{page}");
    }
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.person().sign_in(EMAIL).session();
    vestibule.person().try_sign_in(EMAIL, "a guess");
    for _ in 0..3 {
        vestibule.is_live(&secret);
    }
    vestibule.resolve(&[]);
    // A resolve is counted when its answer is on its way, so its client may be here before its count.
    let lines = [
        "vestibule_resolves_total{outcome=\"valid\"} 3",
        "vestibule_resolves_total{outcome=\"anonymous\"} 1",
        "vestibule_resolve_seconds_count 4",
        "vestibule_sign_ins_total{outcome=\"right\"} 1",
        "vestibule_sign_ins_total{outcome=\"wrong\"} 1",
        "vestibule_sessions_in_memory 1",
        "vestibule_store_loads_total 1",
        "vestibule_store_loads 0",
        "vestibule_store_load_seconds_count 1",
        "vestibule_password_queue 0",
    ];
    let whole = || {
        let page = get(&vestibule, "/metrics");
        lines.iter().all(|line| page.lines().any(|own| own == *line)).then_some(page)
    };
    let page = wait::until("every count is there", whole);
    for name in [
        "vestibule_store_wait_seconds_sum ",
        "vestibule_store_commit_seconds_sum ",
        "vestibule_store_load_seconds_sum ",
    ] {
        let sum = page.lines().find_map(|line| line.strip_prefix(name)).and_then(|sum| sum.parse::<f64>().ok());
        assert!(
            sum.is_some_and(|sum| sum > 0.0 && (sum * 1000.0).fract() > 0.0),
            "{name} is not measured finely: {sum:?}"
        );
    }
    assert!(page.contains("_bucket{") && page.contains("le=\"0.00001\""), "no histogram from 10 microseconds:\n{page}");
    assert!(!page.contains(EMAIL) && !page.contains(&secret), "a metric names somebody");
}
