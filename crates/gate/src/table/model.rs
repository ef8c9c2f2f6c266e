//! "The very next request", proven: loom runs these threads in every order in which they can come to the table's locks
//! and its one ordered atomic. `scripts/test` has the command.
//!
//! The store is an atomic that a revocation clears before it makes the table forget, as `ledger/commit.rs` does.

use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use super::examples::{hash, row, table};
use super::{Forget, Found, Table};

struct World {
    table: Table,
    in_store: AtomicBool,
    /// The revocation was acknowledged: its answer is on the way.
    acknowledged: AtomicBool,
}

impl World {
    fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self { table: table(capacity), in_store: AtomicBool::new(true), acknowledged: AtomicBool::new(false) })
    }

    fn fill(&self) {
        let ticket = self.table.ticket();
        let row = self.in_store.load(Ordering::SeqCst).then(|| row(1, 2));
        let _ = self.table.fill(ticket, hash(1), row);
    }

    fn revoke(&self, forget: Forget) {
        self.in_store.store(false, Ordering::SeqCst);
        self.table.forget(forget);
        self.acknowledged.store(true, Ordering::Release);
    }

    /// A request that begins behind the acknowledgement is not answered with a yes.
    fn resolve(&self) {
        let acknowledged = self.acknowledged.load(Ordering::Acquire);
        let live = matches!(self.table.look_up(&hash(1)), Found::Live(_));
        assert!(!(acknowledged && live), "a revoked session was answered");
    }
}

fn spawn(world: &Arc<World>, what: impl FnOnce(&World) + Send + 'static) -> thread::JoinHandle<()> {
    let world = Arc::clone(world);
    thread::spawn(move || what(&world))
}

/// A revocation, a fill that may have read the row before it, and requests that come behind its acknowledgement.
fn revocation_beside_a_fill(known_before: bool, forget: Forget) {
    loom::model(move || {
        let world = World::new(10);
        if known_before {
            world.fill();
        }
        let others = [spawn(&world, move |world| world.revoke(forget)), spawn(&world, World::fill)];
        world.resolve();
        world.resolve();
        for other in others {
            other.join().unwrap();
        }
        world.resolve();
    });
}

#[test]
fn loom_a_revoked_session_is_refused_on_the_very_next_look_up() {
    for forget in [Forget::Session(row(1, 2).id), Forget::User(row(1, 2).user), Forget::All] {
        revocation_beside_a_fill(false, forget);
        revocation_beside_a_fill(true, forget);
    }
}

/// Two fills of one credential and a revocation: neither brings back what the other was told to drop.
#[test]
fn loom_two_fills_do_not_bring_a_revoked_session_back() {
    loom::model(|| {
        let world = World::new(10);
        let others = [spawn(&world, |world| world.revoke(Forget::Session(row(1, 2).id))), spawn(&world, World::fill)];
        world.fill();
        for other in others {
            other.join().unwrap();
        }
        world.resolve();
    });
}

/// A session that is evicted to make room, filled again and revoked.
#[test]
fn loom_an_eviction_beside_a_revocation_leaves_nothing_behind() {
    loom::model(|| {
        let world = World::new(1);
        world.fill();
        let others = [
            spawn(&world, |world| world.revoke(Forget::Session(row(1, 2).id))),
            spawn(&world, |world| {
                let _ = world.table.fill(world.table.ticket(), hash(3), Some(row(3, 4)));
            }),
        ];
        world.resolve();
        for other in others {
            other.join().unwrap();
        }
        world.resolve();
        assert!(matches!(world.table.look_up(&hash(3)), Found::Live(_)));
    });
}
