//! What runs by itself, a file a task.

pub(crate) mod flush_activity;
pub(crate) mod purge_expired;
pub(crate) mod rotate_keys;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::feed::follow;
use crate::ledger::Ledger;

/// Starts all of them; what follows other nodes on a runtime that may be another one.
pub(crate) fn start(ledger: &Ledger, following: &Handle) -> Vec<JoinHandle<()>> {
    let mut jobs = vec![
        tokio::spawn(flush_activity::run(ledger.clone())),
        tokio::spawn(purge_expired::run(ledger.clone())),
        tokio::spawn(rotate_keys::run(ledger.clone())),
    ];
    if ledger.node().has_others() {
        jobs.push(following.spawn(follow::run(ledger.clone())));
    }
    jobs
}
