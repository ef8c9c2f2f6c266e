//! Where a listener listens: a TCP address, or a unix socket with its mode and group.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::setting::text_setting;

/// The longest path that a socket address holds, less the terminating zero.
const MAX_PATH: usize = 107;

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    /// `127.0.0.1:8480`, `[::1]:8480`.
    Tcp(SocketAddr),
    /// `unix:/path?mode=0660&group=www-data`.
    Unix(UnixAddress),
}

/// A unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixAddress {
    /// The absolute path.
    pub path: PathBuf,
    /// The file's mode; 0660 unless the operator says otherwise.
    pub mode: u32,
    /// The file's group, by name; the process's own when `None`.
    pub group: Option<String>,
}

text_setting!(
    ListenAddress,
    "an address such as `127.0.0.1:8480`, `[::1]:8480` or `unix:/run/vestibule/resolver.sock?mode=0660&group=www-data`",
    ListenAddress::parse
);

impl ListenAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(unix) = text.strip_prefix("unix:") else {
            return text.parse().map(Self::Tcp).map_err(|_| {
                format!("`{text}` is not an address; write an IP address and a port such as `127.0.0.1:8480`, or `unix:/path`")
            });
        };
        let (path, options) = unix.split_once('?').map_or((unix, ""), |(path, options)| (path, options));
        if !path.starts_with('/') || path.ends_with('/') || path.contains('\0') {
            return Err(format!(
                "`{text}`: the path of a unix socket is absolute; write `unix:/run/vestibule/name.sock`"
            ));
        }
        if path.len() > MAX_PATH {
            return Err(format!(
                "`{path}` has {} bytes, and a socket's path has at most {MAX_PATH}; use a shorter one",
                path.len()
            ));
        }
        let mut address = UnixAddress { path: path.into(), mode: 0o660, group: None };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("mode", mode)) => address.mode = read_mode(mode)?,
                Some(("group", group)) if !group.is_empty() => address.group = Some(group.to_owned()),
                _ => {
                    return Err(format!(
                        "`{option}` is not an option of a unix socket; `mode=0660` and `group=NAME` are"
                    ));
                }
            }
        }
        Ok(Self::Unix(address))
    }
}

fn read_mode(text: &str) -> Result<u32, String> {
    let octal =
        (text.len() == 3 || text.len() == 4 && text.starts_with('0')) && text.bytes().all(|b| b.is_ascii_digit());
    let mode = if octal { u32::from_str_radix(text, 8).ok() } else { None };
    mode.filter(|mode| *mode <= 0o777 && mode & 0o600 == 0o600).ok_or_else(|| {
        format!("`{text}` is not a mode of a socket; write three octal digits such as `0660`, the owner's being 6 or 7")
    })
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
    use proptest::prelude::*;

    use super::{ListenAddress, UnixAddress};

    #[test]
    fn an_address_is_tcp_or_unix() {
        assert_eq!(ListenAddress::parse("127.0.0.1:80").unwrap(), ListenAddress::Tcp("127.0.0.1:80".parse().unwrap()));
        let unix = UnixAddress { path: "/a/b.sock".into(), mode: 0o666, group: Some("www-data".to_owned()) };
        assert_eq!(ListenAddress::parse("unix:/a/b.sock?mode=0666&group=www-data").unwrap(), ListenAddress::Unix(unix));
        for bad in [
            "",
            "localhost:80",
            "127.0.0.1",
            "unix:a",
            "unix:/a?mode=9",
            "unix:/a?mode=0060",
            "unix:/a?x=y",
            "unix:/a/",
        ] {
            assert!(ListenAddress::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ListenAddress::parse(&format!("unix:/{}", "a".repeat(107))).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(unix:/)?.{0,40}") {
            let _ = ListenAddress::parse(&text);
        }
    }
}
