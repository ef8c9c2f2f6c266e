//! The settings of a store that several nodes share, and of this node among them.

use super::super::duration::{Duration, DurationOrNever};
use super::super::raw::Raw;
use super::super::section::section;
use super::super::store::StoreUrl;
use super::text;

section! {
    /// Where accounts and sessions are kept: in a file of `data_dir`, or in a PostgreSQL for several nodes
    /// ([operations/cluster.md](operations/cluster.md)). All of it takes a restart.
    Store in "store" {
        /// The URL of a PostgreSQL, 14 or newer: `postgres://user:password@host:5432/database`, or `postgres:///database?host=/run/postgresql&user=vestibule` for a socket. A host that is not this machine must show a certificate that is verified, unless the URL says `sslmode` otherwise; `sslrootcert=/path` names your own authority. A pooler before it must be in session mode. Not set: a file in `data_dir`.
        url: Option<StoreUrl> = Raw::Absent,
        /// A file that holds the URL, instead of `url`. A relative path starts at the file's own folder.
        url_file: Option<String> = Raw::Absent,
        /// Connections to a PostgreSQL that read. 1 to 1000.
        readers: u32 = Raw::Number(8),
        /// Connections to a PostgreSQL for changes, of which one at a time works and the others wait. 1 to 1000. Eight more are for what nodes tell each other and count together.
        writers: u32 = Raw::Number(4),
        /// How long a PostgreSQL may take for a statement, and how long a change waits for its turn. One that does not even say that it cannot, because what is sent is lost on the way, is given up a second later, and the connection with it. A connection that works is waited for 2 seconds at most. Whoever asked is told 503.
        statement_timeout: Duration = text("5s"),
    }
}

section! {
    /// This process among others on one PostgreSQL. All of it takes a restart.
    Cluster in "cluster" {
        /// What `vestibule cluster status` calls this node. Not set: the machine's name.
        node: Option<String> = Raw::Absent,
        /// For how long memory is believed that may not know what other nodes have changed: so long can a session that was revoked elsewhere keep working here while this node is cut off from the database. After it every request reads the database, and is refused with 503 when that does not answer. `0`: every request always reads it. 20s at most.
        max_staleness: DurationOrNever = text("2s"),
        /// How long this process serves on after SIGTERM while `/readyz` says 503, so that a balancer that asks it has sent everybody elsewhere when the listeners close. At least as long as the balancer takes to notice; the supervisor must wait for this and 10 seconds more. `0`: they close at once, which is right for nginx, whose `max_fails` notices by itself.
        drain_for: DurationOrNever = text("0"),
    }
}
