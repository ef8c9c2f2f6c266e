//! Faults, under load, on several nodes with one real PostgreSQL. `scripts/test-cluster` runs them. Each has a test with
//! its name, and each ends with a proof over everything that was asked and answered (`src/history`): no request that
//! began later than the bound after an acknowledgement contradicts it.
//!
//! A line for each says what the people saw: the worst staleness, and how long a node could not tell.

mod clocks;
mod connections;
mod crashes;
mod failover;
mod full_disk;
mod packets;
mod partition;
mod pooler;
mod sleeper;

use std::time::Duration;

/// Within so long after its end, a fault must be forgotten everywhere.
const HEALS: Duration = Duration::from_secs(10);
/// Nobody waits longer than this for "cannot tell": for a connection (2 s), then for a statement (`statement_timeout` of
/// 5 s, and 1 s), and the machine is busy. It
/// is also how long a client of the tests waits.
const WAITS: Duration = Duration::from_secs(10);
