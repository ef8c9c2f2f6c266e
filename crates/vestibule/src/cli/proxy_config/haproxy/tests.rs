//! The printed configuration and its script as snapshots. HAProxy itself reads and runs them in `tests/proxies`.

use std::path::Path;

use clap::{Args as _, FromArgMatches as _};

use super::Haproxy;
use crate::cli::proxy_config::names::{FORWARDED, METHODS};
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Haproxy::augment_args(clap::Command::new("haproxy"));
    let matches =
        command.try_get_matches_from([&["haproxy"], arguments].concat()).map_err(|error| error.to_string())?;
    Haproxy::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
}

fn printed(toml: &str, arguments: &[&str]) -> String {
    tried(toml, arguments).unwrap()
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"unix:/run/p.sock\"]\nresolver = [\"unix:/run/r.sock?mode=0660&group=www-data\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_prefix = \"acme_\"\ncookie_domain = \"example.com\"\n";
const EXTRA: &str = "[headers]\nassertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.email\"\nX-Forwarded-User = \"user.id\"\n";

#[test]
fn one_host_for_the_pages_and_the_application() {
    insta::assert_snapshot!(printed(SHARED, &["--app", "http://127.0.0.1:3000", "--listen", "127.0.0.1:8080"]));
}

#[test]
fn the_script() {
    insta::assert_snapshot!(printed(SHARED, &["--lua"]));
}

#[test]
fn pages_on_a_host_of_their_own_with_a_certificate() {
    let doors = ["--listen", "443", "--listen", "[::]:443", "--tls-cert", "/nowhere/the app.pem", "--user", "none"];
    let app = ["--app", "https://app.internal", "--server-name", "app.example.com"];
    insta::assert_snapshot!(printed(OWN, &[&doors[..], &app].concat()));
}

#[test]
fn a_name_of_the_operator_s_is_deleted_and_set_as_ours_are() {
    let text = printed(EXTRA, &["--app", "http://unix:/run/app.sock"]);
    let folded = "'^(x[^a-z0-9]authgear[^a-z0-9]|remote[^a-z0-9]user$|x[^a-z0-9]forwarded[^a-z0-9]user$)'";
    assert!(text.contains(folded), "{text}");
    assert!(text.contains("server application 'unix@/run/app.sock'\n"), "{text}");
    assert!(text.contains("until [proxies] trusted lists"), "over TCP nobody is believed: {text}");
    let script = printed(EXTRA, &["--lua"]);
    assert!(script.contains("  \"remote-user\",\n") && script.contains("  \"x-authgear-assertion\",\n"), "{script}");
    assert!(script.contains("connect(\"127.0.0.1\", "), "{script}");
}

#[test]
fn every_header_that_no_client_may_say_is_deleted() {
    let text = printed(SHARED, &[]);
    for name in FORWARDED.into_iter().chain(METHODS).chain(["X-Vestibule-Trace"]) {
        let name = name.to_ascii_lowercase();
        let family = ["forwarded", "original", "rewrite", "envoy"].iter().any(|f| name.starts_with(&format!("x-{f}-")));
        let folded = name.replace('-', "[^a-z0-9]");
        let is_listed = text.contains(&format!("({folded}|")) || text.contains(&format!("|{folded}|"));
        assert!(family || is_listed || text.contains(&format!("|{folded})$")), "{name}: {text}");
    }
    assert!(text.contains("del-header '^x[^a-z0-9](forwarded|original|rewrite|envoy)[^a-z0-9]' -m reg"), "{text}");
}

#[test]
fn a_bad_flag_says_which_and_what_to_write() {
    for (arguments, said) in [
        (&["--listen", "x"][..], &["--listen", "`x`", "192.0.2.1:443"][..]),
        (&["--server-name", "a;b"], &["--server-name", "`a;b`"]),
        (&["--app", "http://app/path"], &["--app", "without a path"]),
        (&["--tls-cert", "a%b"], &["--tls-cert", "a%b"]),
        (&["--lua", "--app", "http://127.0.0.1:3000"], &["--lua", "--app"]),
        (&["--lua-file", "a\"b"], &["--lua-file"]),
        (&["--user", "a b"], &["--user", "`a b`", "none"]),
    ] {
        let error = tried(SHARED, arguments).expect_err(&arguments.join(" "));
        for said in said {
            assert!(error.contains(said), "{arguments:?}: {error}");
        }
    }
    let error = tried(OWN, &["--server-name", "auth.example.com"]).unwrap_err();
    assert!(error.contains("--server-name") && error.contains("https://auth.example.com/auth"), "{error}");
}
