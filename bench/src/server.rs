//! Vestibule itself: a folder with its configuration, and the program that serves it.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::options::Options;
use crate::process::Process;

/// Where one Vestibule lives.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
}

impl Place {
    /// Makes the folder and the configuration: every default but the addresses.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let place = Self { folder: folder.to_owned() };
        fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
        place.configure("", "")?;
        Ok(place)
    }

    /// Lets the resolver listen on a port of 127.0.0.1, too, from the next start on.
    pub(crate) fn listen_on_tcp(&self, port: u16) -> anyhow::Result<()> {
        self.configure(&format!(", \"127.0.0.1:{port}\""), "[proxies]\ntrusted = [\"127.0.0.1\"]\n")
    }

    fn configure(&self, more_addresses: &str, more_sections: &str) -> anyhow::Result<()> {
        let at = self.folder.display();
        let configuration = format!(
            "data_dir = \"{at}/data\"\n[listen]\npublic = [\"unix:{at}/public.sock\"]\n\
             resolver = [\"unix:{at}/resolver.sock\"{more_addresses}]\nops = [\"unix:{at}/ops.sock\"]\n{more_sections}"
        );
        fs::write(self.configuration(), configuration).context("writing vestibule.toml")
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("data/vestibule.db")
    }

    /// The resolver's socket.
    pub(crate) fn resolver(&self) -> PathBuf {
        self.folder.join("resolver.sock")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("vestibule.toml")
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
        let mut command = Command::new(&options.vestibule);
        // A variable of the caller's must not change what is measured.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VESTIBULE")) {
            command.env_remove(name);
        }
        command.arg("--config").arg(self.configuration()).arg("serve");
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
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request(headers, "Connection: close\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The request that every door and walker makes.
pub(crate) fn request(headers: &str, connection: &str) -> String {
    format!("GET /_resolver/resolve HTTP/1.1\r\nHost: localhost\r\n{headers}{connection}\r\n")
}

/// The header line that presents a session.
pub(crate) fn cookie(secret: &str) -> String {
    format!("Cookie: session={secret}\r\n")
}
