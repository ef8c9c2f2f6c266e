//! HTTP/2 over TLS, as browsers speak it: curl asks Envoy, before exactly what is printed. In HTTP/2 a name is never in
//! capitals, and a client may send its cookies in pieces (RFC 9113 section 8.2.3).

use std::fs::{self, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use vestibule_tests::backend::Backend;
use vestibule_tests::process::{self, Process};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::tls::Certificate;
use vestibule_tests::{port, skip};

use crate::envoy::{envoy, run};
use crate::site::RULES;

struct Https {
    vestibule: Vestibule,
    backend: Backend,
    url: String,
    certificate: Certificate,
    _proxy: Process,
    _folder: tempfile::TempDir,
}

impl Https {
    fn open(test: &str, more: &[&str]) -> Option<Self> {
        let Some(program) = envoy() else {
            skip(test, "it needs Envoy; scripts/test-proxies installs it");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("vestibule-envoy-").tempdir().expect("a folder can be made");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our own folder");
        let Some(certificate) = Certificate::make(folder.path(), &["localhost"]) else {
            skip(test, "it needs openssl");
            return None;
        };
        let (address, backend) = (port::free(), Backend::start());
        let url = format!("https://localhost:{}", address.port());
        let socket = folder.path().join("ext-authz.sock");
        let config = format!("ext_authz = [\"unix:{}?mode=0666\"]\n{RULES}", socket.display());
        let mut vestibule = Setup::default().origin(&url).config(&config).prepare();
        let (cert, key) = (certificate.cert.display().to_string(), certificate.key.display().to_string());
        let (app, listen) = (backend.url(), address.to_string());
        let options =
            ["proxy-config", "envoy", "--app", &app, "--listen", &listen, "--tls-cert", &cert, "--tls-key", &key];
        let file = folder.path().join("envoy.yaml");
        fs::write(&file, vestibule.cli(&[&options, more].concat()).expect_code(0).out).expect("our own folder");
        vestibule.start();
        let mut proxy = Process::start(&run(&program, &file), &folder.path().join("proxy.log"));
        proxy.ready(|| TcpStream::connect(address).is_ok());
        Some(Self { vestibule, backend, url, certificate, _proxy: proxy, _folder: folder })
    }

    /// The version that was spoken and the status, of a request with these headers.
    fn ask(&self, path: &str, headers: &[&str]) -> String {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--http2", "--path-as-is", "--output", "/dev/null", "--max-time", "20"]);
        curl.args(["--write-out", "%{http_version} %{http_code}", "--cacert"]).arg(&self.certificate.cert);
        for header in headers {
            curl.args(["--header", header]);
        }
        process::run(curl.arg(format!("{}{path}", self.url)), "").expect_code(0).out
    }

    fn holds(&self) {
        self.vestibule.add_user("ada@example.com", &["--role", "staff"]);
        let own = format!("cookie: session={}", self.vestibule.create_session("ada@example.com"));
        assert_eq!(self.ask("/a", &[]), "2 401");
        assert_eq!(self.ask("/a", &["sec-fetch-mode: navigate"]), "2 302");
        assert_eq!(self.ask("/public/a", &["x-authgear-user-id: forged"]), "2 200");
        assert_eq!(self.backend.last().identity_like(), []);
        let forged = ["x-authgear-user-id: forged", "x_authgear_user_roles: admin", "x-authgear-session-acr: forged"];
        assert_eq!(self.ask("/admin/x", &[&[own.as_str()], &forged[..]].concat()), "2 200");
        let told = self.backend.last();
        assert_eq!((told.identity("user-roles"), told.identity("session-acr")), (Some("staff"), None));
        assert!(told.identity_like().iter().all(|(_, value)| !matches!(*value, "forged" | "admin")), "{}", told.head);
        // In pieces, as a browser may.
        assert_eq!(self.ask("/a", &["cookie: theme=dark", &own, "cookie: last=1"]), "2 200");
        assert_eq!(self.backend.last().all("cookie"), ["theme=dark; last=1"]);
        // A neighbour under the same domain has tossed another session.
        self.vestibule.add_user("eve@example.com", &[]);
        let tossed = format!("cookie: session={}", self.vestibule.create_session("eve@example.com"));
        assert_eq!(self.ask("/a", &[&own, &tossed]), "2 401");
        let before = self.backend.seen().len();
        for path in ["/public/../admin/x", "/public/..%2fadmin/x", "//admin/x", "/public/%2e%2e/admin/x", "/admin;/x"] {
            let said = self.ask(path, &[]);
            assert!(["2 400", "2 401", "2 403", "2 404"].contains(&said.as_str()), "{path}: {said}");
        }
        assert_eq!(self.backend.seen().len(), before, "{}", self.backend.last().head);
    }
}

#[test]
fn envoy_over_http_holds_for_http2() {
    if let Some(https) = Https::open("envoy_over_http_holds_for_http2", &[]) {
        https.holds();
    }
}

#[test]
fn envoy_by_grpc_holds_for_http2() {
    if let Some(https) = Https::open("envoy_by_grpc_holds_for_http2", &["--grpc"]) {
        https.holds();
    }
}
