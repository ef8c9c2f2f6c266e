//! Sockets that we listen on: TCP, and unix sockets that come into being with the right owner and mode.
//!
//! [`address`] is how the configuration writes them, [`unix`] how a socket file is made and left behind, [`Stream`] a
//! connection that came in.

pub mod address;
mod group;
mod stream;
pub mod unix;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::net::{SocketFlags, acceptfrom_with};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;

pub use self::stream::Stream;
use self::unix::SocketFile;
pub use address::{ListenAddress, ListenAddressError};

/// Connections that the kernel holds for us until we take them.
const BACKLOG: i32 = 1024;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A program on this machine that the socket file's mode let in.
    Unix,
    /// An address. One that came as IPv4 in IPv6 is IPv4 here, so that it has one spelling.
    Tcp(SocketAddr),
}

/// A new connection, on no event loop yet.
#[derive(Debug)]
pub struct Accepted {
    socket: Socket,
    peer: Peer,
}

/// A socket that is bound and listens.
#[derive(Debug)]
pub struct Listener {
    name: String,
    socket: AsyncFd<Socket>,
    closing: watch::Sender<bool>,
    /// The file goes when the listener goes.
    _file: Option<SocketFile>,
}

/// Why a socket cannot be listened on, in words for the operator: where, what, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {address} {cause}")]
pub struct BindError {
    /// The key, such as `listen.public[0]`.
    pub key: String,
    /// The address as the configuration writes it.
    pub address: String,
    /// What is wrong, and what to do.
    pub cause: BindCause,
}

/// What is wrong with an address.
#[derive(Debug, thiserror::Error)]
pub enum BindCause {
    /// The port is taken.
    #[error("is in use by another program; stop that one or choose another port")]
    PortInUse,
    /// A server answers at the path.
    #[error("is in use by another program, which answers there; stop that one or choose another path")]
    PathInUse,
    /// Something else lies at the path.
    #[error("exists and is not a socket; remove it or choose another path")]
    NotASocket,
    /// The kernel's limit for the paths of sockets.
    #[error("is too long for a unix socket: at most {0} bytes; choose a shorter path, in /run for example")]
    PathTooLong(usize),
    /// The operating system forbids it.
    #[error(
        "may not be used by this user; ports below 1024 need CAP_NET_BIND_SERVICE, a path needs a folder that this user may write to"
    )]
    PermissionDenied,
    /// The address is of no interface here.
    #[error("is not an address of this machine; use one that `ip address` shows, or 127.0.0.1")]
    NotOurs,
    /// The folder of a path is missing.
    #[error("is in a folder that does not exist; make it, or choose another path")]
    NoFolder,
    /// No group of this name.
    #[error("names the group `{0}`, which does not exist here; `getent group` lists those that do")]
    UnknownGroup(String),
    /// The file may not be given to the group.
    #[error(
        "cannot be given to the group `{0}` by this user; make the user a member (usermod -aG {0} USER), or leave the group out"
    )]
    ForeignGroup(String),
    /// Anything else.
    #[error("cannot be listened on: {0}")]
    Other(io::Error),
}

impl From<io::Error> for BindCause {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::PortInUse,
            io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            io::ErrorKind::AddrNotAvailable => Self::NotOurs,
            io::ErrorKind::NotFound => Self::NoFolder,
            _ => Self::Other(error),
        }
    }
}

impl Listener {
    /// Binds and listens, on the event loop that this runs on. `key` is where the address stands in the configuration.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind(key: &str, address: &ListenAddress) -> Result<Self, BindError> {
        let bound = match address {
            ListenAddress::Tcp(address) => tcp(*address).map(|socket| (socket, None)).map_err(BindCause::from),
            ListenAddress::Unix(address) => unix::bind(address).map(|(socket, file)| (socket, Some(file))),
        };
        let watched = bound.and_then(|(socket, file)| Ok((stream::watch(socket, Interest::READABLE)?, file)));
        let failed = |cause| BindError { key: key.to_owned(), address: address.to_string(), cause };
        let (socket, file) = watched.map_err(failed)?;
        let mut listener = Self { name: address.to_string(), socket, closing: watch::Sender::new(false), _file: file };
        // The port may have been 0.
        if let Some(bound) = listener.tcp_address() {
            listener.name = bound.to_string();
        }
        Ok(listener)
    }

    /// The address that was bound, `None` for a unix socket. Tells the port where the configuration says 0.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.socket.get_ref().local_addr().ok()?.as_socket()
    }

    /// What closes it, wherever it is by then.
    #[must_use]
    pub fn closer(&self) -> Closer {
        Closer(self.closing.clone())
    }

    /// The next connection. What goes wrong with a single one is nobody's loss; when the process has no descriptors
    /// left, waits a moment and tries again. `None` when it is closed and nobody waits before it any more: who did has sent
    /// a request already, perhaps, and would find it thrown away.
    pub async fn accept(&self) -> Option<Accepted> {
        let mut closing = self.closing.subscribe();
        loop {
            let accepted = tokio::select! {
                biased;
                accepted = self.socket.async_io(Interest::READABLE, accept) => accepted,
                _ = closing.wait_for(|closing| *closing) => accept(self.socket.get_ref()),
            };
            match accepted {
                Ok(accepted) => return Some(accepted),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if is_about_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, listener = %self, "cannot accept connections; trying again");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

/// Closes a listener that a task has.
#[derive(Debug, Clone)]
pub struct Closer(watch::Sender<bool>);

impl Closer {
    /// Whoever waits is still let in; then [`Listener::accept`] ends.
    pub fn close(&self) {
        self.0.send_replace(true);
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Accepted {
    /// Who it is.
    #[must_use]
    pub const fn peer(&self) -> Peer {
        self.peer
    }

    /// Puts it on the event loop that this runs on.
    ///
    /// # Errors
    /// When the loop takes no more.
    pub fn stream(self) -> io::Result<Stream> {
        Stream::new(self.socket)
    }
}

/// One call, for a socket that neither blocks nor goes to child processes.
fn accept(listener: &Socket) -> io::Result<Accepted> {
    let (socket, from) = acceptfrom_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?;
    let tcp = from.and_then(|from| SocketAddr::try_from(from).ok());
    let peer = tcp.map_or(Peer::Unix, |address| Peer::Tcp(canonical(address)));
    Ok(Accepted { socket: socket.into(), peer })
}

fn tcp(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Or a restart would have to wait for the old connections' TIME_WAIT. On Linux this shares no port.
    socket.set_reuse_address(true)?;
    // Linux hands it on to accepted connections, which saves them a call each.
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}

fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests;
