//! The resolver with its counters, time-outs and seats, ready to be served on any number of listeners.

use std::sync::Arc;
use std::time::Duration;

use super::connection::serve;
use super::resolve::Resolver;
use super::threads::Loops;
use crate::listen::{Accepted, Listener};
use crate::ops::resolves::Resolves;
use crate::wire::accept::{accept_on, drain};
use crate::wire::connection::Timeouts;
use crate::wire::seats::{Seat, Seats};

/// Connections at a time. Each costs at most 64 KiB of buffer, and 4 KiB usually: 256 MiB, if every one of them sends
/// the longest head at once.
pub const MAX_CONNECTIONS: u32 = 4096;

/// The resolver, ready to be served.
#[derive(Clone)]
pub struct Service {
    resolver: Arc<Resolver>,
    resolves: Arc<Resolves>,
    timeouts: Timeouts,
    seats: Seats,
}

impl Service {
    /// A resolver that counts here.
    #[must_use]
    pub fn new(resolver: Arc<Resolver>, resolves: Arc<Resolves>, timeouts: Timeouts, connections: u32) -> Self {
        Self { resolver, resolves, timeouts, seats: Seats::new(connections) }
    }

    /// Lets connections in, and has them served on these loops. To be run on the first of them, where the listener was
    /// bound. Ends when the listener is closed.
    pub async fn accept_on(&self, listener: &Listener, loops: &Loops) {
        let start = |accepted: Accepted, seat: Seat| {
            let peer = accepted.peer();
            let Self { resolver, resolves, timeouts, .. } = self.clone();
            let shard = seat.number();
            loops.spawn(accepted, async move |stream| {
                serve(stream, peer, seat, &resolver, resolves.shard(shard), timeouts).await;
            });
        };
        accept_on(listener, &self.seats, || self.resolver.now(), start).await;
    }

    /// Asks idle connections to leave and the others to finish first, and waits for them, but not longer than `longest`.
    pub async fn drain(&self, longest: Duration) {
        drain(&self.seats, longest).await;
    }

    /// What answers.
    #[must_use]
    pub fn resolver(&self) -> Arc<Resolver> {
        Arc::clone(&self.resolver)
    }

    /// What it has counted.
    #[must_use]
    pub fn resolves(&self) -> Arc<Resolves> {
        Arc::clone(&self.resolves)
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.seats.taken()
    }
}
