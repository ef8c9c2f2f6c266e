//! Caddy takes whatever is printed.

use std::fs;
use std::process::Command;

use vestibule_tests::server::Setup;
use vestibule_tests::tls::Certificate;
use vestibule_tests::{process, skip};

use crate::caddy::{debian, newest};

const TEST: &str = "caddy: whatever is printed";

#[test]
fn caddy_takes_whatever_is_printed() {
    let folder = tempfile::Builder::new().prefix("vestibule-caddy-").tempdir().expect("a folder can be made");
    let programs: Vec<_> = [debian(), newest()].into_iter().flatten().collect();
    if programs.is_empty() {
        return skip(TEST, "it needs Caddy; scripts/test-proxies installs it");
    }
    let Some(certificate) = Certificate::make(folder.path(), &["app.example.com"]) else {
        return skip(TEST, "it needs openssl");
    };
    let own = || Setup::default().origin("https://auth.example.com").path("");
    let shared = |path: &str| Setup::default().origin("http://localhost:8080").path(path);
    let more = "ext_authz = [\"127.0.0.1:8483\"]\n[session]\ncookie_prefix = \"a_\"\n[headers]\nprefix = \"x-b-\"\n\
                assertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.id\"\n\
                [paths.\"git.example.com\"]\nallow = [\"%2f\"]\n";
    let (cert, key) = (certificate.cert.display().to_string(), certificate.key.display().to_string());
    let name = ["--server-name", "app.example.com", "--listen", "443"];
    let tls = [&name[..], &["--listen", "[::]:443", "--tls-cert", &cert, "--tls-key", &key]].concat();
    let automatic = [&name[..], &["--automatic-https"]].concat();
    let doors = ["--listen", "[::1]:8080", "--listen", "127.0.0.1:8080", "--listen", "127.0.0.1:8081"];
    for setup in [own(), shared("/settings"), shared("/it's"), own().config(more), shared("/auth").config(more)] {
        let vestibule = setup.prepare();
        for app in ["http://127.0.0.1:3000", "https://localhost", "https://[2001:db8::1]:8443", "http://unix:/run/a"] {
            for more in [&[][..], &tls, &automatic, &doors] {
                let arguments = [&["proxy-config", "caddy", "--app", app], more].concat();
                let printed = vestibule.cli(&arguments).expect_code(0).out;
                let file = folder.path().join("Caddyfile");
                fs::write(&file, &printed).expect("our own folder");
                for program in &programs {
                    let mut command = Command::new(program);
                    command.args(["validate", "--adapter", "caddyfile", "--config"]).arg(&file);
                    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
                        command.env(variable, folder.path());
                    }
                    let said = process::run(&mut command, "");
                    assert_eq!(said.code, 0, "{program:?} {arguments:?}\n{}{}\n{printed}", said.out, said.err);
                    assert!(!said.err.contains("not formatted"), "{program:?} {arguments:?}\n{}\n{printed}", said.err);
                }
            }
        }
    }
}
