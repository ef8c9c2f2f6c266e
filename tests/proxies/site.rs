//! Vestibule, a proxy before it as the binary prints it, and an application that writes down what reaches it.

use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vestibule_tests::backend::Backend;
use vestibule_tests::http::{Address, Response, exchange, try_exchange};
use vestibule_tests::person::Person;
use vestibule_tests::process::Process;
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::{port, skip};

/// A proxy with one way of asking.
pub(crate) struct Proxy {
    pub(crate) name: &'static str,
    /// The program, where it is installed.
    pub(crate) program: fn() -> Option<PathBuf>,
    /// Prints its files, and says how it is started in the foreground.
    pub(crate) start: fn(&Plan<'_>) -> Command,
    /// Where it asks.
    pub(crate) asks_at: Door,
    /// What it may answer while nobody can be asked.
    pub(crate) unasked: &'static [u16],
    /// Odd answers to its question that it passes on to the client, whom they do not help.
    pub(crate) passes_on: &'static [u16],
    /// Odd answers that are a yes for it.
    pub(crate) passes: &'static [u16],
    /// Whether it waits for an answer longer than a client does.
    pub(crate) waits_long: bool,
    /// What `doctor --through` finds although it is as printed.
    pub(crate) doctor_finds: &'static [&'static str],
    /// Whether the application is spared our cookies.
    pub(crate) takes_our_cookies_out: bool,
}

/// A listener of Vestibule's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Socket,
    ExtAuthz,
    Tcp,
}

impl Proxy {
    /// What most proxies do.
    pub(crate) const USUAL: Self = Self {
        name: "",
        program: || None,
        start: |plan| Command::new(plan.program),
        asks_at: Door::Socket,
        unasked: &[503],
        passes_on: &[],
        passes: &[],
        waits_long: false,
        doctor_finds: &[],
        takes_our_cookies_out: true,
    };
}

/// What a proxy is started from.
pub(crate) struct Plan<'a> {
    pub(crate) program: &'a Path,
    pub(crate) vestibule: &'a Vestibule,
    /// The application's URL.
    pub(crate) app: &'a str,
    /// Where the proxy listens.
    pub(crate) listen: &'a str,
    /// A folder for its files.
    pub(crate) folder: &'a Path,
}

impl Plan<'_> {
    /// Writes what `vestibule proxy-config` prints into a file of the folder.
    #[track_caller]
    pub(crate) fn print(&self, file: &str, arguments: &[&str]) -> PathBuf {
        let printed = self.vestibule.cli(&[&["proxy-config"], arguments].concat()).expect_code(0).out;
        let file = self.folder.join(file);
        fs::write(&file, printed).expect("our own folder");
        file
    }
}

pub(crate) struct Site {
    pub(crate) vestibule: Vestibule,
    pub(crate) backend: Backend,
    pub(crate) proxy: &'static Proxy,
    pub(crate) address: SocketAddr,
    process: Process,
    folder: TempDir,
}

/// Any user may have what is not public, and staff alone what is theirs.
pub(crate) const RULES: &str = "
[[rules]]
paths = [\"/public/**\"]
allow = \"anyone\"
[[rules]]
paths = [\"/admin/**\"]
allow = { any_role = [\"staff\"] }
[[rules]]
allow = \"any user\"
";

impl Site {
    /// Nothing, and a word about it, where the proxy is not installed.
    pub(crate) fn open(proxy: &'static Proxy, test: &str) -> Option<Self> {
        let backend = Backend::start();
        let app = backend.url();
        Self::before(proxy, test, backend, &app)
    }

    /// The same, where whatever a test starts there has the application's place.
    pub(crate) fn before_an_echo(proxy: &'static Proxy, test: &str) -> Option<(Self, SocketAddr)> {
        let echo = port::free();
        let site = Self::before(proxy, test, Backend::start(), &format!("http://{echo}"))?;
        Some((site, echo))
    }

    fn before(proxy: &'static Proxy, test: &str, backend: Backend, app: &str) -> Option<Self> {
        let Some(program) = (proxy.program)() else {
            skip(&format!("{}: {test}", proxy.name), "the proxy is not there; scripts/test-proxies installs it");
            return None;
        };
        let address = port::free();
        let folder = tempfile::Builder::new().prefix("vestibule-proxy-").tempdir().expect("a folder can be made");
        // Some proxies work as another user when the tests run as root.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our own folder");
        let socket = folder.path().join("ext-authz.sock");
        // Nobody is believed over TCP who is not listed.
        let trusted = if proxy.asks_at == Door::Tcp { "[proxies]\ntrusted = [\"127.0.0.1\"]\n" } else { "" };
        let setup = Setup::default()
            .origin(&format!("http://localhost:{}", address.port()))
            .config(&format!("ext_authz = [\"unix:{}?mode=0666\"]\n{RULES}{trusted}", socket.display()));
        let mut vestibule = setup.prepare();
        let listen = address.to_string();
        let plan = Plan { program: &program, vestibule: &vestibule, app, listen: &listen, folder: folder.path() };
        let command = (proxy.start)(&plan);
        vestibule.start();
        let mut process = Process::start(&command, &folder.path().join("proxy.log"));
        // Some listen before they have read what they are told.
        let stranger = request("GET /a", &[], b"");
        process.ready(|| try_exchange(&address.into(), &stranger).is_ok_and(|answer| answer.status != 404));
        Some(Self { vestibule, backend, proxy, address, process, folder })
    }

    /// Where the proxy asks.
    pub(crate) fn asked_at(&self) -> Address {
        match self.proxy.asks_at {
            Door::ExtAuthz => Address::Unix(self.folder.path().join("ext-authz.sock")),
            Door::Socket => self.vestibule.resolver_unix(),
            Door::Tcp => self.vestibule.resolver(),
        }
    }

    pub(crate) fn door(&self) -> Address {
        self.address.into()
    }

    /// What it was, for a test that fails.
    pub(crate) fn story(&self) -> String {
        format!("{}\n{}\n{}", self.proxy.name, self.process.log(), self.vestibule.log())
    }

    pub(crate) fn person(&self) -> Person {
        Person::new(self.door(), &self.vestibule.origin(), "/auth")
    }

    /// A session's `Cookie` line of somebody with these roles.
    pub(crate) fn cookie_of(&self, email: &str, roles: &[&str]) -> String {
        let more: Vec<&str> = roles.iter().flat_map(|role| ["--role", role]).collect();
        self.vestibule.add_user(email, &more);
        format!("session={}", self.vestibule.create_session(email))
    }

    /// A request with these headers through the proxy. Who nominates a header in `Connection` writes that line.
    #[track_caller]
    pub(crate) fn ask(&self, start: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        exchange(&self.door(), &request(start, headers, body))
    }

    /// The same, where no answer may come.
    pub(crate) fn try_get(&self, path: &str, headers: &[(&str, &str)]) -> io::Result<Response> {
        try_exchange(&self.door(), &request(&format!("GET {path}"), headers, b""))
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask(&format!("GET {path}"), headers, b"")
    }

    /// Whether the application was asked while this was done.
    pub(crate) fn reaches<T>(&self, what: impl FnOnce() -> T) -> (bool, T) {
        let before = self.backend.seen().len();
        let done = what();
        (self.backend.seen().len() > before, done)
    }
}

fn request(start: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let close = if lines.contains("Connection:") { "" } else { "Connection: close\r\n" };
    let host = if headers.iter().any(|(name, _)| *name == "Host") { "" } else { "Host: localhost\r\n" };
    let head = format!("{start} HTTP/1.1\r\n{host}{close}{lines}\r\n");
    [head.as_bytes(), body].concat()
}
