//! What operators ask: is it alive, is it ready, how is it doing. On a listener of its own, and on no other.

mod database;
mod health;
pub mod metrics;
pub mod resolves;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::routing::get;
use vestibule_ledger::Ledger;

use self::metrics::Metrics;
use self::resolves::Resolves;

/// What the answers are made from.
pub struct Ops {
    /// Asked whether its store answers, and counted.
    pub ledger: Ledger,
    /// The resolver's counters.
    pub resolves: Arc<Resolves>,
    /// Everybody else's.
    pub metrics: Metrics,
    draining: AtomicBool,
}

impl Ops {
    /// Over these.
    #[must_use]
    pub fn new(ledger: Ledger, resolves: Arc<Resolves>, metrics: Metrics) -> Self {
        Self { ledger, resolves, metrics, draining: AtomicBool::new(false) }
    }

    /// From now on this process is not ready: it finishes what runs and ends.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// The whole listener.
pub fn router(ops: Arc<Ops>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
        .with_state(ops)
}
