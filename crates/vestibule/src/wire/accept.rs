//! Lets connections in, each on a seat of its own, and at the end waits for those that answer.

use std::future::Future;
use std::time::Duration;

use vestibule_gate::time::Timestamp;

use super::seats::{Seat, Seats};
use crate::listen::{Accepted, Listener};

/// Lets connections in and has each served in a task. Never ends; whoever has enough drops it.
pub async fn accept_on<F>(
    listener: &Listener,
    seats: &Seats,
    now: impl Fn() -> Timestamp,
    serve: impl Fn(Accepted, Seat) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let accepted = listener.accept().await;
        let seat = seats.take(now()).await;
        tokio::spawn(serve(accepted, seat));
    }
}

/// Asks idle connections to leave and the others to finish first, and waits for them, but not longer than `longest`.
pub async fn drain(seats: &Seats, longest: Duration) {
    seats.close();
    if tokio::time::timeout(longest, seats.empty()).await.is_err() {
        tracing::warn!(connections = seats.taken(), "connections are cut off: they did not end in time");
    }
}
