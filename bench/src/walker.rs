//! Asks the resolver for many sessions, one after the other, over kept connections and without a proxy.
//!
//! A client of our own and not wrk: wrk cannot speak over a unix socket, its Lua would have to build each request from
//! a million secrets at many times the cost of the answer, and this one checks that every answer is a yes.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use vestibule_gate::token::opaque::Secret;
use vestibule_gate::verdict::{HeaderPrefix, SUFFIXES};

use crate::server::{cookie, request};

/// Connections, each with one request under way.
const CONNECTIONS: usize = 32;
/// A prime, so that a walk comes to every session before it comes to one again, and never to a neighbour.
const STRIDE: usize = 611_953;

/// A walk over some sessions.
pub(crate) struct Walker<'s> {
    socket: PathBuf,
    secrets: &'s [Secret],
    at: usize,
    method: &'static str,
    yes: String,
    buffer: Vec<u8>,
}

impl<'s> Walker<'s> {
    /// Asks the resolver at this socket.
    pub(crate) fn new(socket: PathBuf, secrets: &'s [Secret]) -> Self {
        let yes = format!("\r\n{}{}: true\r\n", HeaderPrefix::default().as_str(), SUFFIXES[0]);
        Self { socket, secrets, at: 0, method: "GET", yes, buffer: vec![0; 8192] }
    }

    /// Asks an nginx at this socket, for the head of a page that it protects: the resolver is asked all the same.
    pub(crate) fn through(socket: PathBuf, secrets: &'s [Secret]) -> Self {
        Self { method: "HEAD", ..Self::new(socket, secrets) }
    }

    /// Asks for so many sessions, at least, and returns how many it were and how long it took.
    pub(crate) fn walk(&mut self, count: usize) -> anyhow::Result<(usize, Duration)> {
        // New connections each time: between two walks the resolver may find the old ones idle for too long.
        let mut streams = (0..CONNECTIONS).map(|_| self.connect()).collect::<anyhow::Result<Vec<_>>>()?;
        let begin = stopwatch();
        let mut asked = 0;
        while asked < count {
            self.step(&mut streams)?;
            asked += streams.len();
        }
        Ok((asked, begin.elapsed()))
    }

    fn connect(&self) -> anyhow::Result<UnixStream> {
        let stream = UnixStream::connect(&self.socket).context("connecting to the resolver")?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(stream)
    }

    /// Asks on every connection, then reads every answer.
    fn step(&mut self, streams: &mut [UnixStream]) -> anyhow::Result<()> {
        for stream in &mut *streams {
            self.at = (self.at + STRIDE) % self.secrets.len();
            let request = request(self.method, &cookie(self.secrets[self.at].expose()));
            stream.write_all(request.as_bytes())?;
        }
        for stream in streams {
            let mut length = 0;
            while !self.buffer[..length].ends_with(b"\r\n\r\n") {
                let read = stream.read(&mut self.buffer[length..]).context("waiting for an answer")?;
                ensure!(read > 0, "the resolver has closed a connection");
                length += read;
            }
            let head = std::str::from_utf8(&self.buffer[..length])?;
            let is_yes = head.starts_with("HTTP/1.1 200 ") && head.contains(&self.yes);
            ensure!(is_yes, "a live session was not answered with yes but:\n{head}");
        }
        Ok(())
    }
}

/// Begins to measure a duration.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures durations")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}
