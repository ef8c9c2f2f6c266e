//! The printed configuration as a snapshot. Envoy itself runs it in `tests/proxies`.

use std::path::Path;

use clap::{Args as _, FromArgMatches as _};

use super::Envoy;
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Envoy::augment_args(clap::Command::new("envoy"));
    let matches = command.try_get_matches_from([&["envoy"], arguments].concat()).map_err(|error| error.to_string())?;
    Envoy::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
}

fn printed(toml: &str, arguments: &[&str]) -> String {
    tried(toml, arguments).unwrap()
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"127.0.0.1:1\", \"unix:/run/p.sock\"]\nresolver = [\"0.0.0.0:8481\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_prefix = \"acme_\"\n[listen]\next_authz = [\"unix:/run/e.sock\"]\n[headers]\nassertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.email\"\n";

#[test]
fn one_host_for_the_pages_and_the_application_over_http() {
    insta::assert_snapshot!(printed(SHARED, &["--app", "http://127.0.0.1:3000", "--listen", "127.0.0.1:8080"]));
}

#[test]
fn pages_on_a_host_of_their_own_by_grpc_with_certificates() {
    let files = ["--tls-cert", "/nowhere/app.pem", "--tls-key", "/nowhere/the key.pem"];
    let more = ["--grpc", "--app", "https://app.internal", "--server-name", "app.example.com", "--listen", "[::]:443"];
    insta::assert_snapshot!(printed(OWN, &[&files[..], &more].concat()));
}

#[test]
fn every_identity_header_is_removed_and_taken_over() {
    let text = printed(OWN, &["--app", "http://unix:/run/app.sock"]);
    for name in Config::read(None, std::iter::empty()).unwrap().identity_header_names() {
        assert_eq!(text.matches(&format!("- {{ exact: \"{name}\", ignore_case: true }}")).count(), 1, "{name}");
    }
    assert!(text.contains("exact: \"remote-user\"") && text.contains("regex: \"remote.?user\""), "{text}");
    assert!(text.contains("pipe: { path: \"/run/app.sock\" }"), "{text}");
}

#[test]
fn a_path_that_one_host_may_have_reaches_vestibule() {
    let relaxed = "[paths.\"git.example.com\"]\nallow = [\"%2f\"]\n";
    let text = printed(relaxed, &[]);
    assert!(text.contains("path_with_escaped_slashes_action: KEEP_UNCHANGED"), "{text}");
    assert!(printed("", &[]).contains("path_with_escaped_slashes_action: REJECT_REQUEST"));
}

#[test]
fn what_cannot_work_is_refused() {
    for (toml, arguments, expected) in [
        ("", &["--grpc"][..], "listen.ext_authz is empty"),
        (OWN, &["--server-name", "auth.example.com"], "could not tell the pages from the application"),
        ("", &["--listen", "unix:/x"], "is not where Envoy can listen"),
        ("", &["--server-name", "https://x"], "is not a host name"),
        ("", &["--tls-cert", "/c"], "--tls-key"),
    ] {
        let said = tried(toml, arguments).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
}
