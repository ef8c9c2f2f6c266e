//! Speaks: the resolver's and the pages' HTTP, the command line, the configuration. Decides nothing, stores nothing.

#![forbid(unsafe_code)]

pub mod account;
pub mod cli;
pub mod config;
pub mod control;
pub mod explain;
pub mod listen;
pub mod log;
pub mod login;
pub mod oauth;
pub mod ops;
pub mod proxies;
pub mod resolver;
pub mod routes;
pub mod serve;
pub mod texts;
pub mod web;
pub mod wire;
