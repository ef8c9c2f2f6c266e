//! The printed configuration and its script: as snapshots, and through `apache2 -t` where there is an Apache.

use std::path::Path;
use std::process::Command;

use clap::{Args as _, FromArgMatches as _};

use super::Apache;
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Apache::augment_args(clap::Command::new("apache"));
    let matches = command.try_get_matches_from([&["apache"], arguments].concat()).map_err(|error| error.to_string())?;
    Apache::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
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
fn pages_on_a_host_of_their_own_as_a_snippet_with_a_certificate() {
    let files = ["--tls-cert", "/nowhere/app.pem", "--tls-key", "/nowhere/the key.pem"];
    let app = ["--snippet", "--app", "https://app.internal", "--server-name", "app.example.com"];
    insta::assert_snapshot!(printed(OWN, &[&files[..], &app].concat()));
}

#[test]
fn a_name_of_the_operator_s_is_deleted_and_set_as_ours_are() {
    let text = printed(EXTRA, &[]);
    for name in ["Remote-User", "X-Forwarded-User", "x-authgear-assertion"] {
        assert!(text.contains(&format!("RequestHeader unset {name} early\n")), "{text}");
    }
    let folded = "\"^(x[^a-z0-9]authgear[^a-z0-9]|remote[^a-z0-9]user$|x[^a-z0-9]forwarded[^a-z0-9]user$)\"";
    assert!(text.contains(folded), "{text}");
    assert!(printed(EXTRA, &["--lua"]).contains("  \"remote-user\",\n"));
    assert!(text.contains("until [proxies] trusted lists"), "over TCP nobody is believed: {text}");
}

#[test]
fn a_bad_flag_says_which_and_what_to_write() {
    for (arguments, said) in [
        (&["--listen", "x"][..], &["--listen", "`x`", "192.0.2.1:443"][..]),
        (&["--listen", "0"], &["--listen"]),
        (&["--listen", "+80"], &["--listen"]),
        (&["--server-name", "a;b"], &["--server-name", "`a;b`"]),
        (&["--server-name", "app.example.com:1"], &["--server-name", "without scheme"]),
        (&["--app", "http://app/path"], &["--app", "without a path"]),
        (&["--tls-cert", "c"], &["--tls-key"]),
        (&["--tls-cert", "a%b", "--tls-key", "k"], &["--tls-cert", "a%b"]),
        (&["--lua", "--app", "http://127.0.0.1:3000"], &["--lua", "--app"]),
        (&["--snippet", "--run-dir", "/tmp"], &["--run-dir", "--snippet"]),
        (&["--lua-file", "a\"b"], &["--lua-file"]),
    ] {
        let error = tried(SHARED, arguments).expect_err(&arguments.join(" "));
        for said in said {
            assert!(error.contains(said), "{arguments:?}: {error}");
        }
    }
    let error = tried(OWN, &["--server-name", "auth.example.com"]).unwrap_err();
    assert!(error.contains("--server-name") && error.contains("https://auth.example.com/auth"), "{error}");
}

#[test]
fn apache_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let run_dir = folder.path().to_str().unwrap();
    let lua = folder.path().join("v.lua");
    for toml in [SHARED, OWN, "", "[headers]\nprefix = \"x-a-\"\n", EXTRA] {
        std::fs::write(&lua, printed(toml, &["--lua"])).unwrap();
        for app in [&[][..], &["--app", "http://unix:/run/app.sock"], &["--app", "https://[::1]:3000"]] {
            let base = ["--run-dir", run_dir, "--lua-file", lua.to_str().unwrap(), "--listen", "127.0.0.1:1"];
            let file = folder.path().join("apache.conf");
            std::fs::write(&file, printed(toml, &[&base[..], app].concat())).unwrap();
            let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
            let Ok(said) = Command::new("apache2").env("PATH", path).arg("-t").arg("-f").arg(&file).output() else {
                return eprintln!("skipped: there is no apache2");
            };
            assert!(said.status.success(), "{toml} {app:?}: {}", String::from_utf8_lossy(&said.stderr));
        }
    }
}
