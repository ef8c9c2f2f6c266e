//! The listeners: do they answer, and may nginx's workers, who are another user, connect to the unix sockets?

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::finding::Finding;
use crate::config::Config;
use crate::listen::ListenAddress;

/// What nginx's workers are called on Debian.
const WORKER: &str = "www-data";
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn look(config: &Config, is_served: bool) -> Vec<Finding> {
    let worker = Worker::find();
    let listen = &config.listen;
    let mut findings = Vec::new();
    if !is_served {
        findings.push(Finding::note("listen", "no server runs, so that sockets were not looked at"));
        return findings;
    }
    for (key, addresses) in [("listen.public", &listen.public), ("listen.resolver", &listen.resolver)] {
        for address in addresses {
            findings.push(answers(key, address));
            if let ListenAddress::Unix(unix) = address {
                findings.push(lets_in(&worker, key, unix.path()));
            }
        }
    }
    // Whoever asks here is Envoy, and of another user than nginx's workers.
    findings.extend(listen.ext_authz.iter().map(|address| answers_http2("listen.ext_authz", address)));
    findings
}

fn answers_http2(key: &str, address: &ListenAddress) -> Finding {
    // A frame's type is its fourth byte; whoever speaks HTTP/2 begins with SETTINGS, which is 4.
    match begins(address, PREFACE).map(|start| start[3] == 4 && !start.starts_with(b"HTTP")) {
        Ok(true) => Finding::fine(format!("{key}: `{address}` answers")),
        Ok(false) => Finding::wrong(key, format!("`{address}` does not speak HTTP/2; is it another program's?")),
        Err(error) => Finding::wrong(key, format!("`{address}` does not answer: {error}; look at the server's log")),
    }
}

/// Any HTTP answer will do: the server is there. What it says is its own business.
fn answers(key: &str, address: &ListenAddress) -> Finding {
    match begins(address, REQUEST).map(|start| &start == b"HTTP/") {
        Ok(true) => Finding::fine(format!("{key}: `{address}` answers")),
        Ok(false) => Finding::wrong(key, format!("`{address}` does not speak HTTP; is it another program's?")),
        Err(error) => Finding::wrong(key, format!("`{address}` does not answer: {error}; look at the server's log")),
    }
}

const REQUEST: &[u8] = b"GET /_resolver/resolve HTTP/1.0\r\nHost: doctor\r\n\r\n";
/// How HTTP/2 begins, with empty SETTINGS.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// How the answer to these bytes begins.
fn begins(address: &ListenAddress, said: &[u8]) -> std::io::Result<[u8; 5]> {
    match address {
        ListenAddress::Tcp(address) => {
            let stream = TcpStream::connect_timeout(&reachable(*address), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange(stream, said)
        }
        ListenAddress::Unix(unix) => {
            let stream = UnixStream::connect(unix.path())?;
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange(stream, said)
        }
    }
}

fn exchange(mut stream: impl Read + Write, said: &[u8]) -> std::io::Result<[u8; 5]> {
    stream.write_all(said)?;
    let mut start = [0; 5];
    stream.read_exact(&mut start)?;
    Ok(start)
}

/// An address to connect to, where the other listens on every one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let loopback: SocketAddr = match address {
        SocketAddr::V4(_) => ([127, 0, 0, 1], address.port()).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
    };
    if address.ip().is_unspecified() { loopback } else { address }
}

/// nginx's worker and its groups.
struct Worker {
    id: u32,
    groups: Vec<u32>,
}

impl Worker {
    fn find() -> Option<Self> {
        let read = |file| fs::read_to_string(file).unwrap_or_default();
        Self::among(&read("/etc/passwd"), &read("/etc/group"))
    }

    fn among(users: &str, groups: &str) -> Option<Self> {
        let own = users.lines().find(|line| line.split(':').next() == Some(WORKER))?;
        let mut fields = own.split(':').skip(2).map(str::parse);
        let (id, group) = (fields.next()?.ok()?, fields.next()?.ok()?);
        let member = |line: &&str| line.rsplit(':').next().is_some_and(|names| names.split(',').any(|n| n == WORKER));
        let more = groups.lines().filter(member).filter_map(|line| line.split(':').nth(2)?.parse().ok());
        Some(Self { id, groups: more.chain([group]).collect() })
    }

    /// Whether the three bits of a file let the worker do this (2 to write, 1 to pass).
    fn may(&self, file: &fs::Metadata, bit: u32) -> bool {
        let class = if file.uid() == self.id {
            6
        } else if self.groups.contains(&file.gid()) {
            3
        } else {
            0
        };
        file.mode() >> class & bit != 0
    }
}

fn lets_in(worker: &Option<Worker>, key: &str, socket: &Path) -> Finding {
    let shown = socket.display();
    let Some(worker) = worker else {
        return Finding::note(
            key,
            format!("there is no user {WORKER} here; see to it that nginx may connect to {shown}"),
        );
    };
    for folder in socket.ancestors().skip(1) {
        match fs::metadata(folder) {
            Ok(found) if worker.may(&found, 1) => {}
            Ok(_) | Err(_) => {
                let folder = folder.display();
                let text = format!(
                    "{WORKER} may not pass through {folder}; put the socket elsewhere, or `chmod o+x {folder}`"
                );
                return Finding::wrong(key, text);
            }
        }
    }
    match fs::metadata(socket) {
        Ok(found) if worker.may(&found, 2) => Finding::fine(format!("{key}: {WORKER} may connect to {shown}")),
        Ok(found) => {
            let mode = found.mode() & 0o777;
            let text = format!(
                "{WORKER} may not connect to {shown} (mode {mode:04o}, group {}); write `unix:{shown}?mode=0660&group={WORKER}`",
                found.gid()
            );
            Finding::wrong(key, text)
        }
        Err(error) => Finding::wrong(key, format!("{shown} cannot be looked at: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::Worker;

    #[test]
    fn the_worker_is_judged_by_its_own_class_only() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let with = |mode| {
            fs::set_permissions(file.path(), Permissions::from_mode(mode)).unwrap();
            fs::metadata(file.path()).unwrap()
        };
        let group = with(0o600).gid();
        let stranger = Worker { id: u32::MAX, groups: vec![] };
        let member = Worker { id: u32::MAX, groups: vec![group] };
        assert!(!stranger.may(&with(0o660), 2) && member.may(&with(0o660), 2));
        assert!(stranger.may(&with(0o606), 2) && !member.may(&with(0o606), 2), "the group's bits shut a member out");
    }

    #[test]
    fn groups_are_found_in_both_files() {
        let users = "root:x:0:0::/:/bin/sh\nwww-data:x:33:33:w:/var/www:/bin/false\n";
        let worker = Worker::among(users, "vestibule:x:990:a,www-data\nother:x:991:a\n").unwrap();
        assert_eq!((worker.id, worker.groups), (33, vec![990, 33]));
        assert!(Worker::among("root:x:0:0\n", "").is_none());
    }
}
