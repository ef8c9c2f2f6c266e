//! Vestibule itself: a folder with its configuration, and the program that serves it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::options::Options;
use crate::process::Process;

/// Where one Vestibule lives.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    /// Where the resolver listens besides its socket.
    address: SocketAddr,
    /// The network namespace that it is served in, where it is not the bench's own.
    namespace: Option<String>,
}

impl Place {
    /// Makes the folder and the configuration: every default but the addresses.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let place = Self { folder: folder.to_owned(), address: free_address()?, namespace: None };
        fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
        let at = folder.display();
        place.write(&format!(
            "data_dir = \"{at}/data\"\n[listen]\npublic = [\"unix:{at}/public.sock\"]\n\
             resolver = [\"unix:{at}/resolver.sock\", \"{}\"]\nops = [\"unix:{at}/ops.sock\"]\n",
            place.address
        ))?;
        Ok(place)
    }

    /// The same for proxies that work as other users, with the pages under a path of the application's host; its
    /// sockets are for everybody, and the resolver has no other address.
    pub(crate) fn for_others(folder: &Path) -> anyhow::Result<Self> {
        let place = Self { folder: folder.to_owned(), address: free_address()?, namespace: None };
        fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        let at = folder.display();
        place.write(&format!(
            "public_url = \"http://localhost:8080/auth\"\ndata_dir = \"{at}/data\"\n[listen]\n\
             public = [\"unix:{at}/public.sock?mode=0666\", \"{}\"]\n\
             resolver = [\"unix:{at}/resolver.sock?mode=0666\", \"{}\"]\n\
             ext_authz = [\"unix:{at}/ext-authz.sock?mode=0666\"]\nops = [\"unix:{at}/ops.sock\"]\n",
            free_address()?,
            place.address,
        ))?;
        Ok(place)
    }

    /// Has it served in a network namespace of this name. Its unix sockets are where they were.
    pub(crate) fn move_to(&mut self, namespace: &str) {
        self.namespace = Some(namespace.to_owned());
    }

    fn write(&self, configuration: &str) -> anyhow::Result<()> {
        Ok(fs::write(self.configuration(), configuration)?)
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("data/vestibule.db")
    }

    /// The resolver's socket.
    pub(crate) fn resolver(&self) -> PathBuf {
        self.folder.join("resolver.sock")
    }

    /// The socket of gRPC, where it has one.
    pub(crate) fn ext_authz(&self) -> PathBuf {
        self.folder.join("ext-authz.sock")
    }

    /// The resolver's address for TCP.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The socket of the pages.
    pub(crate) fn pages(&self) -> PathBuf {
        self.folder.join("public.sock")
    }

    /// The socket of health and metrics.
    pub(crate) fn ops(&self) -> PathBuf {
        self.folder.join("ops.sock")
    }

    /// The socket of the operator's commands.
    pub(crate) fn control(&self) -> PathBuf {
        self.folder.join("data/control.sock")
    }

    /// A file of this name in the place's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Adds sections to the configuration, in force from the next start.
    pub(crate) fn configure(&self, sections: &str) -> anyhow::Result<()> {
        let mut file = fs::OpenOptions::new().append(true).open(self.configuration())?;
        Ok(file.write_all(sections.as_bytes())?)
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("vestibule.toml")
    }

    /// What the running server has counted under this name of its metrics; `None` where the name is not there.
    pub(crate) fn counted(&self, metric: &str) -> anyhow::Result<Option<f64>> {
        let mut stream = UnixStream::connect(self.ops())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200 "), "no metrics: {answer}");
        let count = answer.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
        Ok(count.map(|count| count.trim().parse()).transpose()?)
    }

    /// The program with this place's configuration; what it is to do comes behind.
    pub(crate) fn command(&self, options: &Options) -> Command {
        let mut command = match &self.namespace {
            None => Command::new(&options.vestibule),
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(&options.vestibule);
                command
            }
        };
        // A variable of the caller's must not change what is measured.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VESTIBULE")) {
            command.env_remove(name);
        }
        command.arg("--config").arg(self.configuration());
        command
    }

    /// Starts `vestibule serve` and waits until the resolver answers a request without a credential.
    pub(crate) fn serve(&self, options: &Options) -> anyhow::Result<Process> {
        let (process, _) = self.serve_until_answer(options, "")?;
        Ok(process)
    }

    /// Starts `vestibule serve` and asks, every half millisecond, until the resolver has answered 200. The answer's
    /// head comes along.
    pub(crate) fn serve_until_answer(&self, options: &Options, headers: &str) -> anyhow::Result<(Process, String)> {
        let log = self.folder.join("log");
        let mut command = self.command(options);
        command.arg("serve");
        let mut process = Process::start(&mut command, &log)?;
        for _ in 0..120_000 {
            match ask(&self.resolver(), headers) {
                Ok(head) if head.starts_with("HTTP/1.1 200 ") => return Ok((process, head)),
                _ if !process.runs() => break,
                _ => std::thread::sleep(Duration::from_micros(500)),
            }
        }
        bail!("vestibule serve does not answer; it says:\n{}", fs::read_to_string(log).unwrap_or_default())
    }
}

/// Asks a resolver once, on a connection of its own, and returns the head of the answer. `headers` are whole lines.
pub(crate) fn ask(socket: &Path, headers: &str) -> anyhow::Result<String> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask_on(stream, headers)
}

/// The same over TCP.
pub(crate) fn ask_over_tcp(address: SocketAddr, headers: &str) -> anyhow::Result<String> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask_on(stream, headers)
}

/// Keeps the connection, as those that are measured do, so that the answer is the one that they get.
fn ask_on(stream: impl Read + Write, headers: &str) -> anyhow::Result<String> {
    say(stream, &request("GET", headers))
}

/// Says this, and returns the head of the answer.
pub(crate) fn say(mut stream: impl Read + Write, text: &str) -> anyhow::Result<String> {
    stream.write_all(text.as_bytes())?;
    let (mut head, mut buffer) = (Vec::new(), [0; 8192]);
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut buffer)?;
        ensure!(length > 0, "the resolver has closed a connection");
        head.extend_from_slice(&buffer[..length]);
    }
    Ok(String::from_utf8(head)?)
}

const PATIENCE: Duration = Duration::from_secs(10);

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// The request that every client of ours makes. `headers` are whole lines.
pub(crate) fn request(method: &str, headers: &str) -> String {
    format!("{method} /_resolver/resolve HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

/// The header line that presents a session.
pub(crate) fn cookie(secret: &str) -> String {
    format!("Cookie: session={secret}\r\n")
}
