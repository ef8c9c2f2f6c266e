//! What a person proves themselves with, a file a way, and how often they may try: [`limits`] are asked first.

mod argon2id;
pub(crate) mod attempts;
pub mod device;
pub mod limits;
pub mod password;
pub(crate) mod stored;
pub mod strength;
