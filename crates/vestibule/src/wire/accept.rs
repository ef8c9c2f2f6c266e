//! Lets connections in, each on a seat of its own, and at the end waits for those that answer.

use std::time::Duration;

use vestibule_gate::time::Timestamp;

use super::seats::{Seat, Seats};
use crate::listen::{Accepted, Listener};

/// Lets connections in; `start` has each served in a task. Ends when the listener is closed and nobody waits before it.
pub async fn accept_on(
    listener: &Listener,
    seats: &Seats,
    now: impl Fn() -> Timestamp,
    start: impl Fn(Accepted, Seat),
) {
    while let Some(accepted) = listener.accept().await {
        let seat = seats.take(now()).await;
        start(accepted, seat);
    }
}

/// Asks idle connections to leave and the others to finish first, and waits for them, but not longer than `longest`.
pub async fn drain(seats: &Seats, longest: Duration) {
    seats.close();
    if tokio::time::timeout(longest, seats.empty()).await.is_err() {
        tracing::warn!(connections = seats.taken(), "connections are cut off: they did not end in time");
    }
}
