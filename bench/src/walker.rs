//! Asks the resolver for many sessions, one after the other, over kept connections and without a proxy.
//!
//! A client of our own and not wrk: wrk cannot speak over a unix socket, its Lua would have to build each request from
//! a million secrets at many times the cost of the answer, and this one checks that every answer is a yes.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use vestibule_gate::token::opaque::Secret;
use vestibule_gate::verdict::{HeaderPrefix, SUFFIXES};

use crate::server::{Place, cookie, request};

/// Connections, each with one request under way.
const CONNECTIONS: usize = 32;
/// A prime, so that a walk comes to every session before it comes to one again, and never to a neighbour.
const STRIDE: usize = 611_953;

/// A walk over some sessions.
pub(crate) struct Walker<'s> {
    streams: Vec<UnixStream>,
    secrets: &'s [Secret],
    at: usize,
    yes: String,
    buffer: Vec<u8>,
}

impl<'s> Walker<'s> {
    /// Connects.
    pub(crate) fn new(place: &Place, secrets: &'s [Secret]) -> anyhow::Result<Self> {
        let stream = || -> anyhow::Result<UnixStream> {
            let stream = UnixStream::connect(place.resolver()).context("connecting to the resolver")?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            Ok(stream)
        };
        let streams = (0..CONNECTIONS).map(|_| stream()).collect::<anyhow::Result<_>>()?;
        let yes = format!("\r\n{}{}: true\r\n", HeaderPrefix::default().as_str(), SUFFIXES[0]);
        Ok(Self { streams, secrets, at: 0, yes, buffer: vec![0; 8192] })
    }

    /// Asks for so many sessions, at least, and returns how many it were and how long it took.
    pub(crate) fn walk(&mut self, count: usize) -> anyhow::Result<(usize, Duration)> {
        let begin = stopwatch();
        let mut asked = 0;
        while asked < count {
            self.step()?;
            asked += self.streams.len();
        }
        Ok((asked, begin.elapsed()))
    }

    /// Asks on every connection, then reads every answer.
    fn step(&mut self) -> anyhow::Result<()> {
        for stream in &mut self.streams {
            self.at = (self.at + STRIDE) % self.secrets.len();
            stream.write_all(request(&cookie(self.secrets[self.at].expose()), "").as_bytes())?;
        }
        for stream in &mut self.streams {
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
