//! The tokens that a client can present, and what can be said of one without asking the store.

pub mod jwt;
pub mod opaque;
