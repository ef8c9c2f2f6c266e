//! `vestibule doctor --echo ADDRESS`: stands in the application's place and answers with the very head that it got, so that
//! whoever asks from outside sees what the proxy made of it. Only requests with this run's mark are answered: a stranger who
//! comes by meanwhile learns nothing, and cookies of people who are signed in are shown to nobody.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The header that carries the mark.
pub(super) const MARK: &str = "X-Vestibule-Doctor";
/// More than any proxy lets through.
const LONGEST_HEAD: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at a time: a proxy that reaches for many is a proxy before a crowd.
const AT_ONCE: usize = 64;

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Echoed {
    /// The mark, by which the doctor knows that it is this application and no other.
    pub(super) mark: String,
    /// Request line and headers, a character a byte.
    pub(super) head: String,
}

/// Listens, and answers on threads of its own until the process ends.
pub(super) fn start(address: SocketAddr, mark: &str) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).with_context(|| format!("--echo: {address} cannot be listened on"))?;
    let mark = mark.to_owned();
    thread::spawn(move || serve(&listener, &mark));
    Ok(())
}

/// The same for whoever starts it alone: says so, and does not return.
pub(super) fn run(address: SocketAddr, mark: &str) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).with_context(|| format!("--echo: {address} cannot be listened on"))?;
    println!(
        "Echoing at {address} until Ctrl-C. In another place:\n  vestibule doctor --through URL --user EMAIL --mark {mark}"
    );
    io::stdout().flush()?;
    serve(&listener, mark);
    Ok(())
}

fn serve(listener: &TcpListener, mark: &str) {
    let mark: Arc<str> = mark.into();
    let busy = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming().flatten() {
        if busy.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            busy.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let (mark, busy) = (Arc::clone(&mark), Arc::clone(&busy));
        thread::spawn(move || {
            // Who goes away early has lost nothing that matters.
            let _ = answer(stream, &mark);
            busy.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

fn answer(mut stream: TcpStream, mark: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(&mut stream)?;
    let echoed = echoed(&head, mark);
    let status = if echoed.is_some() { "200 OK" } else { "404 Not Found" };
    let body = echoed.unwrap_or_default();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes())
}

fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut buffer = [0; 8192];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = stream.read(&mut buffer)?;
        if length == 0 || head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(buffer.get(..length).unwrap_or_default());
    }
    Ok(head)
}

/// What to say to whoever knows the mark.
fn echoed(head: &[u8], mark: &str) -> Option<String> {
    let end = head.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head: String = head.get(..end)?.iter().copied().map(char::from).collect();
    let known = head.contains(mark);
    let echoed = Echoed { mark: mark.to_owned(), head };
    known.then(|| serde_json::to_string(&echoed).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Echoed, echoed};

    #[test]
    fn whoever_does_not_know_the_mark_is_told_nothing() {
        let head = b"GET / HTTP/1.1\r\nCookie: session=secret\xff\r\n\r\nbody";
        assert_eq!(echoed(head, "m4rk"), None);
        let marked = b"GET /m4rk HTTP/1.1\r\nCookie: a=\xff\r\n\r\nbody";
        let said: Echoed = serde_json::from_str(&echoed(marked, "m4rk").unwrap()).unwrap();
        assert_eq!((said.mark.as_str(), said.head.as_str()), ("m4rk", "GET /m4rk HTTP/1.1\r\nCookie: a=\u{ff}"));
    }
}
