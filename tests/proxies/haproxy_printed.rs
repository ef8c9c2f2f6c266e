//! HAProxy takes whatever is printed.

use std::fs;
use std::process::Command;

use vestibule_tests::server::Setup;
use vestibule_tests::tls::Certificate;
use vestibule_tests::{process, skip};

use crate::haproxy::haproxy;

const TEST: &str = "haproxy: whatever is printed";

#[test]
fn haproxy_takes_whatever_is_printed() {
    let folder = tempfile::Builder::new().prefix("vestibule-haproxy-").tempdir().expect("a folder can be made");
    let Some(program) = haproxy() else { return skip(TEST, "it needs HAProxy; scripts/test-proxies installs it") };
    let Some(certificate) = Certificate::make(folder.path(), &["app.example.com"]) else {
        return skip(TEST, "it needs openssl");
    };
    // HAProxy finds the key beside the certificate.
    let (cert, key) = (certificate.cert.display().to_string(), fs::read(&certificate.key).expect("a key was made"));
    fs::write(format!("{cert}.key"), key).expect("our own folder");
    let own = || Setup::default().origin("https://auth.example.com").path("");
    let shared = |path: &str| Setup::default().origin("http://localhost:8080").path(path);
    let more = "ext_authz = [\"127.0.0.1:8483\"]\n[session]\ncookie_prefix = \"a_\"\n[headers]\nprefix = \"x-b-\"\n\
                assertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.id\"\n\
                [paths.\"git.example.com\"]\nallow = [\"%2f\"]\n";
    let tls = ["--tls-cert", &cert, "--server-name", "app.example.com", "--listen", "443", "--listen", "[::]:443"];
    let script = folder.path().join("vestibule.lua");
    let script = script.to_str().expect("a plain name");
    for setup in [own(), shared("/settings"), shared("/it's"), own().config(more), shared("/auth").config(more)] {
        let vestibule = setup.prepare();
        fs::write(script, vestibule.cli(&["proxy-config", "haproxy", "--lua"]).expect_code(0).out).expect("our folder");
        for app in ["http://127.0.0.1:3000", "https://localhost", "https://[2001:db8::1]:8443", "http://unix:/run/a"] {
            for more in [&[][..], &["--user", "none"], &tls, &["--listen", "[::]:8080", "--listen", "127.0.0.1:8081"]] {
                let arguments = [&["proxy-config", "haproxy", "--app", app, "--lua-file", script], more].concat();
                let printed = vestibule.cli(&arguments).expect_code(0).out;
                let file = folder.path().join("haproxy.cfg");
                fs::write(&file, &printed).expect("our own folder");
                let mut command = Command::new(&program);
                // -dW: a warning is an error.
                command.args(["-c", "-dW", "-f"]).arg(&file);
                let said = process::run(&mut command, "");
                assert_eq!(said.code, 0, "{arguments:?}\n{}{}\n{printed}", said.out, said.err);
            }
        }
    }
}
