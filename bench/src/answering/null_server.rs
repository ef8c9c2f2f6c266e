//! A server that does nothing: one read, one write of fixed bytes, and it looks at neither. What parses, decides and
//! composes as well cannot be faster, so a resolve is measured by how near it comes.
//!
//! It is one thread and an epoll. Tried by the processor time a request, as the lowest of some rounds: connections
//! that are watched for edges and not for levels, because a level is looked at once more behind each answer (4 to 9 %
//! less); `recv` and `send` instead of `read` and `write` (1 to 6 % less); one read instead of reading until there is
//! no more (6 to 10 % less); all reads of a turn before all writes, which changed nothing. Not tried: a loop that never
//! sleeps, which would take a processor from those that ask.

use std::io;
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::{Context as _, bail};
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::net::{RecvFlags, SendFlags, SocketFlags, accept_with, listen, recv, send};

/// The first argument that makes this program that server and not the bench. Processor time is counted by the process,
/// so it must be one of its own; a program of its own would have to be found and could be another build's.
pub(crate) const NAME: &str = "null-server";

/// Serves until it is killed. The arguments behind the name: a socket file, an IP address with a port, and a file with
/// the answer's bytes.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [socket, address, answer] = arguments else {
        bail!("{NAME} takes a socket file, an address and a file with the answer");
    };
    let address = address.parse().with_context(|| format!("{address} is not an address with a port"))?;
    let answer = std::fs::read(answer).with_context(|| format!("reading {answer}"))?;
    let mut server = NullServer::bind(Path::new(socket), address, answer)?;
    loop {
        server.turn()?;
    }
}

struct NullServer {
    epoll: OwnedFd,
    /// By their numbers, which are small and used again.
    sockets: Vec<Option<Socket>>,
    events: Vec<Event>,
    request: Box<[MaybeUninit<u8>]>,
    answer: Vec<u8>,
}

enum Socket {
    Listener(OwnedFd),
    Connection(OwnedFd),
}

impl NullServer {
    fn bind(socket: &Path, address: SocketAddr, answer: Vec<u8>) -> anyhow::Result<Self> {
        let unix = UnixListener::bind(socket).with_context(|| format!("listening on {}", socket.display()))?;
        let tcp = TcpListener::bind(address).with_context(|| format!("listening on {address}"))?;
        let mut server = Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            sockets: Vec::new(),
            events: Vec::with_capacity(EVENTS),
            request: vec![MaybeUninit::uninit(); REQUEST].into(),
            answer,
        };
        for listener in [OwnedFd::from(unix), OwnedFd::from(tcp)] {
            // Again, for a longer queue than the standard library asks for.
            listen(&listener, BACKLOG)?;
            epoll::add(&server.epoll, &listener, number_of(&listener), EventFlags::IN)?;
            server.keep(listener, Socket::Listener);
        }
        Ok(server)
    }

    /// Waits until somebody is ready, and serves all who are.
    fn turn(&mut self) -> io::Result<()> {
        self.events.clear();
        epoll::wait(&self.epoll, spare_capacity(&mut self.events), None)?;
        for index in 0..self.events.len() {
            let number = self.events[index].data.u64() as usize;
            let stays = match &self.sockets[number] {
                Some(Socket::Connection(connection)) => serve(connection, &mut self.request, &self.answer),
                Some(Socket::Listener(listener)) => {
                    let connection = accept_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?;
                    epoll::add(&self.epoll, &connection, number_of(&connection), EventFlags::IN | EventFlags::ET)?;
                    self.keep(connection, Socket::Connection);
                    true
                }
                None => true,
            };
            if !stays {
                self.sockets[number] = None;
            }
        }
        Ok(())
    }

    fn keep(&mut self, socket: OwnedFd, kind: fn(OwnedFd) -> Socket) {
        let number = socket.as_raw_fd() as usize;
        if self.sockets.len() <= number {
            self.sockets.resize_with(number + 1, || None);
        }
        self.sockets[number] = Some(kind(socket));
    }
}

/// Reads once and writes once; `false` when the other side has gone.
fn serve(connection: &OwnedFd, request: &mut [MaybeUninit<u8>], answer: &[u8]) -> bool {
    let is_there = recv(connection, request, RecvFlags::empty()).is_ok_and(|((read, _), _)| !read.is_empty());
    is_there && send(connection, answer, SendFlags::NOSIGNAL).is_ok_and(|written| written == answer.len())
}

fn number_of(socket: &OwnedFd) -> EventData {
    EventData::new_u64(socket.as_raw_fd() as u64)
}

/// Events that one wait brings.
const EVENTS: usize = 1024;
/// Longer than any request of the bench: what was left unread would not be announced again.
const REQUEST: usize = 16 * 1024;
/// Connections that the kernel holds: as many as for Vestibule.
const BACKLOG: i32 = 1024;

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use super::NullServer;
    use crate::server::free_address;

    fn asks_twice(mut stream: impl Read + Write) {
        for _ in 0..2 {
            stream.write_all(b"anything").unwrap();
            let mut answer = [0; 5];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"fixed");
        }
    }

    #[test]
    fn it_answers_whatever_comes_as_often_as_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let (socket, address) = (folder.path().join("null.sock"), free_address().unwrap());
        let (listens, listening) = std::sync::mpsc::channel();
        let path = socket.clone();
        // Nobody ends it: it ends with the tests.
        std::thread::spawn(move || {
            let mut server = NullServer::bind(&path, address, b"fixed".to_vec()).unwrap();
            listens.send(()).unwrap();
            while server.turn().is_ok() {}
        });
        listening.recv_timeout(Duration::from_secs(20)).unwrap();
        for _ in 0..2 {
            let (unix, tcp) = (UnixStream::connect(&socket).unwrap(), TcpStream::connect(address).unwrap());
            unix.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            asks_twice(unix);
            asks_twice(tcp);
        }
    }
}
