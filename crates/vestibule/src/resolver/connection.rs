//! One connection of a proxy: reads heads, has them answered, and writes, until one side has had enough.
//!
//! Whoever is slow is bounded: a whole head must arrive within a time of its first byte, an answer must be taken within
//! a time, and an idle connection ends. A body is never read; a request that announces one is answered and the
//! connection closed. A refusal is followed by a lingering close, or the refused bytes still under way would make the
//! kernel throw the refusal away before the client has read it.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use vestibule_gate::time::Timestamp;

use super::answer::{self, After, Date, Status};
use super::deadline::Deadline;
use super::head::{Head, MAX_HEAD, Slots, Version, may_be_whole};
use super::input::Input;
use super::resolve::{Clock, Question, Resolver};
use super::seats::Seat;
use crate::ops::resolves::{Outcome, Shard};

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

/// Serves one connection to its end.
pub async fn serve<S>(stream: S, seat: Seat, resolver: &Resolver, meter: &Shard, timeouts: Timeouts)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = Connection {
        stream,
        seat,
        input: Input::new(),
        output: Vec::with_capacity(OUTPUT),
        date: Date::default(),
        deadline: Deadline::new(Instant::now() + timeouts.idle),
        head_began: false,
        timeouts,
    };
    // An error of the stream means that nobody is there to be told.
    if let Ok(Ending::Linger) = connection.converse(resolver, meter).await {
        connection.linger().await;
    }
}

/// An answer has about 500 bytes; one with the longest roles has 2,000.
const OUTPUT: usize = 1024;

/// Behind so many bytes a lingering close has had enough.
const LINGER: usize = 1024 * 1024;

struct Connection<S> {
    stream: S,
    seat: Seat,
    input: Input,
    output: Vec<u8>,
    date: Date,
    deadline: Deadline,
    /// Whether the deadline is that of a head.
    head_began: bool,
    timeouts: Timeouts,
}

/// A request.
struct Asked<'b> {
    /// A question for a verdict, or the status of a request that asks for something else.
    what: Result<Question<'b>, Status>,
    version: Version,
    keep_alive: bool,
    body_announced: bool,
    length: usize,
}

/// Reads the request at the beginning of the pending bytes, if it has all arrived. Apart from the connection and not
/// async, so that the room for 256 headers is on the stack and not in every task.
fn read<'b>(pending: &'b [u8], resolver: &Resolver) -> Result<Option<Asked<'b>>, Status> {
    let mut slots = Slots::default();
    let Some(head) = Head::read(pending, &mut slots)? else { return Ok(None) };
    Ok(Some(Asked {
        what: resolver.question(&head),
        version: head.version,
        // A body that was announced is not waited for, so nobody knows where the next request begins.
        keep_alive: head.keep_alive && !head.body_announced,
        body_announced: head.body_announced,
        length: head.length,
    }))
}

/// An answer that waits in the output, and what is to become of the connection behind it.
struct Composed {
    outcome: Outcome,
    after: After,
    length: usize,
    body_announced: bool,
}

/// What became of the pending bytes.
enum Turn {
    /// More are needed.
    Unfinished,
    /// One request was answered; there may be another behind it.
    Answered,
    /// The last one was.
    Ended(Ending),
}

/// How a connection ends.
enum Ending {
    /// Nothing is under way.
    Quiet,
    /// Our last answer is, and perhaps bytes that nobody will read.
    Linger,
}

enum Filled {
    Bytes,
    /// The client has gone, or we are asked to.
    Nothing,
    TimedOut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    async fn converse(&mut self, resolver: &Resolver, meter: &Shard) -> io::Result<Ending> {
        let mut began = Instant::now();
        loop {
            match self.turn(resolver, meter, &mut began).await? {
                Turn::Answered => {}
                Turn::Ended(ending) => return Ok(ending),
                Turn::Unfinished => match self.fill(resolver.now()).await? {
                    Filled::Bytes => began = Instant::now(),
                    Filled::Nothing => return Ok(Ending::Quiet),
                    Filled::TimedOut if self.input.is_empty() => return Ok(Ending::Quiet),
                    Filled::TimedOut => return self.refuse(Status::RequestTimeout, resolver.now(), meter).await,
                },
            }
        }
    }

    /// Answers the first of the pending requests. `began` is when its last byte arrived; then, when its answer went.
    async fn turn(&mut self, resolver: &Resolver, meter: &Shard, began: &mut Instant) -> io::Result<Turn> {
        if self.input.is_empty() {
            return Ok(Turn::Unfinished);
        }
        let Composed { outcome, after, length, body_announced } = match self.compose(resolver).await {
            Ok(Some(composed)) => composed,
            Ok(None) => {
                self.unfinished(*began);
                return Ok(Turn::Unfinished);
            }
            Err(status) => return self.refuse(status, resolver.now(), meter).await.map(Turn::Ended),
        };
        self.write().await?;
        self.input.consume(length);
        let ended = Instant::now();
        meter.record(outcome, ended - *began);
        *began = ended;
        Ok(match after {
            After::Close if body_announced || !self.input.is_empty() => Turn::Ended(Ending::Linger),
            After::Close => Turn::Ended(Ending::Quiet),
            After::Keep | After::KeepAndSay => {
                self.deadline.set(ended + self.timeouts.idle);
                self.head_began = false;
                Turn::Answered
            }
        })
    }

    /// Puts the answer to the first pending request into the output; nothing when it has not all arrived.
    async fn compose(&mut self, resolver: &Resolver) -> Result<Option<Composed>, Status> {
        let Some(asked) = read(self.input.pending(), resolver)? else { return Ok(None) };
        self.seat.is_busy();
        let after = After::wanted(asked.version, asked.keep_alive, self.seat.is_called());
        let clock = Clock { now: resolver.now(), date: &mut self.date };
        self.output.clear();
        let outcome = resolver.answer(&asked.what, after, clock, &mut self.output).await;
        Ok(Some(Composed { outcome, after, length: asked.length, body_announced: asked.body_announced }))
    }

    /// From the first byte of a head on, its own deadline counts, whatever arrives.
    fn unfinished(&mut self, arrived: Instant) {
        if !self.head_began {
            self.head_began = true;
            self.deadline.set(arrived + self.timeouts.head);
        }
    }

    async fn refuse(&mut self, status: Status, now: Timestamp, meter: &Shard) -> io::Result<Ending> {
        self.output.clear();
        answer::bare(&mut self.output, status, After::Close, &mut self.date, now);
        meter.count(Outcome::Refused);
        tracing::debug!(?status, "refused a request head");
        self.write().await?;
        Ok(Ending::Linger)
    }

    /// Waits for bytes that may finish a head.
    async fn fill(&mut self, now: Timestamp) -> io::Result<Filled> {
        self.seat.waits(now);
        self.input.shrink();
        loop {
            let before = self.input.pending().len();
            let filled = poll_fn(|cx| {
                if let Poll::Ready(count) = self.input.poll_fill(Pin::new(&mut self.stream), cx) {
                    return Poll::Ready(count.map(|count| if count == 0 { Filled::Nothing } else { Filled::Bytes }));
                }
                if self.seat.poll_called(cx).is_ready() {
                    return Poll::Ready(Ok(Filled::Nothing));
                }
                self.deadline.poll(cx).map(|()| Ok(Filled::TimedOut))
            })
            .await?;
            let pending = self.input.pending();
            if !matches!(filled, Filled::Bytes)
                || before == 0
                || pending.len() >= MAX_HEAD
                || may_be_whole(pending, before)
            {
                return Ok(filled);
            }
        }
    }

    async fn write(&mut self) -> io::Result<()> {
        let mut written = 0;
        while written < self.output.len() {
            let mut waited = false;
            let count = poll_fn(|cx| {
                if let Poll::Ready(count) = Pin::new(&mut self.stream).poll_write(cx, &self.output[written..]) {
                    return Poll::Ready(count);
                }
                if !waited {
                    waited = true;
                    self.deadline.set(Instant::now() + self.timeouts.write);
                }
                self.deadline.poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
            })
            .await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            written += count;
        }
        Ok(())
    }

    /// Says that nothing more comes, and reads away what still arrives, for a while.
    async fn linger(mut self) {
        let longest = self.timeouts.linger;
        let read_away = async {
            self.stream.shutdown().await?;
            let mut bytes = 0;
            while bytes < LINGER {
                self.input.clear();
                match poll_fn(|cx| self.input.poll_fill(Pin::new(&mut self.stream), cx)).await? {
                    0 => break,
                    count => bytes += count,
                }
            }
            Ok::<(), io::Error>(())
        };
        // Whether it went well makes no difference any more.
        let _ = tokio::time::timeout(longest, read_away).await;
    }
}
