//! Several servers on one PostgreSQL, as their operator sees them.

mod deployed;
mod drain;
mod metrics;
mod ready;
mod restore;
mod status;
mod wait;

use vestibule_tests::http::{Response, exchange};
use vestibule_tests::postgres;
use vestibule_tests::server::{Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

/// How a node on this database of the tests' PostgreSQL is set up.
fn setup(database: &str, name: &str) -> Setup {
    on(&postgres::shared().url(database), name)
}

/// How a node on a database is set up. What comes behind it in the configuration stands in `[cluster]`.
fn on(url: &str, name: &str) -> Setup {
    Setup::default().config(&format!("[store]\nurl = \"{url}\"\n[cluster]\nnode = \"{name}\""))
}

/// The two nodes `a` and `b`, and Ada.
fn two(database: &str) -> (Vestibule, Vestibule) {
    let (a, b) = (setup(database, "a").start(), setup(database, "b").start());
    a.add_user(EMAIL, &[]);
    (a, b)
}

/// Asks a node's listener for operators.
fn ops(node: &Vestibule, path: &str) -> Response {
    exchange(&node.ops(), format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").as_bytes())
}
