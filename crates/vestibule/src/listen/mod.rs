//! Sockets that we listen on: TCP, and unix sockets that come into being with the right owner and mode.
//!
//! [`address`] is how the configuration writes them, [`unix`] how a socket file is made and left behind.

pub mod address;
mod group;
pub mod unix;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

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

/// A new connection.
#[derive(Debug)]
pub enum Accepted {
    /// From this address.
    Tcp(TcpStream, SocketAddr),
    /// Through a socket file.
    Unix(UnixStream),
}

/// A socket that is bound and listens.
#[derive(Debug)]
pub struct Listener {
    name: String,
    socket: Bound,
}

#[derive(Debug)]
enum Bound {
    Tcp(TcpListener),
    /// The file goes when the listener goes.
    Unix {
        socket: UnixListener,
        _file: SocketFile,
    },
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
    /// Binds and listens. `key` is where the address stands in the configuration. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind(key: &str, address: &ListenAddress) -> Result<Self, BindError> {
        let socket = match address {
            ListenAddress::Tcp(address) => tcp(*address).map(Bound::Tcp).map_err(BindCause::from),
            ListenAddress::Unix(address) => {
                unix::bind(address).map(|(socket, file)| Bound::Unix { socket, _file: file })
            }
        };
        let failed = |cause| BindError { key: key.to_owned(), address: address.to_string(), cause };
        let socket = socket.map_err(failed)?;
        let name = match &socket {
            // The port may have been 0.
            Bound::Tcp(socket) => socket.local_addr().map_or_else(|_| address.to_string(), |bound| bound.to_string()),
            Bound::Unix { .. } => address.to_string(),
        };
        Ok(Self { name, socket })
    }

    /// The address that was bound, `None` for a unix socket. Tells the port where the configuration says 0.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Bound::Tcp(socket) => socket.local_addr().ok(),
            Bound::Unix { .. } => None,
        }
    }

    /// The next connection. What goes wrong with a single one is nobody's loss; when the process has no descriptors
    /// left, waits a moment and tries again.
    pub async fn accept(&self) -> Accepted {
        loop {
            let accepted = match &self.socket {
                Bound::Tcp(socket) => {
                    socket.accept().await.map(|(stream, peer)| Accepted::Tcp(stream, canonical(peer)))
                }
                Bound::Unix { socket, .. } => socket.accept().await.map(|(stream, _)| Accepted::Unix(stream)),
            };
            match accepted {
                Ok(accepted) => return accepted,
                Err(error) if is_about_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, listener = %self, "cannot accept connections; trying again");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
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
        match self {
            Self::Tcp(_, address) => Peer::Tcp(*address),
            Self::Unix(_) => Peer::Unix,
        }
    }
}

/// A connection between two event loops.
#[derive(Debug)]
pub struct Detached(DetachedStream);

#[derive(Debug)]
enum DetachedStream {
    Tcp(std::net::TcpStream, SocketAddr),
    Unix(std::os::unix::net::UnixStream),
}

impl Accepted {
    /// Takes it off the event loop that it is on.
    ///
    /// # Errors
    /// When the loop does not let it go.
    pub fn detach(self) -> io::Result<Detached> {
        Ok(Detached(match self {
            Self::Tcp(stream, address) => DetachedStream::Tcp(stream.into_std()?, address),
            Self::Unix(stream) => DetachedStream::Unix(stream.into_std()?),
        }))
    }
}

impl Detached {
    /// Puts it on the event loop that this runs on.
    ///
    /// # Errors
    /// When the loop does not take it.
    pub fn attach(self) -> io::Result<Accepted> {
        Ok(match self.0 {
            DetachedStream::Tcp(stream, address) => Accepted::Tcp(TcpStream::from_std(stream)?, address),
            DetachedStream::Unix(stream) => Accepted::Unix(UnixStream::from_std(stream)?),
        })
    }
}

fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Or a restart would have to wait for the old connections' TIME_WAIT. On Linux this shares no port.
    socket.set_reuse_address(true)?;
    // Linux hands it on to accepted connections, which saves them a call each.
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
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
