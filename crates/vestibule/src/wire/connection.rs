//! One connection: reading with a deadline, writing with a deadline, and ending so that the last answer arrives.
//!
//! Whoever is slow is bounded: a whole head must arrive within a time of its first byte, an answer must be taken within
//! a time, and an idle connection ends. What is read and answered is the business of the two loops above it.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use vestibule_gate::time::Timestamp;

use super::deadline::Deadline;
use super::head::{MAX_HEAD, may_be_whole};
use super::input::Input;
use super::seats::Seat;

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// From an answer, or from the beginning, to the first byte of the next request. At least 75 s (PROXIES H21): nginx
    /// and Caddy keep idle connections for a minute or two, and must not find them closed.
    pub idle: Duration,
    /// For a client that does not take its answer.
    pub write: Duration,
    /// For a client that goes on sending behind a refusal.
    pub linger: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(90),
            write: Duration::from_secs(10),
            linger: Duration::from_secs(2),
        }
    }
}

/// Behind so many bytes a lingering close has had enough.
const LINGER: usize = 1024 * 1024;

/// At the end, for a connection whose first request is still under way: a proxy that has connected and sent a form has not
/// heard that nobody reads it, and must not send it twice.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is under way.
    Quiet,
    /// Our last answer is, and perhaps bytes that nobody will read. Closing on those would make the kernel throw the
    /// answer away before the client has read it.
    Linger,
}

/// What came of waiting for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Some, that may finish a head.
    Bytes,
    /// The client has gone, or we are asked to.
    Nothing,
    /// They did not come in time.
    TimedOut,
}

/// A connection, and what has arrived on it.
#[derive(Debug)]
pub(crate) struct Connection<S> {
    pub(crate) stream: S,
    pub(crate) seat: Seat,
    pub(crate) input: Input,
    deadline: Deadline,
    /// Whether the deadline is that of a head.
    head_began: bool,
    /// Whether nothing was answered on it yet.
    is_new: bool,
    /// Whether the deadline is that of the last call.
    is_last_call: bool,
    write_is_stuck: bool,
    timeouts: Timeouts,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn new(stream: S, seat: Seat, timeouts: Timeouts) -> Self {
        let deadline = Deadline::new(Instant::now() + timeouts.idle);
        Self {
            stream,
            seat,
            input: Input::new(),
            deadline,
            head_began: false,
            is_new: true,
            is_last_call: false,
            write_is_stuck: false,
            timeouts,
        }
    }

    /// From the first byte of a head on, its own deadline counts, whatever arrives.
    pub(crate) fn head_is_unfinished(&mut self, arrived: Instant) {
        if !self.head_began {
            self.head_began = true;
            self.deadline.set(arrived + self.timeouts.head);
        }
    }

    /// From now on the connection may be idle for a while.
    pub(crate) fn has_answered(&mut self, at: Instant) {
        self.head_began = false;
        self.is_new = false;
        self.deadline.set(at + self.timeouts.idle);
    }

    /// Waits for bytes that may finish a head.
    pub(crate) async fn fill(&mut self, now: Timestamp) -> io::Result<Filled> {
        self.seat.waits(now);
        self.input.shrink();
        loop {
            let before = self.input.pending().len();
            let filled = poll_fn(|cx| {
                if let Poll::Ready(count) = self.input.poll_fill(Pin::new(&mut self.stream), cx) {
                    return Poll::Ready(count.map(|count| if count == 0 { Filled::Nothing } else { Filled::Bytes }));
                }
                if self.seat.poll_called(cx).is_ready() && !self.is_waited_for() {
                    return Poll::Ready(Ok(Filled::Nothing));
                }
                self.deadline.poll(cx).map(|()| Ok(Filled::TimedOut))
            })
            .await?;
            let pending = self.input.pending();
            let worth_reading = before == 0 || pending.len() >= MAX_HEAD || may_be_whole(pending, before);
            if filled != Filled::Bytes || worth_reading {
                return Ok(filled);
            }
        }
    }

    /// Whether a connection that is to leave may still send what is under way: at the end, not when it is to make room.
    fn is_waited_for(&mut self) -> bool {
        if self.seat.makes_room() || (!self.is_new && self.input.is_empty()) {
            return false;
        }
        if !self.is_last_call {
            self.is_last_call = true;
            self.deadline.set(Instant::now() + LAST_CALL);
        }
        true
    }

    /// Writes all of it, if the client takes it in time.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = 0;
        while written < bytes.len() {
            let count = poll_fn(|cx| self.poll_write(cx, &bytes[written..])).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            written += count;
        }
        Ok(())
    }

    /// Writes some of it. The time begins when the client takes nothing, and again whenever it has taken something.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Poll::Ready(count) = Pin::new(&mut self.stream).poll_write(cx, bytes) {
            self.write_is_stuck = false;
            return Poll::Ready(count);
        }
        if !self.write_is_stuck {
            self.write_is_stuck = true;
            self.deadline.set(Instant::now() + self.timeouts.write);
        }
        self.deadline.poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Reads the body of a request that is being answered: what is pending, then what arrives. While it waits, it may be
    /// asked to leave like anybody who drips, or a few bodies that never end would take every seat.
    pub(crate) fn poll_read_body(&mut self, cx: &mut Context<'_>, room: usize) -> Poll<io::Result<&[u8]>> {
        if self.input.is_empty() {
            let Poll::Ready(filled) = self.input.poll_fill(Pin::new(&mut self.stream), cx) else {
                self.seat.waits_still();
                ready!(self.seat.poll_makes_room(cx));
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            };
            self.seat.is_busy();
            filled?;
        }
        Poll::Ready(Ok(self.input.take(room)))
    }

    /// Ends it.
    pub(crate) async fn end(mut self, ending: Ending) {
        if ending == Ending::Linger {
            // Whether it goes well makes no difference any more.
            let _ = tokio::time::timeout(self.timeouts.linger, self.read_away()).await;
        }
    }

    /// Says that nothing more comes, and reads away what still arrives.
    async fn read_away(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        let mut bytes = 0;
        while bytes < LINGER {
            self.input.clear();
            match poll_fn(|cx| self.input.poll_fill(Pin::new(&mut self.stream), cx)).await? {
                0 => break,
                count => bytes += count,
            }
        }
        Ok(())
    }
}
