//! The door with its counters, time-outs and seats, ready to be served on any number of listeners.

use std::sync::Arc;
use std::time::Duration;

use super::connection::{Answering, serve};
use crate::listen::{Accepted, Listener};
use crate::ops::resolves::Resolves;
use crate::resolver::Resolver;
use crate::resolver::threads::Loops;
use crate::wire::accept::{accept_on, drain};
use crate::wire::connection::Timeouts;
use crate::wire::seats::{Seat, Seats};

/// Connections at a time. Each has many calls, and costs at most 1 MiB of what has arrived and was not read.
pub const MAX_CONNECTIONS: u32 = 256;

/// The door, ready to be served.
#[derive(Clone)]
pub struct Service {
    answering: Answering,
    seats: Seats,
}

impl Service {
    /// A door to this resolver that counts here.
    #[must_use]
    pub fn new(resolver: Arc<Resolver>, resolves: Arc<Resolves>, timeouts: Timeouts, connections: u32) -> Self {
        Self { answering: Answering { resolver, resolves, timeouts }, seats: Seats::new(connections) }
    }

    /// Lets connections in, and has them served on these loops. To be run on the first of them, where the listener was
    /// bound. Ends when the listener is closed.
    pub async fn accept_on(&self, listener: &Listener, loops: &Loops) {
        let start = |accepted: Accepted, seat: Seat| {
            let (answering, peer) = (self.answering.clone(), accepted.peer());
            loops.spawn(accepted, async move |stream| serve(stream, peer, seat, answering).await);
        };
        accept_on(listener, &self.seats, || self.answering.resolver.now(), start).await;
    }

    /// Asks connections to finish what is under way, and waits for them, but not longer than `longest`.
    pub async fn drain(&self, longest: Duration) {
        drain(&self.seats, longest).await;
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.seats.taken()
    }
}
