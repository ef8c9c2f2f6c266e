//! Where nginx listens, as `--listen` and `--redirect-from` name it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// An address for nginx's `listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listen {
    /// Every IPv4 address, or one address; the port that fits when there is none.
    Tcp(Option<IpAddr>, Option<u16>),
    /// A unix socket, by its path.
    Unix(String),
}

/// Why nginx could not listen there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAListen(String);

impl fmt::Display for NotAListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = "is not where nginx can listen; write a port (`443`), an address (`192.0.2.1:443`, `[::]:443`, the port \
                   may be left out) or `unix:/run/nginx.sock`";
        write!(f, "`{}` {why}", self.0)
    }
}

impl std::error::Error for NotAListen {}

impl Listen {
    /// As nginx writes it; with this port where none was named.
    pub(super) fn words(&self, usual: u16) -> String {
        match self {
            Self::Unix(path) => format!("\"unix:{path}\""),
            Self::Tcp(address, port) => {
                let port = port.unwrap_or(usual);
                match address {
                    None => port.to_string(),
                    Some(IpAddr::V4(address)) => format!("{address}:{port}"),
                    Some(IpAddr::V6(address)) => format!("[{address}]:{port}"),
                }
            }
        }
    }

    /// Its port; this one where none was named. A unix socket has none.
    pub(super) fn port(&self, usual: u16) -> Option<u16> {
        match self {
            Self::Tcp(_, port) => Some(port.unwrap_or(usual)),
            Self::Unix(_) => None,
        }
    }

    /// The same address with another port. A unix socket has none.
    pub(super) fn at(&self, port: u16) -> Option<Self> {
        match self {
            Self::Tcp(address, _) => Some(Self::Tcp(*address, Some(port))),
            Self::Unix(_) => None,
        }
    }
}

impl FromStr for Listen {
    type Err = NotAListen;

    fn from_str(text: &str) -> Result<Self, NotAListen> {
        parse(text).ok_or_else(|| NotAListen(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Listen> {
    if let Some(path) = text.strip_prefix("unix:") {
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && !b"\"'\\;{}$:#".contains(&b));
        return (path.len() > 1 && path.starts_with('/') && plain).then(|| Listen::Unix(path.to_owned()));
    }
    if let Ok(both) = text.parse::<SocketAddr>() {
        return (both.port() > 0).then(|| Listen::Tcp(Some(both.ip()), Some(both.port())));
    }
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(text).parse::<IpAddr>() {
        return Some(Listen::Tcp(Some(address), None));
    }
    if let Some(port) = port(text) {
        return Some(Listen::Tcp(None, Some(port)));
    }
    let (name, port) = match text.split_once(':') {
        Some((name, written)) => (name, Some(port(written)?)),
        None => (text, None),
    };
    match name {
        "*" => Some(Listen::Tcp(None, port)),
        "localhost" => Some(Listen::Tcp(Some(Ipv4Addr::LOCALHOST.into()), port)),
        _ => None,
    }
}

fn port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|&port: &u16| digits && port > 0)
}
