//! What a resolve asks of the kernel: one call to read and one to write, and a share in one that waits for many.
//! Counted by strace, in the running binary.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use vestibule_tests::http::Connection;
use vestibule_tests::process::Process;
use vestibule_tests::server::Setup;
use vestibule_tests::{postgres, skip};

/// Connections, each with one request under way: what nginx's workers keep open under load.
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 40;

#[test]
fn a_resolve_is_two_system_calls_and_a_share_in_a_third() {
    let name = "a_resolve_is_two_system_calls_and_a_share_in_a_third";
    if !Path::new("/usr/bin/strace").exists() {
        return skip(name, "strace is not installed");
    }
    let mut vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    let request = format!("GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\nCookie: session={secret}\r\n\r\n");
    let open = |_| Connection::open(&vestibule.resolver_unix()).expect("the resolver takes connections");
    let mut connections: Vec<Connection> = (0..CONNECTIONS).map(open).collect();
    // The first round fills the table, and lets every connection begin to wait.
    ask_on_all(&mut connections, &request);

    let folder = tempfile::tempdir().expect("a folder can be made");
    let (counts, log) = (folder.path().join("counts"), folder.path().join("log"));
    let mut command = Command::new("strace");
    command.args(["-f", "-c", "--summary-columns=calls,name", "-o"]).arg(&counts);
    command.args(["-p", &vestibule.process().id().to_string()]);
    let mut strace = Process::start(&command, &log);
    let mut refused = false;
    strace.ready(|| {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        refused = said.contains("not permitted");
        refused || said.contains("attached")
    });
    if refused {
        return skip(name, "this user may not trace processes");
    }
    for _ in 0..ROUNDS {
        ask_on_all(&mut connections, &request);
    }
    strace.signal(Signal::INT);
    strace.ended();

    let text = std::fs::read_to_string(&counts).expect("strace has written its table");
    let mut calls = read(&text);
    let resolves = CONNECTIONS * ROUNDS;
    // Beside resolves a node asks PostgreSQL twice a second what other nodes have changed.
    let own = if postgres::is_the_store() { resolves / 100 } else { 0 };
    let mut is_once = |call: &str| (resolves..=resolves + own).contains(&calls.remove(call).unwrap_or_default());
    assert!(is_once("recvfrom"), "one to read:\n{text}");
    assert!(is_once("sendto"), "one to write:\n{text}");
    let waits = calls.remove("epoll_wait").unwrap_or_default();
    assert!(waits < resolves / 4, "one that waits for many: {waits} for {resolves} resolves\n{text}");
    let others: usize = calls.values().sum();
    assert!(others < resolves / 20, "and nothing else: {others} for {resolves} resolves\n{text}");
}

fn ask_on_all(connections: &mut [Connection], request: &str) {
    for connection in &mut *connections {
        connection.send(request.as_bytes()).expect("the connection is kept");
    }
    for connection in connections {
        let answer = connection.receive(false).expect("an answer");
        assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("true")));
    }
}

/// Calls by name, from strace's table.
fn read(text: &str) -> BTreeMap<String, usize> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let count = words.next()?.parse().ok()?;
        Some((words.next()?.to_owned(), count))
    };
    text.lines().filter_map(line).filter(|(name, _)| name != "total").collect()
}
