//! Through real nginx: the configuration that Authgear publishes, and the one that we print.

mod bodies;
mod cache;
mod cookies;
mod forging;
mod moving;
mod paths;
mod printed;
mod published;
