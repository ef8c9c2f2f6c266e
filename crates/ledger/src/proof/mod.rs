//! What a person proves themselves with, and how often they may try.

mod argon2id;
pub mod device;
pub mod limits;
pub mod password;
pub(crate) mod stored;
pub mod strength;
