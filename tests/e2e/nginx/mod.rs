//! Through real nginx: the configuration that Authgear publishes, and the one that we print.

mod bodies;
mod cache;
mod cookies;
mod doctor;
mod edges;
mod enforcing;
mod existing;
mod fastcgi;
mod forging;
mod moving;
mod neighbours;
mod paths;
mod printed;
mod published;
mod root;
mod shapes;
mod tls;
