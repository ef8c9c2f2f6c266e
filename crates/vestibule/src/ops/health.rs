//! `/healthz`: the process answers. `/readyz`: it should be sent requests, since its store answers, it knows what other nodes
//! change, and it is not ending.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use vestibule_ledger::cluster::{self, Following};

use super::Ops;

/// How long the store may take to say that it is there. Whoever asks does so every few seconds.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn alive() -> &'static str {
    "alive\n"
}

pub(super) async fn ready(State(ops): State<Arc<Ops>>) -> (StatusCode, &'static str) {
    if ops.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n");
    }
    match cluster::following(&ops.ledger) {
        Following::Alone | Following::Fresh(_) => {}
        Following::NotYet => {
            return (StatusCode::SERVICE_UNAVAILABLE, "what other nodes change is not followed yet\n");
        }
        Following::Stale(_) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "what other nodes change is not known; the log says why\n");
        }
    }
    match tokio::time::timeout(PATIENCE, ops.ledger.check()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "the store failed; the log says how\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer in time\n"),
    }
}
