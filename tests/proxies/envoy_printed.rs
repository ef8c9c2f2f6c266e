//! Envoy takes whatever is printed.

use std::fs;
use std::process::Command;

use vestibule_tests::server::Setup;
use vestibule_tests::tls::Certificate;
use vestibule_tests::{process, skip};

use crate::envoy::envoy;

const TEST: &str = "envoy: whatever is printed";

#[test]
fn envoy_takes_whatever_is_printed() {
    let folder = tempfile::Builder::new().prefix("vestibule-envoy-").tempdir().expect("a folder can be made");
    let Some(program) = envoy() else { return skip(TEST, "it needs Envoy; scripts/test-proxies installs it") };
    let Some(certificate) = Certificate::make(folder.path(), &["app.example.com"]) else {
        return skip(TEST, "it needs openssl");
    };
    let own = || Setup::default().origin("https://auth.example.com").path("");
    let shared = || Setup::default().origin("http://localhost:8080").path("/settings");
    let more = "ext_authz = [\"127.0.0.1:8483\"]\n[session]\ncookie_prefix = \"a_\"\n[headers]\nprefix = \"x-b-\"\n\
                assertion = true\nassertion_audience = \"app\"\n[headers.extra]\nRemote-User = \"user.id\"\n\
                [paths.\"git.example.com\"]\nallow = [\"%2f\"]\n";
    let (cert, key) = (certificate.cert.display().to_string(), certificate.key.display().to_string());
    let tls = ["--tls-cert", &cert, "--tls-key", &key, "--server-name", "app.example.com", "--listen", "443"];
    for setup in [own(), shared(), own().config(more), shared().config(more)] {
        let vestibule = setup.prepare();
        let has_grpc = fs::read_to_string(vestibule.config_file()).is_ok_and(|text| text.contains("ext_authz"));
        for app in ["http://127.0.0.1:3000", "https://app.internal", "https://[2001:db8::1]:8443", "http://unix:/run/a"]
        {
            for more in [&[][..], &["--grpc"], &tls, &["--listen", "[::]:8080", "--listen", "127.0.0.1:8081"]] {
                if more == ["--grpc"] && !has_grpc {
                    continue;
                }
                let arguments = [&["proxy-config", "envoy", "--app", app], more].concat();
                let printed = vestibule.cli(&arguments).expect_code(0).out;
                let file = folder.path().join("envoy.yaml");
                fs::write(&file, &printed).expect("our own folder");
                let mut command = Command::new(&program);
                command.args(["--mode", "validate", "--log-level", "error", "-c"]).arg(&file);
                let said = process::run(&mut command, "");
                assert_eq!(said.code, 0, "{arguments:?}\n{}{}\n{printed}", said.out, said.err);
            }
        }
    }
}
