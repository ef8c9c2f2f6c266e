//! Waits until what was changed is known on every node that is there.

use std::time::Duration;

use vestibule_gate::time::Span;
use vestibule_ledger::cluster::{self, NodeInfo};
use vestibule_ledger::{Fault, Ledger};

use super::reply::Reply;

/// The reply itself, when every live node has said that it knows; or the reply and who has not.
pub(super) async fn wait(ledger: &Ledger, reply: Reply, at_most: Span) -> Reply {
    match cluster::wait(ledger, Duration::from_millis(at_most.millis().unsigned_abs())).await {
        Ok(late) if late.is_empty() => reply,
        Ok(late) => Reply::NotEverywhere(Box::new(reply), who(&late, at_most)),
        Err(fault) => Reply::NotEverywhere(Box::new(reply), nobody_knows(&fault)),
    }
}

fn who(late: &[NodeInfo], at_most: Span) -> String {
    let one = |node: &NodeInfo| {
        format!("{} (process {}, last heard {:.1} s ago)", node.name, node.id, node.silent_for.as_secs_f64())
    };
    let names: Vec<String> = late.iter().map(one).collect();
    format!(
        "It was done, and is committed. After {} s these nodes have not said that they know: {}. A node that cannot reach the \
         database answers from memory no longer than its [cluster] max_staleness; one that was killed is waited for until it \
         has been silent for {} s. See `vestibule cluster status`.",
        at_most.seconds(),
        names.join(", "),
        cluster::LIVE.as_secs(),
    )
}

fn nobody_knows(fault: &Fault) -> String {
    format!("It was done, and is committed. Whether the other nodes know cannot be found out: {fault}.")
}
