//! What must hold over all nodes at once: two of them in one process, on one PostgreSQL.

mod beginning;
mod jobs;
mod keys;
mod last_seen;
mod limits;
mod once;
mod refresh;

use std::time::Duration;

use super::cluster::{STALENESS, asleep, two, until};
use super::*;
