//! The nodes that share a store, for operators: who is there, how far each is, and waiting until all of them know what was
//! changed.
//!
//! Each node writes a row of its own about once a second, and at once when it is asked. A node whose row is younger than
//! [`LIVE`] is *live*, by the database's clock. One that is cut off, stands still or was killed stays so until its row is
//! older: until then nobody can tell which it is.

use std::time::Duration;

use tokio::time::Instant;

use crate::fault::{Fault, OpenError};
use crate::ledger::Ledger;
use crate::settings::PostgresSettings;
use crate::store::nodes::{self, NodeRow};
use crate::store::{Store, feed};

/// How long a node counts as live after its last word.
pub const LIVE: Duration = Duration::from_secs(30);

/// How long a node may be silent before something is wrong with it: it speaks once a second.
const SILENT: Duration = Duration::from_secs(3);
/// How long an operator who looks waits for nodes that are behind: a moment later they are not, or something is wrong.
const LOOK: Duration = Duration::from_secs(2);
/// How long what nodes have said is kept.
pub(crate) const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How often it is looked whether they have said so.
const PAUSE: Duration = Duration::from_millis(25);
/// How often they are asked again: a node may have had nobody to listen when it was asked first.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Everybody who shares a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The number of the newest change when this was asked.
    pub head: i64,
    /// The nodes, by name.
    pub nodes: Vec<NodeInfo>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeInfo {
    /// Of the process: another one at each start.
    pub id: String,
    /// What the operator calls it.
    pub name: String,
    /// Its program's.
    pub version: String,
    /// Since it last said anything.
    pub silent_for: Duration,
    /// The newest change that it has said it knows.
    pub applied: i64,
    /// How it stands.
    pub standing: Standing,
}

/// How a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It knows everything.
    Follows,
    /// It speaks, and does not know everything.
    Behind,
    /// It has been silent for some seconds: it is cut off, stands still or is gone.
    Silent,
    /// It has been silent for longer than [`LIVE`], and nobody waits for it.
    Lost,
}

/// How this process follows the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    /// There are no others: the store is a file.
    Alone,
    /// It has not begun.
    NotYet,
    /// Memory has everything that was changed up to so long ago, which is recent enough.
    Fresh(Duration),
    /// Memory is behind by so much: every request reads the store.
    Stale(Duration),
}

/// How this process follows the others.
#[must_use]
pub fn following(ledger: &Ledger) -> Following {
    let node = ledger.node();
    let Some(max_staleness) = node.max_staleness() else { return Following::Alone };
    let staleness = ledger.live().freshness().staleness();
    // Where nothing is believed without asking, following still says whether the database is well.
    let most = if max_staleness.is_zero() { SILENT } else { max_staleness };
    if !node.is_following() {
        Following::NotYet
    } else if staleness < most {
        Following::Fresh(staleness)
    } else {
        Following::Stale(staleness)
    }
}

/// Looks at a cluster from outside. Waits a moment for nodes that are behind.
///
/// # Errors
/// [`OpenError::Store`] when the database cannot be asked.
pub async fn look(settings: &PostgresSettings) -> Result<Cluster, OpenError> {
    let store = Store::look(settings).await?;
    let heard = hear(&store, LOOK).await;
    store.close().await;
    heard.map_err(|fault| OpenError::Store { path: settings.to_string().into(), fault })
}

/// Waits until every live node has said that it knows everything that is committed by now. Returns those that have not
/// in time; none where the store is a file.
///
/// # Errors
/// [`Fault`] when nobody can be asked.
pub async fn wait(ledger: &Ledger, at_most: Duration) -> Result<Vec<NodeInfo>, Fault> {
    if !ledger.node().has_others() {
        return Ok(Vec::new());
    }
    let cluster = hear(ledger.store(), at_most).await?;
    Ok(cluster.nodes.into_iter().filter(|node| node.is_waited_for(cluster.head)).collect())
}

impl NodeInfo {
    fn is_waited_for(&self, head: i64) -> bool {
        self.applied < head && self.standing != Standing::Lost
    }

    fn new(row: NodeRow, head: i64) -> Self {
        let NodeRow { id, name, version, silent_for, applied } = row;
        let silent_for = Duration::from_millis(silent_for.max(0).unsigned_abs());
        let standing = if silent_for > LIVE {
            Standing::Lost
        } else if silent_for > SILENT {
            Standing::Silent
        } else if applied < head {
            Standing::Behind
        } else {
            Standing::Follows
        };
        Self { id, name, version, silent_for, applied, standing }
    }
}

/// What all nodes say, when those that are live know everything, or when the time is over.
async fn hear(store: &Store, at_most: Duration) -> Result<Cluster, Fault> {
    let began = Instant::now();
    let head = feed::head(&mut store.read().await?).await?.number;
    let mut asked: Option<Instant> = None;
    loop {
        if asked.is_none_or(|asked| asked.elapsed() >= ASK_AGAIN) {
            store.ask_nodes().await?;
            asked = Some(Instant::now());
        }
        let rows = nodes::list(&mut store.read().await?, millis(KEPT)).await?;
        let nodes = without_predecessors(rows).into_iter().map(|row| NodeInfo::new(row, head)).collect();
        let cluster = Cluster { head, nodes };
        let all_know = !cluster.nodes.iter().any(|node| node.is_waited_for(head));
        if all_know || began.elapsed() >= at_most {
            return Ok(cluster);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// As the store counts.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A node that was killed and started anew has two rows, and the old one says nothing any more once it is not live.
fn without_predecessors(rows: Vec<NodeRow>) -> Vec<NodeRow> {
    let is_live = |row: &NodeRow| Duration::from_millis(row.silent_for.max(0).unsigned_abs()) <= LIVE;
    let live: Vec<String> = rows.iter().filter(|row| is_live(row)).map(|row| row.name.clone()).collect();
    rows.into_iter().filter(|row| is_live(row) || !live.contains(&row.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::{NodeInfo, NodeRow, Standing, without_predecessors};

    fn row(id: &str, name: &str, silent_for: i64, applied: i64) -> NodeRow {
        let [id, name, version] = [id, name, "1"].map(str::to_owned);
        NodeRow { id, name, version, silent_for, applied }
    }

    #[test]
    fn a_node_stands_as_it_speaks_and_as_far_as_it_is() {
        for (silent_for, applied, standing) in [
            (0, 7, Standing::Follows),
            (-5, 9, Standing::Follows),
            (3_000, 6, Standing::Behind),
            (3_001, 7, Standing::Silent),
            (30_000, 0, Standing::Silent),
            (30_001, 7, Standing::Lost),
        ] {
            assert_eq!(
                NodeInfo::new(row("1", "a", silent_for, applied), 7).standing,
                standing,
                "{silent_for} {applied}"
            );
        }
    }

    #[test]
    fn nobody_waits_for_the_lost_nor_for_who_knows() {
        for (silent_for, applied, waits) in [(0, 6, true), (0, 7, false), (29_000, 6, true), (31_000, 6, false)] {
            assert_eq!(NodeInfo::new(row("1", "a", silent_for, applied), 7).is_waited_for(7), waits);
        }
    }

    #[test]
    fn who_was_started_anew_is_shown_once() {
        let rows =
            vec![row("1", "a", 40_000, 3), row("2", "a", 100, 7), row("3", "b", 40_000, 7), row("4", "a", 9_000, 7)];
        let shown: Vec<String> = without_predecessors(rows).into_iter().map(|row| row.id).collect();
        assert_eq!(shown, ["2", "3", "4"], "the killed `a` is; `b` and the silent `a` may be anything");
    }
}
