//! Faults, under load, on several nodes with one real PostgreSQL. `scripts/test-cluster` runs them. Each has a test with
//! its name, and each ends with a proof over everything that was asked and answered (`src/history`): no request that
//! began later than the bound after an acknowledgement contradicts it.
//!
//! A line for each says what the people saw: the worst staleness, and how long a node could not tell.

mod partition;
