//! `rules test` says of every vector what the doors say of it.

use std::fmt::Write as _;
use std::fs;

use vestibule_tests::server::Setup;
use vestibule_tests::vectors::{Somebody, Suite, Vector, Verdict, people, suites};

/// A vector as a row; `None` when a table has no words for it: a description that is wrong, credentials besides the one of
/// `who`, a token that speaks for its user as a whole.
fn row(vector: &Vector) -> Option<String> {
    let somebody = vector.who.as_ref().map(|who| people()[who].clone());
    let is_whole = somebody.as_ref().and_then(|who| who.token.as_ref()).is_some_and(|token| token.whole);
    let is_credential = |(name, _): &(String, String)| ["cookie", "authorization"].contains(&&*name.to_lowercase());
    if vector.change.is_some() || is_whole || vector.headers.iter().any(is_credential) || vector.told.is_some() {
        return None;
    }
    let verdict = match vector.verdict {
        Verdict::Permit => "pass",
        Verdict::SignIn => "sign in",
        Verdict::StepUp => "step up",
        Verdict::Refuse | Verdict::Unreadable => "refuse",
    };
    let Vector { name, method, scheme, host, target, .. } = vector;
    let request = format!("{method} {scheme}://{host}{target}");
    let mut row = format!("[[tests]]\nname = {name:?}\nrequest = {}\nverdict = {verdict:?}\n", toml(&request)?);
    let who = somebody.map_or_else(|| "\"anonymous\"".to_owned(), |somebody| who(&somebody));
    let _ = writeln!(row, "who = {who}");
    let address = vector.address.as_ref().map(|address| address.parse::<std::net::IpAddr>());
    match address {
        Some(Ok(address)) => _ = writeln!(row, "address = \"{address}\""),
        // What a proxy says of a client can be unreadable; what an operator says cannot.
        Some(Err(_)) | None => {}
    }
    if let Some(rule) = &vector.rule {
        let _ = writeln!(row, "rule = {rule:?}");
    }
    Some(row)
}

/// A text in one line of a file; `None` for what no file can have there.
fn toml(text: &str) -> Option<String> {
    (!text.contains(|c: char| c.is_control() || c == '\'')).then(|| format!("'{text}'"))
}

fn who(somebody: &Somebody) -> String {
    if somebody.anonymous {
        return "\"guest\"".to_owned();
    }
    let mut keys = vec![format!("roles = {:?}", somebody.roles), format!("verified = {}", somebody.verified)];
    keys.extend(somebody.email.as_ref().map(|email| format!("user = {email:?}")));
    keys.push(format!("amr = {:?}", somebody.amr));
    if somebody.authenticated_ago > 0 {
        keys.push(format!("age = \"{}s\"", somebody.authenticated_ago));
    }
    if let Some(token) = &somebody.token {
        keys.push(format!("client = {:?}, scopes = {:?}", token.client, token.scopes));
    }
    format!("{{ {} }}", keys.join(", "))
}

fn agrees(suite: &Suite) -> usize {
    let rows: Vec<String> = suite.vectors.iter().filter_map(row).collect();
    if rows.is_empty() {
        return 0;
    }
    let vestibule = Setup::default().prepare();
    let write = |name: &str, text: &str| fs::write(vestibule.folder().join(name), text).expect("our own folder");
    write("table.toml", &rows.concat());
    let mut args = vec!["rules", "test", "table.toml"];
    if suite.configuration.contains("[[rules]]") {
        write("rules.toml", &suite.configuration);
        args.extend(["--rules", "rules.toml"]);
    }
    let said = vestibule.cli(&args);
    assert_eq!(said.code, 0, "{}: {}{}", suite.topic, said.out, said.err);
    rows.len()
}

#[test]
fn a_table_says_what_the_doors_say_of_every_vector() {
    let tried: usize = suites().iter().map(agrees).sum();
    assert!(tried > 100, "only {tried} vectors were tried");
}
