//! Several nodes on one PostgreSQL, each with a way to it of its own on which things can go wrong.

mod load;
mod wire;

use std::time::Duration;

use crate::forwarder::Forwarder;
use crate::person::Person;
use crate::postgres::Postgres;
use crate::server::{PASSWORD, Setup, Vestibule};
use crate::wait;

pub use load::Load;
pub use wire::Wire;

/// Who signs in.
pub const ADA: &str = "ada@example.com";
/// The role that she begins with.
pub const FIRST_ROLE: &str = "r0";
/// `max_staleness` of every node.
pub const STALENESS: Duration = Duration::from_secs(1);
/// Nobody visits it: each node is asked at its own address, under this name.
const ORIGIN: &str = "http://localhost:9";

/// A node and its way to the database.
#[derive(Debug)]
pub struct Node {
    /// The server.
    pub vestibule: Vestibule,
    /// Its way.
    pub way: Forwarder,
}

/// All of them. The database goes last.
#[derive(Debug)]
pub struct Cluster {
    /// In the order of their numbers.
    pub nodes: Vec<Node>,
    /// What they share.
    pub postgres: Postgres,
}

impl Cluster {
    /// So many nodes on a PostgreSQL of their own.
    pub fn start(count: usize) -> Self {
        Self::on(Postgres::start(), count, |_, setup| setup)
    }

    /// On this PostgreSQL, with a change to each node's setup.
    pub fn on(postgres: Postgres, count: usize, change: impl Fn(usize, Setup) -> Setup) -> Self {
        _ = postgres.url("vestibule");
        let start = |number| {
            let way = Forwarder::to(&postgres.socket());
            let url = format!("postgres://vestibule@{}/vestibule", way.address());
            let vestibule = change(number, setup(&url, &format!("node{number}"))).start();
            Node { vestibule, way }
        };
        let nodes: Vec<Node> = (0..count).map(start).collect();
        nodes[0].vestibule.add_user(ADA, &["--role", FIRST_ROLE]);
        Self { nodes, postgres }
    }

    /// The server of a node.
    pub fn node(&mut self, number: usize) -> &mut Vestibule {
        &mut self.nodes[number].vestibule
    }

    /// A node's way to the database.
    pub fn way(&self, number: usize) -> &Forwarder {
        &self.nodes[number].way
    }

    /// How many changes were ever committed.
    ///
    /// # Panics
    /// When the database does not say.
    pub fn changes(&self) -> i64 {
        let said = self.postgres.sql("vestibule", "SELECT number FROM feed_head").expect_code(0);
        said.line().parse().expect("a number")
    }

    /// Waits until every node signs in, answers and signs out again. Says how long that took.
    ///
    /// # Panics
    /// When one of them does not within some seconds.
    pub fn heals_within(&self, limit: Duration) -> Duration {
        let heal = || {
            for (number, node) in self.nodes.iter().enumerate() {
                wait::until_or(
                    || format!("node {number} works again: {}", tail(&node.vestibule.log())),
                    || works(&node.vestibule).then_some(()),
                );
            }
        };
        let ((), took) = wait::measured(heal);
        assert!(took < limit, "it took {took:?} until all nodes worked again");
        took
    }
}

/// A configuration for a node.
pub fn setup(url: &str, name: &str) -> Setup {
    let staleness = STALENESS.as_secs();
    Setup::default().origin(ORIGIN).config(&format!(
        "[store]\nurl = \"{url}\"\n[cluster]\nnode = \"{name}\"\nmax_staleness = \"{staleness}s\"\n\
         [password]\nmemory_kib = 64\niterations = 1\n[limits]\nsign_in_per_address = 1000000"
    ))
}

/// Whether somebody can sign in, is known, and can sign out.
pub fn works(node: &Vestibule) -> bool {
    let mut ada = Person::new(node.public(), ORIGIN, "/auth");
    let done = |answer: std::io::Result<crate::http::Response>| answer.is_ok_and(|answer| answer.status == 303);
    if !done(ada.try_post("/login", &[("email", ADA), ("password", PASSWORD)])) {
        return false;
    }
    let secret = ada.session();
    let is_known = |secret: &str| load::ask(&node.resolver_unix(), secret);
    matches!(is_known(&secret), crate::history::Said::Yes(_))
        && done(ada.try_post("/logout", &[]))
        && is_known(&secret) == crate::history::Said::No
}

/// The last lines of a log.
fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().rev().take(12).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
