//! `vestibule cluster status`.

use serde::Serialize;
use vestibule_ledger::cluster::{self, Cluster, NodeInfo, Standing};
use vestibule_ledger::settings::StoreSettings;

use crate::cli::table::table;
use crate::cli::{House, Said};

/// Show the nodes that share the PostgreSQL: which version each runs, how far behind it is, and when it was last heard.
///
/// Asks the database and no node, so that it tells of this machine's node too while that is down. A node speaks once a
/// second and knows a change within moments: it `follows`. One that speaks and does not know everything is `behind`; one
/// that has been silent for 3 seconds is `silent` (cut off, standing still or killed), and after 30 `lost`: no `--wait` waits
/// for it. The exit code is 1 unless every node follows.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule cluster status --json")]
pub(in crate::cli) struct Status {
    /// As a JSON object.
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let config = house.config()?;
        let settings = match config.for_ledger().store {
            StoreSettings::Postgres(settings) => settings,
            StoreSettings::File => return self.of_one(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let cluster = runtime.block_on(cluster::look(&settings))?;
        let text = if self.json {
            let nodes = cluster.nodes.iter().map(|node| NodeView::of(node, cluster.head)).collect();
            serde_json::to_string(&ClusterView { shared: true, head: Some(cluster.head), nodes })? + "\n"
        } else {
            shown(&cluster, &settings.to_string())
        };
        let hint = problems(&cluster);
        Ok(Said { text, is_wrong: !hint.is_empty(), hint, ..Said::default() })
    }

    fn of_one(&self) -> anyhow::Result<Said> {
        if self.json {
            let one = ClusterView { shared: false, head: None, nodes: Vec::new() };
            return Ok(Said::from(serde_json::to_string(&one)? + "\n"));
        }
        let text = "There is one node: the store is a file of data_dir. For more, name a PostgreSQL in [store] url.\n";
        Ok(Said::from(text.to_owned()))
    }
}

/// A cluster, as `--json` prints it.
#[derive(Debug, Serialize)]
struct ClusterView {
    /// Whether the store can be shared: otherwise there is one node, which is not listed.
    shared: bool,
    /// The number of the newest change.
    head: Option<i64>,
    nodes: Vec<NodeView>,
}

/// A node, as `--json` prints it.
#[derive(Debug, Serialize)]
struct NodeView {
    /// Of the process.
    id: String,
    name: String,
    version: String,
    /// `follows`, `behind`, `silent` or `lost`.
    state: &'static str,
    /// The newest change that it has said it knows.
    applied: i64,
    /// How many changes it has not said it knows.
    behind: i64,
    /// Seconds since it was last heard. Its memory had everything up to `applied` then.
    heard_seconds_ago: f64,
}

impl NodeView {
    fn of(node: &NodeInfo, head: i64) -> Self {
        Self {
            id: node.id.clone(),
            name: node.name.clone(),
            version: node.version.clone(),
            state: word(node.standing),
            applied: node.applied,
            behind: (head - node.applied).max(0),
            heard_seconds_ago: node.silent_for.as_secs_f64(),
        }
    }
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Follows => "follows",
        Standing::Behind => "behind",
        Standing::Silent => "silent",
        Standing::Lost => "lost",
    }
}

fn shown(cluster: &Cluster, store: &str) -> String {
    let row = |node: &NodeInfo| {
        let NodeView { id, name, version, state, applied, behind, heard_seconds_ago } =
            NodeView::of(node, cluster.head);
        let (applied, behind) = (applied.to_string(), behind.to_string());
        vec![name, version, state.to_owned(), applied, behind, format!("{heard_seconds_ago:.1} s ago"), id]
    };
    let head = ["NODE", "VERSION", "STATE", "KNOWS", "BEHIND", "HEARD", "PROCESS"];
    let rows: Vec<Vec<String>> = cluster.nodes.iter().map(row).collect();
    format!("{store}: the newest change is number {}.\n{}", cluster.head, table(&head, &rows))
}

/// What is wrong, and what to do; empty when nothing is.
fn problems(cluster: &Cluster) -> String {
    if cluster.nodes.is_empty() {
        return "No node was heard in the last day: start one with `vestibule serve`.".to_owned();
    }
    let problem = |node: &NodeInfo| {
        let NodeInfo { name, .. } = node;
        let silent = node.silent_for.as_secs();
        match node.standing {
            Standing::Follows => None,
            Standing::Behind => Some(format!(
                "{name} speaks, and does not know {} changes: look whether its machine or its way to the database is slow.",
                cluster.head - node.applied
            )),
            Standing::Silent => Some(format!(
                "{name} has been silent for {silent} s: it is cut off from the database, stands still or was killed. Cut off, \
                 it answers from memory no longer than its [cluster] max_staleness."
            )),
            Standing::Lost => Some(format!(
                "{name} has been silent for {silent} s and did not say that it ends: start it again; it is listed until a day \
                 has passed."
            )),
        }
    };
    cluster.nodes.iter().filter_map(problem).collect::<Vec<_>>().join("\n")
}
