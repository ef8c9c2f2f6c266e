//! A host name for nginx's `server_name`, and a file that nginx reads.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use url::Host;

/// `app.example.com` or `*.example.com`, in lower case, as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerName(String);

impl ServerName {
    /// As nginx writes it.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why that is no host name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAName(String);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = "is not a host name; write `app.example.com` or `*.example.com`, without scheme, port and path";
        write!(f, "`{}` {why}", self.0)
    }
}

impl std::error::Error for NotAName {}

impl FromStr for ServerName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let refused = || NotAName(text.to_owned());
        let (wild, name) = text.strip_prefix("*.").map_or(("", text), |rest| ("*.", rest));
        let host = match Host::parse(name).map_err(|_| refused())? {
            Host::Domain(name) => name,
            Host::Ipv4(address) if wild.is_empty() => address.to_string(),
            Host::Ipv4(_) | Host::Ipv6(_) => return Err(refused()),
        };
        // What the URL reader lets a host have is wider than what nginx reads as one word.
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        if plain && !host.starts_with('.') { Ok(Self(format!("{wild}{host}"))) } else { Err(refused()) }
    }
}

/// A file that nginx reads: absolute, as the shell meant it, since nginx begins relative paths at a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NginxFile(String);

impl NginxFile {
    /// As nginx writes it.
    pub(super) fn words(&self) -> String {
        format!("\"{}\"", self.0)
    }

    /// Surely not on this machine. `false` where that cannot be seen, as in a folder of root's.
    pub(super) fn is_missing(&self) -> bool {
        Path::new(&self.0).try_exists().is_ok_and(|exists| !exists)
    }
}

impl FromStr for NginxFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = std::path::absolute(text).map_err(|error| format!("`{text}` is not a file: {error}"))?;
        words(&path).map(Self)
    }
}

/// A path as nginx reads it between quotes.
pub(super) fn words(path: &Path) -> Result<String, String> {
    match path.to_str() {
        Some(text) if !text.contains(|c: char| c.is_control() || "\"\\$".contains(c)) => Ok(text.to_owned()),
        _ => Err(format!("nginx cannot name {}; choose a path without quotes, `\\` and `$`", path.display())),
    }
}
