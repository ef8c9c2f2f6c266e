//! Where a proxy reaches our own listeners, and whether it is believed there.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{anyhow, bail};

use crate::config::Config;
use crate::listen::ListenAddress;

/// The address at which a proxy on this machine finds a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// The socket's path, in plain words: no quotes, spaces or characters that a proxy's file gives a meaning.
    Unix(String),
    /// An address that one can connect to.
    Tcp(SocketAddr),
}

impl Reach {
    /// A unix socket first: what comes through it is believed, and nobody else on the machine gets in.
    pub(super) fn nearest(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<Self> {
        let unix = addresses.iter().find(|address| matches!(address, ListenAddress::Unix(_)));
        match unix.or_else(|| addresses.first()) {
            None => bail!("{key} is empty; name an address at which the proxy can reach it"),
            Some(ListenAddress::Unix(unix)) => {
                let path = unix.path().to_str().filter(|path| path.bytes().all(is_plain));
                let path = path.ok_or_else(|| {
                    anyhow!(
                        "{key}: a proxy cannot name {}; choose a path of letters, digits, `/`, `-`, `_` and `.`",
                        unix.path().display()
                    )
                })?;
                Ok(Self::Unix(path.to_owned()))
            }
            Some(ListenAddress::Tcp(tcp)) => Ok(Self::Tcp(connectable(*tcp))),
        }
    }

    /// For a proxy that reaches no socket file.
    pub(super) fn over_tcp(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<Self> {
        let tcp = addresses.iter().find_map(|address| match address {
            ListenAddress::Tcp(tcp) => Some(*tcp),
            ListenAddress::Unix(_) => None,
        });
        let missing =
            || anyhow!("{key} has no TCP address, and this proxy reaches no socket file; add `127.0.0.1:8480`");
        tcp.map(|tcp| Self::Tcp(connectable(tcp))).ok_or_else(missing)
    }

    /// What must still be said in `vestibule.toml`, as a comment; empty when the proxy is believed there.
    pub(super) fn advice(&self, config: &Config) -> String {
        match self {
            Self::Tcp(tcp) if !config.proxies.trusted.iter().any(|network| network.contains(tcp.ip())) => format!(
                "# EDIT vestibule.toml: nobody is believed at {tcp} until [proxies] trusted lists the address that this proxy\n\
                 # comes from, such as [\"{}\"]; without that every request is refused with 403. Better: a unix socket.\n",
                tcp.ip()
            ),
            _ => String::new(),
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-_.@+".contains(&byte)
}

/// Whoever listens everywhere is found at home.
fn connectable(tcp: SocketAddr) -> SocketAddr {
    match (tcp.ip().is_unspecified(), tcp.is_ipv4()) {
        (false, _) => tcp,
        (true, true) => (Ipv4Addr::LOCALHOST, tcp.port()).into(),
        (true, false) => (Ipv6Addr::LOCALHOST, tcp.port()).into(),
    }
}
