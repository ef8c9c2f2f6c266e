//! The printed configuration: as a snapshot, and through `nginx -t` where there is an nginx.

use std::path::Path;
use std::process::Command;

use clap::{Args as _, FromArgMatches as _};

use super::app::App;
use super::nginx::Nginx;
use crate::config::Config;

fn printed(toml: &str, arguments: &[&str]) -> String {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Nginx::augment_args(clap::Command::new("nginx"));
    let matches = command.get_matches_from([&["nginx"], arguments].concat());
    Nginx::from_arg_matches(&matches).unwrap().run(&config).unwrap()
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"127.0.0.1:1\", \"unix:/run/p.sock\"]\nresolver = [\"0.0.0.0:8481\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_prefix = \"acme_\"\n[resolver]\ncache_for = \"10m\"\ncache_key_cookie = \"acme_session\"\n";

#[test]
fn one_host_for_the_pages_and_the_application() {
    insta::assert_snapshot!(printed(SHARED, &["--app", "http://127.0.0.1:3000", "--listen", "127.0.0.1:8080"]));
}

#[test]
fn pages_on_a_host_of_their_own_as_a_snippet_with_a_cache() {
    let app = ["--snippet", "--app", "https://app.internal"];
    insta::assert_snapshot!(printed(OWN, &app));
}

#[test]
fn nginx_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let run_dir = folder.path().to_str().unwrap();
    for (number, toml) in
        [SHARED, OWN, "", "data_dir = \"x\"\n[headers]\nprefix = \"x-acme-\"\n"].into_iter().enumerate()
    {
        for app in [&[][..], &["--app", "http://unix:/run/app.sock"], &["--app", "http://[::1]:3000"]] {
            // `nginx -t` binds what it is told to listen on: a socket file that nobody else has.
            let listen = format!("unix:{run_dir}/{number}-{}.sock", app.len() + app.last().map_or(0, |app| app.len()));
            let arguments = [&["--listen", &listen, "--run-dir", run_dir][..], app].concat();
            let file = folder.path().join("nginx.conf");
            std::fs::write(&file, printed(toml, &arguments)).unwrap();
            let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
            let mut nginx = Command::new("nginx");
            let Ok(said) = nginx.env("PATH", path).arg("-t").arg("-e").arg("/dev/null").arg("-c").arg(&file).output()
            else {
                return eprintln!("skipped: there is no nginx");
            };
            assert!(said.status.success(), "{number} {app:?}: {}", String::from_utf8_lossy(&said.stderr));
        }
    }
}

#[test]
fn an_application_has_no_path() {
    for bad in [
        "",
        "127.0.0.1:3000",
        "http://a/b",
        "http://a/?q",
        "ftp://a",
        "http://u@a",
        "http://unix:x",
        "http://unix:/x;y",
    ] {
        assert!(bad.parse::<App>().is_err(), "{bad}");
    }
    assert_eq!("https://app.internal".parse::<App>().unwrap().address, "app.internal:443");
}
