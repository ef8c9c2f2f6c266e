//! Speaks: the resolver's and the pages' HTTP, the command line, the configuration. Decides nothing, stores nothing.

pub mod config;
pub mod listen;
pub mod log;
pub mod ops;
pub mod resolver;
pub mod wire;
