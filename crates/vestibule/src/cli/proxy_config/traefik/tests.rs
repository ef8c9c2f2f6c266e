//! The printed configuration as snapshots.

use std::path::Path;

use clap::{Args as _, FromArgMatches as _};

use super::Traefik;
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Traefik::augment_args(clap::Command::new("traefik"));
    let matches =
        command.try_get_matches_from([&["traefik"], arguments].concat()).map_err(|error| error.to_string())?;
    Traefik::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"unix:/p\", \"127.0.0.1:8480\"]\n[proxies]\ntrusted = [\"127.0.0.1\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_domain = \"example.com\"\n[headers]\nprefix = \"x-b-\"\n[headers.extra]\nRemote-User = \"user.id\"\n";

#[test]
fn one_host_for_the_pages_and_the_application() {
    insta::assert_snapshot!(tried(SHARED, &["--app", "http://127.0.0.1:3000"]).unwrap());
}

#[test]
fn pages_on_a_host_of_their_own_with_a_certificate() {
    let tls = ["--tls-cert", "/nowhere/app.pem", "--tls-key", "/nowhere/app.key"];
    let app = ["--app", "https://app.internal", "--server-name", "app.example.com"];
    insta::assert_snapshot!(tried(OWN, &[&tls[..], &app].concat()).unwrap());
}

#[test]
fn the_static_part() {
    insta::assert_snapshot!(tried(OWN, &["--static"]).unwrap());
    let text = tried(OWN, &["--static", "--listen", "127.0.0.1:8443", "--file", "/t.yml"]).unwrap();
    assert!(text.contains("address: \"127.0.0.1:8443\"\n") && text.contains("filename: \"/t.yml\"\n"), "{text}");
}

#[test]
fn what_traefik_cannot_reach_is_said() {
    let sockets = "[listen]\nresolver = [\"unix:/r\"]\n";
    assert!(tried(sockets, &[]).unwrap_err().contains("listen.resolver has no TCP address"));
    assert!(tried(OWN, &["--app", "http://unix:/run/app"]).unwrap_err().contains("--app"));
    assert!(tried(OWN, &["--server-name", "auth.example.com"]).unwrap_err().contains("--server-name"));
    assert!(tried(OWN, &["--static", "--app", "http://a"]).is_err());
}
