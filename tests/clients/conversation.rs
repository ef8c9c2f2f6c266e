//! A client runs as a program of its own and says where the browser is to go; the test goes there and says where it ended.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use vestibule_tests::oauth::{Application, CALLBACK, LOGGED_OUT, browse};
use vestibule_tests::server::Vestibule;

use super::EMAIL;

/// Runs a client to its end and returns what it found.
///
/// # Panics
/// When it fails, with what it said.
#[track_caller]
pub(crate) fn run(mut program: Command, vestibule: &Vestibule, application: &Application<'_>, method: &str) -> Value {
    let registered = json!({
        "issuer": vestibule.url(""), "id": application.id, "secret": application.secret, "method": method,
        "callback": CALLBACK, "loggedOut": LOGGED_OUT,
    });
    program.env("CLIENT", registered.to_string());
    let piped = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut client = piped.expect("the client can be started");
    let mut to = client.stdin.take().expect("piped");
    let from = BufReader::new(client.stdout.take().expect("piped"));
    let mut person = vestibule.person();
    let mut found = None;
    for line in from.lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("open", url)) => {
                // It comes from the application, which is another site.
                person.drop_cookie("same_site_strict");
                let first = person.open(url);
                let (ended, _) = browse(&mut person, EMAIL, first);
                writeln!(to, "{ended}").expect("the client listens");
            }
            Some(("done", said)) => found = serde_json::from_str(said).ok(),
            _ => panic!("the client said {line:?}"),
        }
    }
    let mut wrong = String::new();
    _ = client.stderr.take().expect("piped").read_to_string(&mut wrong);
    let status = client.wait().expect("the client ends");
    assert!(status.success(), "{status}: {wrong}\n{}", vestibule.log());
    found.unwrap_or_else(|| panic!("the client found nothing: {wrong}"))
}
