//! Three nodes on one PostgreSQL, and who plays which part.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use vestibule_gate::token::opaque::Secret;

use crate::Bench;
use crate::disturbed::operator::{REVOKED, ask_to_revoke};
use crate::disturbed::sign_ins;
use crate::process::Process;
use crate::server::Place;
use crate::walker::Walker;

use super::leftovers::{Leftover, Leftovers, note};
use super::network::Network;
use super::postgres::{NODES, Postgres};
use super::seed;

/// Nodes.
pub(super) const COUNT: usize = 3;
/// Sessions that are used all the time: few, so that their own activity is a moment a minute.
const HOT: usize = 256;
/// Sessions that are ended one by one: more than a minute's worth at the fastest.
const TO_BE_REVOKED: usize = 90_000;
/// Sessions that are ended at once.
pub(super) const MASS: usize = 100_000;

/// Everything, in the order in which it ends: the nodes, PostgreSQL, then the network and the folders.
pub(super) struct Scene<'b> {
    pub(super) bench: &'b Bench<'b>,
    pub(super) nodes: Vec<Node>,
    pub(super) postgres: Postgres,
    pub(super) network: Network,
    pub(super) cast: Cast,
    /// The number of the next session to be revoked.
    next: AtomicUsize,
    _leftovers: Leftovers,
}

/// A node.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) server: Process,
}

/// Who plays what.
pub(super) struct Cast {
    /// Of all sessions, by number.
    pub(super) secrets: Vec<Secret>,
    /// Used all the time.
    pub(super) hot: Vec<String>,
    /// Whole requests that sign in, each to another account.
    pub(super) sign_ins: Vec<String>,
}

impl<'b> Scene<'b> {
    /// Sets it, and starts the nodes.
    pub(super) fn set(bench: &'b Bench<'b>) -> anyhow::Result<Self> {
        let leftovers = Leftovers::watch()?;
        note(Leftover::Folder(bench.folder.parent().context("the folder of all chapters")?.to_owned()));
        let network = Network::make(COUNT);
        let postgres = Postgres::start(network.address)?;
        bench.runtime.block_on(postgres.prepare())?;
        let places =
            (0..COUNT).map(|node| place(bench, &network, &postgres, node)).collect::<anyhow::Result<Vec<_>>>()?;
        // A first start makes the schema and the key.
        places[0].serve(bench.options)?.end()?;
        let accounts = HOT..HOT + sign_ins::ACCOUNTS;
        let stored = accounts.end + TO_BE_REVOKED + MASS;
        eprintln!("seeding {stored} sessions into PostgreSQL");
        let secrets = bench.runtime.block_on(async {
            let secrets = seed::seed(&postgres, stored).await?;
            let mut sql = postgres.connect(NODES).await?;
            seed::give_passwords(bench.options, &places[0], &mut sql, accounts.start, accounts.len()).await?;
            anyhow::Ok(secrets)
        })?;
        let nodes = places.into_iter().map(|place| Node::start(bench, place)).collect::<anyhow::Result<_>>()?;
        let cast = Cast {
            hot: secrets[..HOT].iter().map(|secret| secret.expose().to_owned()).collect(),
            sign_ins: sign_ins::forms(accounts.start).into_iter().step_by(2).collect(),
            secrets,
        };
        Ok(Self { bench, nodes, postgres, network, cast, next: AtomicUsize::new(accounts.end), _leftovers: leftovers })
    }

    /// The number of a session that lives and that nobody else will end.
    pub(super) fn take(&self) -> anyhow::Result<usize> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ensure!(number < self.mass().start, "there are no more sessions to be revoked");
        Ok(number)
    }

    /// The sessions that nobody ends one by one.
    pub(super) fn mass(&self) -> Range<usize> {
        self.cast.secrets.len() - MASS..self.cast.secrets.len()
    }

    /// Has every node know these sessions, and waits until what that has caused is over.
    pub(super) fn warm(&self, range: Range<usize>) -> anyhow::Result<()> {
        for node in &self.nodes {
            Walker::new(node.place.resolver(), &self.cast.secrets[range.clone()]).walk(range.len())?;
        }
        thread::sleep(Duration::from_secs(3));
        Ok(())
    }

    /// The folder's seconds of a measurement.
    pub(super) const fn time(&self) -> Duration {
        Duration::from_secs(self.bench.options.seconds)
    }
}

impl Node {
    /// Revokes the session with this number. Says whether that was acknowledged: under more load than it can bear, a node
    /// says that it could not, and then it is not known.
    pub(super) fn revoke(&self, number: usize) -> anyhow::Result<bool> {
        let reply = ask_to_revoke(&self.place.control(), number)?;
        ensure!(reply.contains(REVOKED) || reply.contains("the store failed"), "not revoked but: {reply}");
        Ok(reply.contains(REVOKED))
    }

    fn start(bench: &Bench<'_>, place: Place) -> anyhow::Result<Self> {
        let server = place.serve(bench.options)?;
        // The resolver answers a moment before the operator is heard.
        while !place.control().exists() {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(Self { place, server })
    }
}

fn place(bench: &Bench<'_>, network: &Network, postgres: &Postgres, node: usize) -> anyhow::Result<Place> {
    let mut place = Place::new(&bench.folder.join(format!("node{}", node + 1)))?;
    if let Some(namespace) = network.namespaces.get(node) {
        place.move_to(namespace);
    }
    place.configure(&format!(
        "[store]\nurl = \"{}\"\n[cluster]\nnode = \"node{}\"\n[cache]\nsessions = 400000\n{}",
        postgres.url(),
        node + 1,
        sign_ins::LIMITS
    ))?;
    Ok(place)
}
