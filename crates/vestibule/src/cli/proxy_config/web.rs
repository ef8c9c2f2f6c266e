//! Where a proxy listens and under what names, as the options say it that several proxies share.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::str::FromStr;

use url::Host;

use crate::config::Config;

/// `443`, `192.0.2.1:443` or `[::]:443`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Door {
    /// Every address when there is none.
    address: Option<IpAddr>,
    port: u16,
}

impl Door {
    /// Every address, at public_url's port, or else the usual one.
    pub(super) fn usual(config: &Config, with_tls: bool) -> Self {
        let usual = if with_tls { 443 } else { 80 };
        Self { address: None, port: config.top.public_url.url().port().unwrap_or(usual) }
    }

    /// With a word for every address, such as `*` or nothing: `*:443`.
    pub(super) fn words(self, everywhere: &str) -> String {
        match self.address {
            None => format!("{everywhere}:{}", self.port),
            Some(IpAddr::V4(address)) => format!("{address}:{}", self.port),
            Some(IpAddr::V6(address)) => format!("[{address}]:{}", self.port),
        }
    }

    pub(super) fn port(self) -> u16 {
        self.port
    }

    /// Every address when there is none.
    pub(super) fn address(self) -> Option<IpAddr> {
        self.address
    }

    /// The same address at port 80, for a door at port 443.
    pub(super) fn plain(self) -> Option<Self> {
        (self.port == 443).then_some(Self { port: 80, ..self })
    }
}

/// Why nobody could listen there, or what is no name or file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(String);

impl Wrong {
    /// What is wrong, and what to write.
    pub(super) const fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl FromStr for Door {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let door = match text.parse::<u16>() {
            Ok(port) if digits => Some(Self { address: None, port }),
            _ => text.parse().ok().map(|tcp: SocketAddr| Self { address: Some(tcp.ip()), port: tcp.port() }),
        };
        door.filter(|door| door.port > 0).ok_or_else(|| {
            Wrong(format!("`{text}` is not where it can listen; write a port (`443`) or `192.0.2.1:443`, `[::]:443`"))
        })
    }
}

/// A host name, in lower case, as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostName(String);

impl HostName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let host = match Host::parse(text) {
            Ok(Host::Domain(name)) => Some(name),
            Ok(Host::Ipv4(address)) => Some(address.to_string()),
            Ok(Host::Ipv6(_)) | Err(_) => None,
        };
        // What the URL reader lets a host have is wider than what a proxy reads as one word.
        let plain = |host: &String| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        host.filter(plain).filter(|host| !host.starts_with('.')).map(Self).ok_or_else(|| {
            Wrong(format!("`{text}` is not a host name; write `app.example.com`, without scheme, port and path"))
        })
    }
}

/// A file or folder that the proxy reads: absolute, as the shell meant it, and in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlainPath(String);

impl PlainPath {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// A comment when it is surely not on this machine.
    pub(super) fn advice(&self, option: &str) -> String {
        let is_missing = Path::new(&self.0).try_exists().is_ok_and(|exists| !exists);
        if is_missing { format!("# EDIT: {option}: there is no {} on this machine.\n", self.0) } else { String::new() }
    }
}

impl FromStr for PlainPath {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let path = std::path::absolute(text).map_err(|error| Wrong(format!("`{text}` is not a file: {error}")))?;
        let plain = |c: char| !c.is_control() && !"\"'\\$%{}#".contains(c);
        match path.to_str() {
            Some(text) if text.chars().all(plain) => Ok(Self(text.to_owned())),
            _ => Err(Wrong(format!(
                "`{}` cannot stand in a configuration; choose a path without quotes, `\\`, `$`, `%`, `#` and braces",
                path.display()
            ))),
        }
    }
}

/// What must still be said in `vestibule.toml` about hosts and https, as comments; empty when all fits.
pub(super) fn advice(config: &Config, app_host: Option<&str>, with_tls: bool) -> String {
    let url = &config.top.public_url;
    let mut out = String::new();
    if with_tls && !url.is_https() {
        out.push_str(
            "# EDIT vestibule.toml: the proxy serves https and public_url is http, so that cookies go over plain http too;\n\
             # begin public_url with https://.\n",
        );
    }
    if !with_tls && url.is_https() {
        out.push_str("# EDIT: public_url is https: give this a certificate, or it needs a proxy with one before it.\n");
    }
    let reached = |name: &str| match &config.session.cookie_domain {
        Some(domain) => name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => name == url.host(),
    };
    let own = url.path().is_empty().then_some("the application's host");
    if let Some(name) = app_host.or(own).filter(|name| !reached(name)) {
        out.push_str(&format!(
            "# EDIT vestibule.toml: the session cookie of {} does not reach {name}; set [session] cookie_domain.\n",
            url.host()
        ));
    }
    out
}
