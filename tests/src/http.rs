//! A raw HTTP/1 client: what a test writes goes out byte for byte, and what comes back is kept byte for byte.
//! A library would tidy up exactly what the attacks are made of.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::PREFIX;
use crate::tls::Tls;

/// Where something listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A TCP address.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
    /// https at a TCP address: the host that is asked for, and the certificate that is trusted.
    Tls(SocketAddr, String, PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tls(address, host, _) => write!(f, "https://{host} at {address}"),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

trait ReadWrite: Read + Write + Send {}
impl<T: Read + Write + Send> ReadWrite for T {}

/// One connection. Reads give up after ten seconds.
pub struct Connection {
    stream: Box<dyn ReadWrite>,
    unread: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn open(address: &Address) -> io::Result<Self> {
        let stream: Box<dyn ReadWrite> = match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address)?;
                stream.set_read_timeout(Some(LIMIT))?;
                stream.set_write_timeout(Some(LIMIT))?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Address::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(LIMIT))?;
                stream.set_write_timeout(Some(LIMIT))?;
                Box::new(stream)
            }
            Address::Tls(address, host, trusted) => Box::new(Tls::connect(*address, host, trusted)?),
        };
        Ok(Self { stream, unread: Vec::new() })
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// When the other side has closed.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Reads one whole answer. `head` for the answer to a HEAD request, which has no body whatever it announces.
    ///
    /// # Errors
    /// When the other side closes or says nothing.
    pub fn receive(&mut self, head: bool) -> io::Result<Response> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more()?;
        };
        let text = String::from_utf8_lossy(&self.unread.drain(..end).collect::<Vec<u8>>()).into_owned();
        let mut response = Response::parse(&text)?;
        if !head && response.status >= 200 && response.status != 304 && response.status != 204 {
            response.body = self.body(&response)?;
        }
        Ok(response)
    }

    fn body(&mut self, response: &Response) -> io::Result<Vec<u8>> {
        if response.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            let mut body = Vec::new();
            loop {
                let size = self.line()?;
                let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16);
                let size = size.map_err(io::Error::other)?;
                body.extend(self.exactly(size)?);
                _ = self.line()?;
                if size == 0 {
                    return Ok(body);
                }
            }
        }
        match response.header("content-length") {
            Some(length) => self.exactly(length.parse().map_err(io::Error::other)?),
            None => self.rest(),
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.unread.windows(2).position(|two| two == b"\r\n") {
                let line: Vec<u8> = self.unread.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            self.more()?;
        }
    }

    /// Reads so many bytes.
    ///
    /// # Errors
    /// When fewer come.
    pub fn exactly(&mut self, size: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < size {
            self.more()?;
        }
        Ok(self.unread.drain(..size).collect())
    }

    /// Reads until the other side closes.
    ///
    /// # Errors
    /// When it does not close in time.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.more() {
                Ok(()) => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                    return Ok(std::mem::take(&mut self.unread));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the other side has closed the connection without a further byte.
    pub fn is_closed(&mut self) -> bool {
        self.unread.is_empty() && self.rest().is_ok_and(|rest| rest.is_empty())
    }

    fn more(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.unread.extend_from_slice(&chunk[..read]);
                Ok(())
            }
        }
    }
}

/// Sends raw bytes over a new connection and reads the answer.
///
/// # Panics
/// When there is none.
#[track_caller]
pub fn exchange(address: &Address, raw: &[u8]) -> Response {
    try_exchange(address, raw).unwrap_or_else(|error| panic!("no answer from {address}: {error}"))
}

/// As [`exchange`], for a server that may be gone.
///
/// # Errors
/// When there is no answer.
pub fn try_exchange(address: &Address, raw: &[u8]) -> io::Result<Response> {
    let mut connection = Connection::open(address)?;
    // A server that refuses a head may answer and close before it has read it all: the answer counts.
    let sent = connection.send(raw);
    let answer = connection.receive(raw.starts_with(b"HEAD "));
    match (sent, answer) {
        (_, Ok(answer)) => Ok(answer),
        (Err(error), Err(_)) | (Ok(()), Err(error)) => Err(error),
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The head as it arrived.
    pub head: String,
    /// Names and values, in order, names as they were written.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    fn parse(head: &str) -> io::Result<Self> {
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("not an answer: {head:?}")))?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        Ok(Self { status, head: head.to_owned(), headers, body: Vec::new() })
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// One identity header, by the name behind the prefix.
    pub fn identity(&self, suffix: &str) -> Option<&str> {
        self.header(&format!("{PREFIX}{suffix}"))
    }

    /// Every identity header.
    pub fn identities(&self) -> Vec<(String, String)> {
        let ours = |(name, _): &&(String, String)| name.to_ascii_lowercase().starts_with(PREFIX);
        self.headers.iter().filter(ours).cloned().collect()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is something else.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

const LIMIT: Duration = Duration::from_secs(10);
