//! The printed Caddyfile as snapshots. Caddy itself reads and runs it in `tests/proxies`.

use std::path::Path;

use clap::{Args as _, FromArgMatches as _};

use super::Caddy;
use crate::cli::proxy_config::names::{FORWARDED, METHODS};
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Caddy::augment_args(clap::Command::new("caddy"));
    let matches = command.try_get_matches_from([&["caddy"], arguments].concat()).map_err(|error| error.to_string())?;
    Caddy::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
}

fn printed(toml: &str, arguments: &[&str]) -> String {
    tried(toml, arguments).unwrap()
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"unix:/run/p.sock\"]\nresolver = [\"unix:/run/r.sock?mode=0660&group=caddy\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_prefix = \"acme_\"\ncookie_domain = \"example.com\"\n";
const EXTRA: &str = "[headers]\nprefix = \"x-b-\"\nassertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.email\"\nX-Forwarded-User = \"user.id\"\n";

#[test]
fn one_host_for_the_pages_and_the_application() {
    insta::assert_snapshot!(printed(SHARED, &["--app", "http://127.0.0.1:3000", "--listen", "127.0.0.1:8080"]));
}

#[test]
fn pages_on_a_host_of_their_own_with_a_certificate() {
    let doors = ["--listen", "443", "--listen", "[::]:443", "--listen", "192.0.2.1:8443"];
    let tls = ["--tls-cert", "/nowhere/the app.pem", "--tls-key", "/nowhere/app.key"];
    let app = ["--app", "https://app.internal", "--server-name", "app.example.com"];
    insta::assert_snapshot!(printed(OWN, &[&doors[..], &tls, &app].concat()));
}

#[test]
fn caddy_fetches_certificates_for_the_hosts_that_somebody_has() {
    let text = printed(OWN, &["--server-name", "app.example.com", "--automatic-https"]);
    let site = "https://app.example.com:443, https://auth.example.com:443 {\n\timport vestibule\n}\n";
    assert!(text.contains(site) && !text.contains("auto_https off"), "{text}");
    let error = tried(OWN, &["--automatic-https"]).unwrap_err();
    assert!(error.contains("--server-name"), "{error}");
}

#[test]
fn a_name_of_the_operator_s_is_deleted_and_set_as_ours_are() {
    let text = printed(EXTRA, &["--app", "http://unix:/run/app.sock"]);
    for line in ["-x-b-*", "-Remote-User", "-X-Forwarded-*", "-*_*", "-*.*", "\"-*+*\""] {
        assert!(text.contains(&format!("\trequest_header {line}\n")), "{line} {text}");
    }
    for name in ["Remote-User", "X-Forwarded-User", "X-B-Assertion", "X-B-User-Id"] {
        assert!(text.contains(&format!(" {name} {{http.reverse_proxy.header.{name}}}\n")), "{name} {text}");
    }
    assert!(text.contains("reverse_proxy \"unix//run/app.sock\" {\n"), "{text}");
    assert!(text.contains("until [proxies] trusted lists"), "over TCP nobody is believed: {text}");
}

#[test]
fn every_header_that_no_client_may_say_is_deleted() {
    let text = printed(SHARED, &[]);
    let deleted: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("request_header -")).collect();
    for name in FORWARDED.into_iter().chain(METHODS).chain(["X-Vestibule-Trace", "X-Authgear-User-Id"]) {
        let goes = |pattern: &&str| match pattern.strip_suffix('*') {
            Some(family) => name.to_ascii_lowercase().starts_with(&family.to_ascii_lowercase()),
            None => name == *pattern,
        };
        assert!(deleted.iter().any(goes), "{name}: {text}");
    }
    let (before, _) = text.split_once("reverse_proxy").unwrap();
    assert!(before.contains("request_header -Proxy-Connection\n"), "deleted before anybody is asked: {text}");
}

#[test]
fn a_bad_flag_says_which_and_what_to_write() {
    for (arguments, said) in [
        (&["--listen", "x"][..], &["--listen", "`x`", "192.0.2.1:443"][..]),
        (&["--server-name", "a;b"], &["--server-name", "`a;b`"]),
        (&["--app", "http://app/path"], &["--app", "without a path"]),
        (&["--tls-cert", "a"], &["--tls-key"]),
        (&["--tls-cert", "a", "--tls-key", "b", "--automatic-https"], &["--automatic-https"]),
    ] {
        let error = tried(SHARED, arguments).expect_err(&arguments.join(" "));
        for said in said {
            assert!(error.contains(said), "{arguments:?}: {error}");
        }
    }
    let error = tried(OWN, &["--server-name", "auth.example.com"]).unwrap_err();
    assert!(error.contains("--server-name") && error.contains("https://auth.example.com/auth"), "{error}");
}
