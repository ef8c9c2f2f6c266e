//! One connection of a proxy that speaks HTTP/2: many calls at once, within limits, until one side has had enough.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::time::Instant;

use super::call;
use crate::listen::{Peer, Stream};
use crate::ops::resolves::Resolves;
use crate::resolver::Resolver;
use crate::wire::connection::Timeouts;
use crate::wire::seats::Seat;

/// Calls at a time. An Envoy worker opens a second connection when it has more.
const MAX_CALLS: u32 = 256;
/// What may be on its way to us: for one call, and for all. This bounds the memory of a connection.
const CALL_WINDOW: u32 = 64 * 1024;
const WINDOW: u32 = 1024 * 1024;
/// The headers of a call are gRPC's own and small.
const MAX_HEADERS: u32 = 16 * 1024;
/// How often a peer is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(30);
const PONG: Duration = Duration::from_secs(10);

/// What answers, and what is counted.
#[derive(Clone)]
pub(super) struct Answering {
    pub(super) resolver: Arc<Resolver>,
    pub(super) resolves: Arc<Resolves>,
    pub(super) timeouts: Timeouts,
}

/// Serves one connection to its end.
pub(super) async fn serve(stream: Stream, peer: Peer, mut seat: Seat, answering: Answering) {
    let Timeouts { idle, linger, .. } = answering.timeouts;
    let calls = Arc::new(Calls::default());
    let (counted, shard) = (Arc::clone(&calls), seat.number());
    let service = service_fn(move |request| {
        let (answering, call) = (answering.clone(), Call::begin(&counted));
        async move {
            let began = Instant::now();
            let patience = answering.timeouts.head;
            let (response, outcome) = call::answer(&answering.resolver, peer, request, patience).await;
            answering.resolves.shard(shard).record(outcome, began.elapsed());
            drop(call);
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = pin!(http2_within_limits().serve_connection(TokioIo::new(stream), service));
    let mut is_leaving = false;
    loop {
        let seen = calls.begun();
        let patience = if is_leaving { linger } else { idle };
        tokio::select! {
            // An error of the connection means that nobody is there to be told.
            _ = &mut connection => return,
            () = poll_fn(|cx| seat.poll_called(cx)), if !is_leaving => {}
            () = tokio::time::sleep(patience) => match calls.is_quiet_since(seen) {
                false => continue,
                true if is_leaving => return,
                true => {}
            },
        }
        is_leaving = true;
        connection.as_mut().graceful_shutdown();
    }
}

fn http2_within_limits() -> http2::Builder<TokioExecutor> {
    let mut http2 = http2::Builder::new(TokioExecutor::new());
    http2
        .timer(TokioTimer::new())
        .auto_date_header(false)
        .max_concurrent_streams(MAX_CALLS)
        .initial_stream_window_size(CALL_WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_header_list_size(MAX_HEADERS)
        .max_send_buf_size(CALL_WINDOW as usize)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG);
    http2
}

/// The calls of a connection: an idle one ends, and pings are no calls.
#[derive(Default)]
struct Calls {
    begun: AtomicU64,
    under_way: AtomicUsize,
}

impl Calls {
    fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    fn is_quiet_since(&self, seen: u64) -> bool {
        self.begun() == seen && self.under_way.load(Ordering::Relaxed) == 0
    }
}

/// A call that is under way, until it is dropped.
struct Call(Arc<Calls>);

impl Call {
    fn begin(calls: &Arc<Calls>) -> Self {
        calls.begun.fetch_add(1, Ordering::Relaxed);
        calls.under_way.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(calls))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
