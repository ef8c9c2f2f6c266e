//! An application that writes down what reaches it, byte for byte: the witness of what a proxy let through.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::PREFIX;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Request line and headers.
    pub head: String,
    /// How long the body was.
    pub body_bytes: usize,
}

impl Recorded {
    /// Every value of a header, the name in any case.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The first value of an identity header, by the name behind the prefix.
    pub fn identity(&self, suffix: &str) -> Option<&str> {
        self.all(&format!("{PREFIX}{suffix}")).first().copied()
    }

    /// Every header whose name could be read as one of ours: also with `_` or `.` for `-`.
    pub fn identity_like(&self) -> Vec<(&str, &str)> {
        let folded = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
        self.headers().filter(|(name, _)| folded(name).starts_with(PREFIX)).collect()
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
    }
}

/// A page of the application: its path, its type and its text.
pub type Page = (&'static str, &'static str, String);

/// The application. Answers 200 with the word `application`, or with the page that it has at the path, and echoes what
/// comes after a WebSocket upgrade.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Recorded>>>,
}

impl Backend {
    /// Starts it on a free port. Its threads end with the test program.
    pub fn start() -> Self {
        Self::with(Vec::new())
    }

    /// Starts it with pages of its own.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn with(pages: Vec<Page>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (shared, pages) = (Arc::clone(&seen), Arc::new(pages));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, pages) = (Arc::clone(&shared), Arc::clone(&pages));
                thread::spawn(move || serve(stream, &shared, &pages));
            }
        });
        Self { address, seen }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a proxy configuration calls it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    ///
    /// # Panics
    /// When a thread of it panicked.
    pub fn seen(&self) -> Vec<Recorded> {
        self.seen.lock().expect("no thread panicked with the list").clone()
    }

    /// The newest request.
    ///
    /// # Panics
    /// When there was none.
    #[track_caller]
    pub fn last(&self) -> Recorded {
        self.seen().pop().expect("a request reached the application")
    }
}

/// What the page `/sets-cookies` sets.
const COOKIES: &str = "Set-Cookie: theme=dark; Path=/\r\nSet-Cookie: basket=7; Path=/shop; HttpOnly\r\n";

fn serve(stream: TcpStream, seen: &Mutex<Vec<Recorded>>, pages: &[Page]) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let mut recorded = Recorded { head, body_bytes: 0 };
        let websocket = recorded.all("upgrade").iter().any(|value| value.eq_ignore_ascii_case("websocket"));
        if let Some(length) = recorded.all("content-length").first().and_then(|value| value.parse().ok()) {
            recorded.body_bytes = read_body(&mut reader, length)?;
        }
        let asked = recorded.head.split([' ', '?']).nth(1).unwrap_or_default();
        let page = pages.iter().find(|(path, ..)| *path == asked);
        let (kind, text) = page.map_or(("text/html", "application"), |(_, kind, text)| (kind, text));
        let is_setting = asked == "/sets-cookies";
        seen.lock().ok()?.push(recorded);
        if websocket {
            // The answer to the key of RFC 6455's example, which the tests send: some proxies look whether it fits.
            writer
                .write_all(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                )
                .ok()?;
            std::io::copy(&mut reader, &mut writer).ok()?;
            return None;
        }
        let length = text.len();
        let cookies = if is_setting { COOKIES } else { "" };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{cookies}Content-Length: {length}\r\n\r\n");
        writer.write_all([head.as_bytes(), text.as_bytes()].concat().as_slice()).ok()?;
    }
}

fn read_head(reader: &mut impl BufRead) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head).ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn read_body(reader: &mut impl Read, length: u64) -> Option<usize> {
    let read = std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    usize::try_from(read).ok()
}
