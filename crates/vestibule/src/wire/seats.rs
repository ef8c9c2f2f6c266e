//! How many connections there may be, and which one goes when one too many comes.
//!
//! Each connection holds a [`Seat`]. When all are taken, whoever has been waiting for bytes longest is asked to leave:
//! an idle proxy connection, which is opened anew when it is needed, or a client that drips its head or its body. One that
//! has a whole request is never asked. At the end, all are, but who sends a body may finish.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vestibule_gate::time::Timestamp;

/// The seats of one listener. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seats(Arc<Room>);

#[derive(Debug)]
struct Room {
    count: u32,
    free: Arc<Semaphore>,
    taken: Mutex<HashMap<u64, Arc<Guest>>>,
    next: AtomicU64,
    closed: AtomicBool,
}

/// What others may know of a connection, and do to it.
#[derive(Debug)]
struct Guest {
    /// Since when it has been waiting for bytes, in milliseconds; [`BUSY`] while it answers.
    waiting_since: AtomicI64,
    called: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

const BUSY: i64 = i64::MAX;

impl Guest {
    fn call(&self) {
        self.called.store(true, Ordering::SeqCst);
        if let Some(waker) = self.waker.lock().take() {
            waker.wake();
        }
    }
}

impl Seats {
    /// So many seats.
    #[must_use]
    pub fn new(count: u32) -> Self {
        Self(Arc::new(Room {
            count,
            free: Arc::new(Semaphore::new(count as usize)),
            taken: Mutex::default(),
            next: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }))
    }

    /// A seat for a new connection: at once, or when somebody who was asked has left.
    pub async fn take(&self, now: Timestamp) -> Seat {
        let permit = match Arc::clone(&self.0.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait_for_a_permit().await,
        };
        let guest = Arc::new(Guest {
            waiting_since: AtomicI64::new(now.millis()),
            called: AtomicBool::new(false),
            waker: Mutex::default(),
        });
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.taken.lock().insert(number, Arc::clone(&guest));
        Seat { room: Arc::clone(&self.0), number, guest, since: now, registered: None, _permit: permit }
    }

    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.0.taken.lock().len()
    }

    /// Asks everybody to leave when they have finished. For when nobody comes any more.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        for guest in self.0.taken.lock().values() {
            guest.call();
        }
    }

    /// Waits until everybody has left.
    pub async fn empty(&self) {
        // The permit is dropped at once: only the waiting is wanted. The semaphore is never closed.
        let _ = self.0.free.acquire_many(self.0.count).await;
    }

    async fn wait_for_a_permit(&self) -> OwnedSemaphorePermit {
        loop {
            self.ask_the_longest_waiting();
            let free = Arc::clone(&self.0.free).acquire_owned();
            // While all are busy there is nobody to ask; so ask again, somebody may be waiting by then.
            if let Ok(permit) = tokio::time::timeout(Duration::from_millis(50), free).await {
                return permit.expect("nobody closes the semaphore");
            }
        }
    }

    fn ask_the_longest_waiting(&self) {
        let taken = self.0.taken.lock();
        let waiting = taken.values().filter(|guest| !guest.called.load(Ordering::Relaxed));
        let longest = waiting.min_by_key(|guest| guest.waiting_since.load(Ordering::Relaxed));
        if let Some(guest) = longest.filter(|guest| guest.waiting_since.load(Ordering::Relaxed) != BUSY) {
            guest.call();
        }
    }
}

/// The right to be connected. Free again when it is dropped.
#[derive(Debug)]
pub struct Seat {
    room: Arc<Room>,
    number: u64,
    guest: Arc<Guest>,
    /// When it began to wait for this request.
    since: Timestamp,
    registered: Option<Waker>,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    /// Grows by one with each connection; spreads them over the shards of a meter.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// From now on the connection waits for bytes, and may be asked to leave.
    pub fn waits(&mut self, now: Timestamp) {
        self.since = now;
        self.guest.waiting_since.store(now.millis(), Ordering::Relaxed);
    }

    /// It waits for more of the same request, as long as it has for all of it: who drips does not seem young.
    pub fn waits_still(&self) {
        self.guest.waiting_since.store(self.since.millis(), Ordering::Relaxed);
    }

    /// From now on it answers.
    pub fn is_busy(&self) {
        self.guest.waiting_since.store(BUSY, Ordering::Relaxed);
    }

    /// Whether it is to leave.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.guest.called.load(Ordering::Relaxed)
    }

    /// Whether it is to leave for somebody else, and not because all are to.
    #[must_use]
    pub fn makes_room(&self) -> bool {
        self.is_called() && !self.room.closed.load(Ordering::SeqCst)
    }

    /// Ready when it is to leave for somebody else.
    pub fn poll_makes_room(&mut self, cx: &Context<'_>) -> Poll<()> {
        match self.poll_called(cx) {
            Poll::Ready(()) if self.makes_room() => Poll::Ready(()),
            Poll::Ready(()) | Poll::Pending => Poll::Pending,
        }
    }

    /// Ready when it is to leave. Takes a lock only when the waker is another than last time: a task's stays the same.
    pub fn poll_called(&mut self, cx: &Context<'_>) -> Poll<()> {
        if !self.registered.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.registered = Some(cx.waker().clone());
            *self.guest.waker.lock() = Some(cx.waker().clone());
        }
        // Looked at behind the registration, or a call between the two would be missed.
        if self.guest.called.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.taken.lock().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::Seats;
    use vestibule_gate::time::Timestamp;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[tokio::test]
    async fn the_one_that_waits_longest_makes_room() {
        let seats = Seats::new(2);
        let mut older = seats.take(at(1)).await;
        let newer = seats.take(at(2)).await;
        let leaving = tokio::spawn(async move { poll_fn(|cx| older.poll_called(cx)).await });
        tokio::task::yield_now().await;
        let third = seats.take(at(3)).await;
        leaving.await.expect("the older one was asked");
        assert!(!newer.is_called() && !third.is_called());
        assert_eq!(seats.taken(), 2);
    }

    #[tokio::test]
    async fn nobody_is_asked_in_the_middle_of_an_answer() {
        let seats = Seats::new(1);
        let busy = seats.take(at(1)).await;
        busy.is_busy();
        let next = tokio::spawn({
            let seats = seats.clone();
            async move { seats.take(at(2)).await.number() == 1 }
        });
        tokio::time::sleep(std::time::Duration::from_millis(120)).await;
        assert!(!busy.is_called() && !next.is_finished());
        drop(busy);
        assert!(next.await.expect("no panic"));
    }

    #[tokio::test]
    async fn at_the_end_all_are_asked_and_waited_for() {
        let seats = Seats::new(3);
        let seat = seats.take(at(1)).await;
        seat.is_busy();
        seats.close();
        assert!(seat.is_called());
        drop(seat);
        seats.empty().await;
    }
}
