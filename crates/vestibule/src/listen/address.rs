//! How the configuration writes a listening address: `127.0.0.1:8480`, `[::1]:8480`, or
//! `unix:/run/vestibule/public.sock?mode=0660&group=www-data`.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenAddressError {
    /// Neither of the two forms.
    #[error("`{0}` is not an address to listen on; write `127.0.0.1:8480`, `[::1]:8480` or `unix:/run/vestibule.sock`")]
    Form(String),
    /// A relative path would mean another file in another folder.
    #[error("`{0}` is not an absolute path; write `unix:/run/vestibule.sock`")]
    Relative(String),
    /// Three or four octal digits, read and write only, and the owner must be let in.
    #[error("`{0}` is not a mode for a socket; write three or four octal digits, such as `0660` or `0600`")]
    Mode(String),
    /// Letters, digits, `_`, `-`, `.`.
    #[error("`{0}` is not the name of a group; write one such as `www-data`")]
    Group(String),
    /// Only `mode` and `group` can be said of a socket.
    #[error("`{0}` is not an option of a socket; there are `mode` and `group`, each once")]
    Option(String),
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// A socket file.
    Unix(UnixAddress),
}

/// A socket file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixAddress {
    path: PathBuf,
    mode: u32,
    group: Option<String>,
}

/// Owner and group: nginx's worker is another user, and is let in by its group.
const DEFAULT_MODE: u32 = 0o660;

impl UnixAddress {
    /// The absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Permission bits.
    #[must_use]
    pub const fn mode(&self) -> u32 {
        self.mode
    }

    /// The group that the file is given to; `None` for the process's own.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// Whether every user of the machine may connect, and so is believed what only a proxy should be.
    #[must_use]
    pub const fn lets_everybody_in(&self) -> bool {
        self.mode & 0o002 != 0
    }
}

impl ListenAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`ListenAddressError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, ListenAddressError> {
        match text.strip_prefix("unix:") {
            Some(rest) => unix(rest).map(Self::Unix),
            None => text.parse().map(Self::Tcp).map_err(|_| ListenAddressError::Form(text.to_owned())),
        }
    }
}

fn unix(text: &str) -> Result<UnixAddress, ListenAddressError> {
    let (path, options) = text.split_once('?').unwrap_or((text, ""));
    if !path.starts_with('/') || path.ends_with('/') || path.contains('\0') {
        return Err(ListenAddressError::Relative(path.to_owned()));
    }
    let (mut mode, mut group) = (None, None);
    for option in options.split('&').filter(|_| !options.is_empty()) {
        match option.split_once('=') {
            Some(("mode", value)) if mode.is_none() => mode = Some(octal(value)?),
            Some(("group", value)) if group.is_none() => group = Some(group_name(value)?),
            _ => return Err(ListenAddressError::Option(option.to_owned())),
        }
    }
    Ok(UnixAddress { path: PathBuf::from(path), mode: mode.unwrap_or(DEFAULT_MODE), group })
}

fn octal(text: &str) -> Result<u32, ListenAddressError> {
    let refused = || ListenAddressError::Mode(text.to_owned());
    let digits = (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    let mode = if digits { u32::from_str_radix(text, 8).map_err(|_| refused())? } else { return Err(refused()) };
    if mode & !0o666 == 0 && mode & 0o600 == 0o600 { Ok(mode) } else { Err(refused()) }
}

fn group_name(text: &str) -> Result<String, ListenAddressError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if text.is_empty() || text.len() > 64 || text.starts_with('-') || !text.bytes().all(allowed) {
        return Err(ListenAddressError::Group(text.to_owned()));
    }
    Ok(text.to_owned())
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(unix) => write!(f, "unix:{}", unix.path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ListenAddress;

    fn refused(text: &str) -> String {
        ListenAddress::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(ListenAddress::parse("[::1]:8480").unwrap().to_string(), "[::1]:8480");
        let ListenAddress::Unix(unix) = ListenAddress::parse("unix:/run/v.sock").unwrap() else { panic!("unix") };
        assert_eq!((unix.mode(), unix.group(), unix.lets_everybody_in()), (0o660, None, false));
        let text = "unix:/run/v.sock?mode=0666&group=www-data";
        let ListenAddress::Unix(unix) = ListenAddress::parse(text).unwrap() else { panic!("unix") };
        assert_eq!((unix.mode(), unix.group(), unix.lets_everybody_in()), (0o666, Some("www-data"), true));
    }

    #[test]
    fn a_bad_address_is_named() {
        assert!(refused("localhost:8480").contains("write `127.0.0.1:8480`"));
        assert!(refused("8480").contains("`8480`"));
        assert!(refused("unix:run/v.sock").contains("absolute"));
        for mode in ["660 ", "0o66", "77", "0777", "4660", "0060", "-660", ""] {
            assert!(refused(&format!("unix:/v.sock?mode={mode}")).contains("mode"), "{mode}");
        }
        assert!(refused("unix:/v.sock?group=").contains("group"));
        assert!(refused("unix:/v.sock?group=-x").contains("group"));
        assert!(refused("unix:/v.sock?owner=me").contains("`owner=me`"));
        assert!(refused("unix:/v.sock?mode=0660&mode=0600").contains("each once"));
    }
}
