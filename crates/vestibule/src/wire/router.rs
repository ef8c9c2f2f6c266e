//! Serves a router on a listener: the pages, and what operators ask.
//!
//! Each head is read here first, and only one that has one reading is handed to hyper, alone: hyper sees the bytes of one
//! request and then the end of the stream. So a bare LF, two lengths or a folded line mean the same on every listener of
//! ours, and a request can never be found in the body of another: behind a body the connection is closed.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tower::ServiceExt;
use vestibule_ledger::Ledger;

use super::accept::{accept_on, drain};
use super::answer::{self, Date, Status};
use super::connection::{Connection, Ending, Filled, Timeouts};
use super::head::{Head, MAX_HEAD, MAX_HEADERS, Slots};
use super::seats::{Seat, Seats};
use crate::listen::{Accepted, Listener, Peer};
use crate::log::RequestId;

/// Connections at a time. A page's visitor comes through a proxy and needs one for a moment.
pub const MAX_CONNECTIONS: u32 = 1024;

/// From a whole head to the last byte of the answer: the body has to arrive, and a password's hash may have to wait.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// A router with its time-outs and seats, ready to be served on any number of listeners.
#[derive(Clone)]
pub struct RouterService {
    router: Router,
    ledger: Ledger,
    timeouts: Timeouts,
    seats: Seats,
}

impl RouterService {
    /// Serves this router. Handlers find the [`Peer`] and the [`RequestId`] among a request's extensions.
    #[must_use]
    pub fn new(router: Router, ledger: Ledger, timeouts: Timeouts, connections: u32) -> Self {
        Self { router, ledger, timeouts, seats: Seats::new(connections) }
    }

    /// Lets connections in, until the listener is closed.
    pub async fn accept_on(&self, listener: &Listener) {
        let start = |accepted: Accepted, seat| {
            let service = self.clone();
            tokio::spawn(async move {
                let peer = accepted.peer();
                match accepted.stream() {
                    Ok(stream) => service.serve(stream, seat, peer).await,
                    Err(error) => tracing::error!(%error, "a connection cannot be watched"),
                }
            });
        };
        accept_on(listener, &self.seats, || self.ledger.now(), start).await;
    }

    /// Asks idle connections to leave and the others to finish first, and waits for them, but not longer than `longest`.
    pub async fn drain(&self, longest: Duration) {
        drain(&self.seats, longest).await;
    }

    /// Serves one connection to its end.
    pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(self, stream: S, seat: Seat, peer: Peer) {
        let connection = Connection::new(stream, seat, self.timeouts);
        let mut conversation = Conversation { connection, service: self, peer };
        let ending = conversation.run().await.unwrap_or(Ending::Quiet);
        conversation.connection.end(ending).await;
    }
}

struct Conversation<S> {
    connection: Connection<S>,
    service: RouterService,
    peer: Peer,
}

/// What must be known of a head before it is handed on.
struct Whole {
    length: usize,
    body_announced: bool,
    keep_alive: bool,
}

fn read(pending: &[u8]) -> Result<Option<Whole>, Status> {
    let mut slots = Slots::default();
    let head = Head::read(pending, &mut slots)?;
    Ok(head.map(|head| Whole {
        length: head.length,
        body_announced: head.body_announced,
        keep_alive: head.keep_alive && !head.body_announced,
    }))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    async fn run(&mut self) -> io::Result<Ending> {
        loop {
            match read(self.connection.input.pending()) {
                Ok(Some(head)) => {
                    if let Some(ending) = self.answer(head).await {
                        return Ok(ending);
                    }
                    self.connection.has_answered(Instant::now());
                }
                Ok(None) => match self.fill().await? {
                    Filled::Bytes => {}
                    Filled::TimedOut if !self.connection.input.is_empty() => {
                        return self.refuse(Status::RequestTimeout).await;
                    }
                    Filled::Nothing | Filled::TimedOut => return Ok(Ending::Quiet),
                },
                Err(status) => return self.refuse(status).await,
            }
        }
    }

    async fn fill(&mut self) -> io::Result<Filled> {
        if !self.connection.input.is_empty() {
            self.connection.head_is_unfinished(Instant::now());
        }
        self.connection.fill(self.service.ledger.now()).await
    }

    /// Has one request answered. `None` when another may come.
    async fn answer(&mut self, head: Whole) -> Option<Ending> {
        self.connection.seat.is_busy();
        let keep_alive = head.keep_alive && !self.connection.seat.is_called();
        let (router, peer) = (self.service.router.clone(), self.peer);
        let handler = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let router = router.clone();
            async move { handle(router, peer, request.map(Body::new)).await }
        });
        let request = OneRequest {
            head: self.connection.input.pending()[..head.length].into(),
            read: 0,
            has_body: head.body_announced,
            connection: &mut self.connection,
        };
        request.connection.input.consume(head.length);
        let mut http = hyper::server::conn::http1::Builder::new();
        http.half_close(true).keep_alive(keep_alive).max_headers(MAX_HEADERS).max_buf_size(MAX_HEAD);
        let served = http.serve_connection(TokioIo::new(request), handler);
        match tokio::time::timeout(LONGEST_REQUEST, served).await {
            Ok(Ok(())) if keep_alive => None,
            // Lingering would keep the seat from who it is for.
            Ok(_) if self.connection.seat.makes_room() => Some(Ending::Quiet),
            Ok(Ok(()) | Err(_)) => Some(Ending::Linger),
            Err(_) => {
                tracing::info!(connection = self.connection.seat.number(), "a request took too long and was cut off");
                Some(Ending::Linger)
            }
        }
    }

    async fn refuse(&mut self, status: Status) -> io::Result<Ending> {
        let mut output = Vec::new();
        answer::in_words(&mut output, status, &mut Date::default(), self.service.ledger.now());
        tracing::debug!(connection = self.connection.seat.number(), ?status, "refused a request head");
        self.connection.write(&output).await?;
        Ok(Ending::Linger)
    }
}

/// Routes one request, in a span of its own.
async fn handle(
    router: Router,
    peer: Peer,
    mut request: Request,
) -> Result<axum::response::Response, std::convert::Infallible> {
    let id = RequestId::next();
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    let began = Instant::now();
    let answering = async {
        let response = router.oneshot(request).await?;
        tracing::debug!(status = response.status().as_u16(), took = ?began.elapsed(), "answered");
        Ok(response)
    };
    tracing::Instrument::instrument(answering, span).await
}

/// What hyper sees of a connection: the head of one request, its body if it has one, and then the end.
struct OneRequest<'c, S> {
    head: Box<[u8]>,
    read: usize,
    has_body: bool,
    connection: &'c mut Connection<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for OneRequest<'_, S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let room = buffer.remaining();
        let unread = &this.head[this.read..];
        if !unread.is_empty() {
            let count = unread.len().min(room);
            buffer.put_slice(&unread[..count]);
            this.read += count;
        } else if this.has_body {
            buffer.put_slice(ready!(this.connection.poll_read_body(cx, room))?);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for OneRequest<'_, S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().connection.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The connection outlives this request.
        Poll::Ready(Ok(()))
    }
}
