//! Where the attack goes: a URL as people type it, and the addresses behind it.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use url::{Position, Url};

use super::answer::{self, Answer};

/// Longer than a proxy waits for Vestibule, shorter than anybody waits for a doctor.
const PATIENCE: Duration = Duration::from_secs(10);

/// The set-up that is attacked.
pub(super) struct Target {
    url: Url,
    host: String,
    addresses: Vec<SocketAddr>,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

impl Target {
    /// Reads the URL and looks its host up. `at` is where to connect instead.
    pub(super) fn find(
        url: &Url,
        at: Option<SocketAddr>,
        tls: impl FnOnce() -> anyhow::Result<ClientConfig>,
    ) -> anyhow::Result<Self> {
        let name = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
        let (Some(name), Some(port)) = (name, url.port_or_known_default()) else {
            bail!("`{url}` is not an http or https URL; write `https://app.example.com/`");
        };
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            bail!("`{url}` has more than a host and a path; write `https://app.example.com/` or a path of it");
        }
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let addresses = match at {
            Some(at) => vec![at],
            None => (bare, port).to_socket_addrs().with_context(|| format!("{name} cannot be looked up"))?.collect(),
        };
        let tls = match url.scheme() {
            "https" => {
                let server = ServerName::try_from(bare.to_owned())
                    .with_context(|| format!("{name} is no name for a certificate"))?;
                Some((Arc::new(tls()?), server))
            }
            _ => None,
        };
        // What a browser sends: without the scheme's own port.
        let host = url[Position::BeforeHost..Position::AfterPort].to_owned();
        Ok(Self { url: url.clone(), host, addresses, tls })
    }

    /// What goes into `Host`.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// `https://app.example.com`.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.host)
    }

    /// The URL's path without a slash at its end: empty for the whole host.
    pub(super) fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// Sends these bytes over a connection of their own and reads one answer.
    pub(super) fn exchange(&self, request: &[u8]) -> io::Result<Answer> {
        let mut tcp = self.connect()?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        tcp.set_write_timeout(Some(PATIENCE))?;
        let Some((config, name)) = &self.tls else {
            tcp.write_all(request)?;
            return answer::read(&mut tcp);
        };
        let connection = ClientConnection::new(Arc::clone(config), name.clone()).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, tcp);
        stream.write_all(request)?;
        stream.flush()?;
        answer::read(&mut stream)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        for address in &self.addresses {
            match TcpStream::connect_timeout(address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}
