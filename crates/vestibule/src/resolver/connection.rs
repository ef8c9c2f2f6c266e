//! One connection of a proxy: heads in, answers out, until one side has had enough.
//!
//! A body is never read; a request that announces one is answered from its head and the connection closed.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::exchange::{Answered, Caller, Exchange};
use super::resolve::{Clock, Resolver};
use crate::listen::Peer;
use crate::ops::resolves::{Outcome, Shard};
use crate::wire::answer::{self, After, Date, Status};
use crate::wire::connection::{Connection, Ending, Filled, Timeouts};
use crate::wire::seats::Seat;

/// Serves one connection to its end.
pub async fn serve<S>(stream: S, peer: Peer, seat: Seat, resolver: &Resolver, meter: &Shard, timeouts: Timeouts)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let connection = Connection::new(stream, seat, timeouts);
    let output = Vec::with_capacity(OUTPUT);
    let mut conversation = Conversation { connection, peer, resolver, meter, output, date: Date::default() };
    // An error of the stream means that nobody is there to be told.
    let ending = conversation.run().await.unwrap_or(Ending::Quiet);
    conversation.connection.end(ending).await;
}

/// An answer has about 500 bytes; one with the longest roles has 2,000.
const OUTPUT: usize = 1024;

struct Conversation<'r, S> {
    connection: Connection<S>,
    peer: Peer,
    resolver: &'r Resolver,
    meter: &'r Shard,
    output: Vec<u8>,
    date: Date,
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

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<'_, S> {
    async fn run(&mut self) -> io::Result<Ending> {
        let mut began = Instant::now();
        loop {
            match self.turn(&mut began).await? {
                Turn::Answered => {}
                Turn::Ended(ending) => return Ok(ending),
                Turn::Unfinished => match self.connection.fill(self.resolver.now()).await? {
                    Filled::Bytes => began = Instant::now(),
                    Filled::Nothing => return Ok(Ending::Quiet),
                    Filled::TimedOut if self.connection.input.is_empty() => return Ok(Ending::Quiet),
                    Filled::TimedOut => return self.refuse(Status::RequestTimeout).await,
                },
            }
        }
    }

    /// Answers the first of the pending requests. `began` is when its last byte arrived; then, when its answer went.
    async fn turn(&mut self, began: &mut Instant) -> io::Result<Turn> {
        if self.connection.input.is_empty() {
            return Ok(Turn::Unfinished);
        }
        let composed = match self.compose().await {
            Ok(Some(composed)) => composed,
            Ok(None) => {
                self.connection.head_is_unfinished(*began);
                return Ok(Turn::Unfinished);
            }
            Err(status) => return self.refuse(status).await.map(Turn::Ended),
        };
        self.connection.write(&self.output).await?;
        self.connection.input.consume(composed.length);
        let ended = Instant::now();
        self.meter.record(composed.outcome, ended - *began);
        *began = ended;
        Ok(match composed.after {
            After::Close if composed.body_announced || !self.connection.input.is_empty() => Turn::Ended(Ending::Linger),
            After::Close => Turn::Ended(Ending::Quiet),
            After::Keep | After::KeepAndSay => {
                self.connection.has_answered(ended);
                Turn::Answered
            }
        })
    }

    /// Puts the answer to the first pending request into the output; nothing when it has not all arrived.
    async fn compose(&mut self) -> Result<Option<Answered>, Status> {
        let Self { connection, peer, resolver, output, date, .. } = self;
        connection.seat.is_busy();
        let closing = connection.seat.is_called();
        let caller = Caller { peer: *peer, closing };
        let now = resolver.now();
        output.clear();
        let answered = match resolver.exchange(connection.input.pending(), caller, Clock { now, date }, output)? {
            Exchange::Unfinished => return Ok(None),
            Exchange::Answered(answered) => answered,
            Exchange::Open(asked) => resolver.exchange_by_the_store(&asked, closing, Clock { now, date }, output).await,
        };
        tracing::trace!(connection = connection.seat.number(), outcome = ?answered.outcome, "resolved");
        Ok(Some(answered))
    }

    async fn refuse(&mut self, status: Status) -> io::Result<Ending> {
        self.output.clear();
        answer::bare(&mut self.output, status, After::Close, &mut self.date, self.resolver.now());
        self.meter.count(Outcome::Refused);
        tracing::debug!(connection = self.connection.seat.number(), ?status, "refused a request head");
        self.connection.write(&self.output).await?;
        Ok(Ending::Linger)
    }
}
