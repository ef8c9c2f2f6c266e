//! Vestibule, Envoy before it as the binary prints it, and an application that writes down what reaches it.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use vestibule_tests::backend::Backend;
use vestibule_tests::http::{Address, Response, exchange};
use vestibule_tests::person::Person;
use vestibule_tests::process::Process;
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::{port, program, skip};

/// How Envoy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    OverHttp,
    ByGrpc,
}

pub(super) struct Site {
    pub(super) vestibule: Vestibule,
    pub(super) backend: Backend,
    pub(super) asks: Asks,
    pub(super) address: SocketAddr,
    envoy: Process,
    sockets: TempDir,
}

/// Any user may have what is not public, and staff alone what is theirs.
pub(super) const RULES: &str = "
[[rules]]
paths = [\"/public/**\"]
allow = \"anyone\"
[[rules]]
paths = [\"/admin/**\"]
allow = { any_role = [\"staff\"] }
[[rules]]
allow = \"any user\"
";

/// Runs a test through both ways of asking.
pub(super) fn each(test: &str, run: impl Fn(Site)) {
    each_with(test, RULES, run);
}

/// The same, with these tables in `vestibule.toml`.
pub(super) fn each_with(test: &str, tables: &str, run: impl Fn(Site)) {
    let Some(program) = program() else {
        return skip(test, "it needs Envoy; scripts/test-proxies installs it");
    };
    for asks in [Asks::OverHttp, Asks::ByGrpc] {
        run(Site::open(&program, asks, tables));
    }
}

/// The program that `scripts/test-proxies` has put there.
pub(super) fn program() -> Option<PathBuf> {
    let program = program::target().join("peers/envoy/envoy/_bin/envoy");
    program.exists().then_some(program)
}

impl Site {
    fn open(program: &PathBuf, asks: Asks, tables: &str) -> Self {
        let address = port::free();
        let sockets = tempfile::Builder::new().prefix("vestibule-envoy-").tempdir().expect("a folder can be made");
        let socket = sockets.path().join("ext-authz.sock");
        let setup = Setup::default()
            .origin(&format!("http://localhost:{}", address.port()))
            .config(&format!("ext_authz = [\"unix:{}?mode=0666\"]\n{tables}", socket.display()));
        let mut vestibule = setup.prepare();
        let backend = Backend::start();
        let listen = address.to_string();
        let mut arguments = vec!["proxy-config", "envoy", "--app"];
        let app = backend.url();
        arguments.extend([app.as_str(), "--listen", &listen]);
        if asks == Asks::ByGrpc {
            arguments.push("--grpc");
        }
        let printed = vestibule.cli(&arguments).expect_code(0).out;
        let file = sockets.path().join("envoy.yaml");
        std::fs::write(&file, printed).expect("our own folder");
        vestibule.start();
        let mut command = Command::new(program);
        command.arg("-c").arg(&file).args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]);
        let mut envoy = Process::start(&command, &sockets.path().join("envoy.log"));
        envoy.ready(|| TcpStream::connect(address).is_ok());
        Self { vestibule, backend, asks, address, envoy, sockets }
    }

    /// Where Envoy asks.
    pub(super) fn asked_at(&self) -> PathBuf {
        match self.asks {
            Asks::OverHttp => self.vestibule.folder().join("resolver.sock"),
            Asks::ByGrpc => self.sockets.path().join("ext-authz.sock"),
        }
    }

    pub(super) fn proxy(&self) -> Address {
        self.address.into()
    }

    /// What it was, for a test that fails.
    pub(super) fn story(&self) -> String {
        format!("{:?}\n{}\n{}", self.asks, self.envoy.log(), self.vestibule.log())
    }

    pub(super) fn person(&self) -> Person {
        Person::new(self.proxy(), &self.vestibule.origin(), "/auth")
    }

    /// A session's `Cookie` line of somebody with these roles.
    pub(super) fn cookie_of(&self, email: &str, roles: &[&str]) -> String {
        let more: Vec<&str> = roles.iter().flat_map(|role| ["--role", role]).collect();
        self.vestibule.add_user(email, &more);
        format!("session={}", self.vestibule.create_session(email))
    }

    /// A request with these headers through Envoy. Who nominates a header in `Connection` writes that line.
    #[track_caller]
    pub(super) fn ask(&self, start: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let close = if lines.contains("Connection:") { "" } else { "Connection: close\r\n" };
        let host = if headers.iter().any(|(name, _)| *name == "Host") { "" } else { "Host: localhost\r\n" };
        let head = format!("{start} HTTP/1.1\r\n{host}{close}{lines}\r\n");
        exchange(&self.proxy(), &[head.as_bytes(), body].concat())
    }

    #[track_caller]
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask(&format!("GET {path}"), headers, b"")
    }

    /// Whether the application was asked while this was done.
    pub(super) fn reaches<T>(&self, what: impl FnOnce() -> T) -> (bool, T) {
        let before = self.backend.seen().len();
        let done = what();
        (self.backend.seen().len() > before, done)
    }
}
