//! Waits until every node knows.

use std::time::Duration;

use vestibule_gate::time::Span;

use crate::cluster;
use crate::fault::Fault;
use crate::ledger::Ledger;

/// A node that answers from memory says at least so often that it is there, beside how long its memory may be behind.
const SAYS_SO: Duration = Duration::from_secs(3);
/// Nobody waits longer, however far behind memory may be: 20 s at most.
const PATIENCE: Duration = Duration::from_secs(25);

/// What the clocks of two nodes may differ, and a request take.
const MARGIN: Duration = Duration::from_secs(5);

/// How long it takes at most until every node that answers from memory knows of a change, where there are others.
pub(crate) fn at_most(ledger: &Ledger) -> Span {
    let longest = ledger.node().max_staleness().map_or(Duration::ZERO, |staleness| staleness + MARGIN);
    Span::from_millis(cluster::millis(longest))
}

/// Waits until every other node has obeyed what was committed before this call. A node that is silent is not waited for
/// longer than its memory is believed: then it reads the store, and knows. Says whether all have.
pub(crate) async fn known_everywhere(ledger: &Ledger) -> Result<bool, Fault> {
    let Some(staleness) = ledger.node().max_staleness() else { return Ok(true) };
    let behind = cluster::wait(ledger, (staleness + SAYS_SO).min(PATIENCE)).await?;
    for node in &behind {
        tracing::warn!(node = %node.name, applied = node.applied, "a node does not say that it knows of a change");
    }
    Ok(behind.is_empty())
}
