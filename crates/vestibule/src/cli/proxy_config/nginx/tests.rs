//! The printed configuration: as a snapshot, and through `nginx -t` where there is an nginx.

use std::path::Path;
use std::process::Command;

use clap::{Args as _, FromArgMatches as _};

use super::Nginx;
use super::listen::Listen;
use super::name::ServerName;
use crate::cli::proxy_config::app::App;
use crate::config::Config;

fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
    let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
    let command = Nginx::augment_args(clap::Command::new("nginx"));
    let matches = command.try_get_matches_from([&["nginx"], arguments].concat()).map_err(|error| error.to_string())?;
    Nginx::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
}

fn printed(toml: &str, arguments: &[&str]) -> String {
    tried(toml, arguments).unwrap()
}

const SHARED: &str = "public_url = \"http://localhost:8080/auth\"\n[listen]\npublic = [\"127.0.0.1:1\", \"unix:/run/p.sock\"]\nresolver = [\"0.0.0.0:8481\"]\n";
const OWN: &str = "public_url = \"https://auth.example.com\"\n[session]\ncookie_prefix = \"acme_\"\n[resolver]\ncache_for = \"10m\"\ncache_key_cookie = \"acme_session\"\n";
/// Names of the operator's, one of them as long as it may be, and long answers.
const EXTRA: &str = "[headers]\nassertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.email\"\nX-Forwarded-Preferred-Username = \"user.id\"\nA-Name-As-Long-As-A-Name-May-Be1 = \"user.id\"\n";
/// Rules, a trace and a name of the operator's; asked over TCP.
const RULES: &str = "public_url = \"https://app.example.com/auth\"\n[listen]\nresolver = [\"0.0.0.0:8481\"]\n[resolver]\ntrace_secret = \"0123456789abcdef0123456789abcdef\"\n[headers.extra]\nRemote-User = \"user.email\"\n[[rules]]\nallow = \"any user\"\n";
/// A path that is one of those asked for at the root.
const AWKWARD: &str = "public_url = \"http://localhost:8080/settings\"\n";

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
fn https_with_a_certificate() {
    let files = ["--tls-cert", "/nowhere/app.pem", "--tls-key", "/nowhere/the key.pem"];
    let listen = ["--listen", "192.0.2.1", "--listen", "[2001:db8::1]:443", "--server-name", "app.example.com"];
    insta::assert_snapshot!(printed(OWN, &[&files[..], &listen].concat()));
}

#[test]
fn once_there_are_rules_they_are_asked_for() {
    let files = ["--tls-cert", "/nowhere/app.pem", "--tls-key", "/nowhere/app.key", "--redirect-from", "none"];
    insta::assert_snapshot!(printed(RULES, &[&files[..], &["--app", "http://127.0.0.1:3000"]].concat()));
}

#[test]
fn what_is_asked_is_said() {
    let asks = |toml: &str, arguments: &[&str]| {
        let text = printed(toml, arguments);
        let door = text.split("vestibule_resolver/_resolver/").nth(1).and_then(|rest| rest.split(';').next());
        (door.unwrap_or_default().to_owned(), text.contains("BEWARE: vestibule.toml has rules"))
    };
    let said = |door: &str, beware| (door.to_owned(), beware);
    assert_eq!(asks(SHARED, &[]), said("resolve", false));
    assert_eq!(asks(SHARED, &["--ask", "check"]), said("check/nginx", false));
    assert_eq!(asks(RULES, &[]), said("check/nginx", false));
    assert_eq!(asks(RULES, &["--ask", "resolve"]), said("resolve", true));
    // Behind a proxy that ends https, browsers come by https all the same.
    assert!(printed(RULES, &[]).contains("X-Original-URL    https://$vestibule_host$request_uri;"));
    assert!(printed(RULES, &["--snippet"]).contains("X-Original-URL    $scheme://"));
}

#[test]
fn a_name_of_the_operator_s_is_set_wherever_ours_are_and_long_answers_have_room() {
    let text = printed(EXTRA, &["--app", "http://127.0.0.1:3000"]);
    for name in ["Remote-User", "X-Forwarded-Preferred-Username"] {
        let variable = format!("$vestibule_as_{}", name.to_lowercase().replace('-', "_"));
        let taken = format!("auth_request_set {variable} $upstream_http_{};", name.to_lowercase().replace('-', "_"));
        assert_eq!(text.matches(&taken).count(), 1, "{text}");
        assert_eq!(text.matches(&format!("proxy_set_header {name} {variable};")).count(), 1, "{text}");
    }
    // As often as a header of ours: the pages get none of either.
    let deleted = |name: &str| text.matches(&format!("proxy_set_header {name} \"\";")).count();
    let ours = Config::read(None, std::iter::empty()).unwrap().identity_header_names().remove(1);
    assert!(deleted(&ours) > 0 && deleted("Remote-User") == deleted(&ours), "{text}");
    assert!(text.contains("proxy_buffer_size 16k; proxy_buffers 4 16k; proxy_busy_buffers_size 32k;"), "{text}");
}

#[test]
fn plain_http_is_sent_to_https_from_port_80() {
    let files = ["--tls-cert", "/c", "--tls-key", "/k"];
    let redirects = |toml: &str, more: &[&str]| {
        let text = printed(toml, &[&files[..], more].concat());
        let server = text.split("# Plain http is sent").nth(1).unwrap_or_default().to_owned();
        let line = |word: &str| {
            server.lines().filter(|line| line.trim().starts_with(word)).map(str::trim).collect::<Vec<_>>().join(" ")
        };
        (line("listen "), line("server_name "), line("return "))
    };
    let words = |listen: &str, names: &str, to: &str| (listen.to_owned(), names.to_owned(), to.to_owned());
    let https = "public_url = \"https://example.com/auth\"\n";
    let to = "return 301 https://$host$request_uri;";
    assert_eq!(redirects(https, &[]), words("listen 80;", "server_name example.com;", to));
    let three = ["--listen", "443", "--listen", "[::]:443", "--listen", "127.0.0.1:8443"];
    assert_eq!(redirects(https, &three), words("listen 80; listen [::]:80;", "server_name example.com;", to));
    let two = redirects(OWN, &["--server-name", "app.example.com"]);
    assert_eq!(two, words("listen 80;", "server_name app.example.com auth.example.com;", to));
    assert_eq!(redirects(OWN, &["--redirect-from", "none"]), Default::default());
    // Behind a router that hands 443 on to 8443, browsers see 443.
    let (listen, _, location) = redirects(https, &["--listen", "8443", "--redirect-from", "8080"]);
    assert_eq!((listen.as_str(), location.as_str()), ("listen 8080;", to));
    assert_eq!(redirects(https, &["--listen", "8443"]), Default::default());
    let odd = "public_url = \"https://example.com:8443/auth\"\n";
    let (_, _, location) = redirects(odd, &["--redirect-from", "8080"]);
    assert_eq!(location, "return 301 https://$host:8443$request_uri;");
    assert!(!printed(https, &["--listen", "443"]).contains("return 301"), "without a certificate");
}

#[test]
fn a_bad_flag_says_which_and_what_to_write() {
    let files = ["--tls-cert", "c", "--tls-key", "k"];
    for (arguments, said) in [
        (&["--listen", "http://x"][..], &["--listen", "`http://x`", "192.0.2.1:443"][..]),
        (&["--listen", "0"], &["--listen", "write a port"]),
        (&["--listen", "65536"], &["--listen", "write a port"]),
        (&["--listen", "443 default_server"], &["--listen", "write a port"]),
        (&["--listen", "[::]:"], &["--listen", "write a port"]),
        (&["--listen", "unix:relative"], &["--listen", "unix:/run/nginx.sock"]),
        (&["--listen", "example.com:443"], &["--listen", "write a port"]),
        (&["--server-name", "https://app.example.com"], &["--server-name", "without scheme"]),
        (&["--server-name", "app.example.com:443"], &["--server-name", "app.example.com"]),
        (&["--server-name", "a;b"], &["--server-name", "`a;b`"]),
        (&["--server-name", "~^x$"], &["--server-name"]),
        (&["--server-name", ""], &["--server-name"]),
        (&["--app", "app:3000"], &["--app", "http://127.0.0.1:3000"]),
        (&["--app", "http://app/path"], &["--app", "without a path"]),
        (&["--tls-cert", "c"], &["--tls-key"]),
        (&["--tls-key", "k"], &["--tls-cert"]),
        (&["--tls-cert", "a$b", "--tls-key", "k"], &["--tls-cert", "a$b", "choose a path"]),
        (&["--redirect-from", "80"], &["--tls-cert"]),
        (&["--tls-cert", "c", "--tls-key", "k", "--redirect-from", "off"], &["--redirect-from", "`off`"]),
        (&["--snippet=all"], &["--snippet", "both", "http", "server"]),
        (&["--snippet", "--run-dir", "/tmp"], &["--run-dir", "--snippet"]),
        (&["--snippet=server", "--listen", "80"], &["--listen", "leave it out"]),
        (&["--snippet", "--listen", "80"], &["--listen", "leave it out"]),
        (&[&["--snippet"], &files[..]].concat(), &["--tls-cert", "leave it out"]),
    ] {
        let error = tried(SHARED, arguments).expect_err(&arguments.join(" "));
        for said in said {
            assert!(error.contains(said), "{arguments:?}: {error}");
        }
    }
    let error = tried(OWN, &["--server-name", "auth.example.com"]).unwrap_err();
    assert!(error.contains("--server-name") && error.contains("https://auth.example.com/auth"), "{error}");
    let error = tried("public_url = \"http://a/_vestibule\"", &[]).unwrap_err();
    assert!(error.contains("public_url") && error.contains("another path"), "{error}");
    assert!(tried(OWN, &["--snippet=http", "--listen", "80"]).is_ok(), "the pages have a server of their own");
}

#[test]
fn what_can_be_listened_to() {
    for (written, printed) in [
        ("443", "443"),
        ("*:443", "443"),
        ("*", "80"),
        ("192.0.2.1", "192.0.2.1:80"),
        ("192.0.2.1:443", "192.0.2.1:443"),
        ("[::]:443", "[::]:443"),
        ("[::]", "[::]:80"),
        ("::1", "[::1]:80"),
        ("localhost:443", "127.0.0.1:443"),
        ("unix:/run/nginx.sock", "\"unix:/run/nginx.sock\""),
    ] {
        assert_eq!(written.parse::<Listen>().unwrap().words(80), printed);
    }
}

#[test]
fn a_host_name_is_written_as_browsers_send_it() {
    for (written, printed) in [
        ("App.Example.COM", "app.example.com"),
        ("*.example.com", "*.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
    ] {
        assert_eq!(written.parse::<ServerName>().unwrap().as_str(), printed);
    }
}

#[test]
fn nginx_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let run_dir = folder.path().to_str().unwrap();
    for (number, toml) in
        [SHARED, OWN, "", "data_dir = \"x\"\n[headers]\nprefix = \"x-acme-\"\n", AWKWARD, EXTRA, RULES]
            .into_iter()
            .enumerate()
    {
        let apps: [&[&str]; 4] = [
            &[],
            &["--app", "http://unix:/run/app.sock"],
            &["--app", "http://[::1]:3000"],
            &["--app", "https://127.0.0.1:3000", "--ask", "check"],
        ];
        for (other, app) in apps.into_iter().enumerate() {
            // `nginx -t` binds what it is told to listen on: a socket file that nobody else has.
            let listen = format!("unix:{run_dir}/{number}-{other}.sock");
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
