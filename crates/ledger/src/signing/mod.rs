//! What tokens are signed with: keys that are made here, kept in the store, and replaced without a gap.

mod key;
mod keyring;
mod open;
mod phase;
mod seal;

pub(crate) use key::SigningKey;
pub use keyring::Keyring;
pub use open::KeyringError;
pub(crate) use open::{make_sure, open, read_again};
pub(crate) use phase::infos;
pub use phase::{KeyInfo, Phase};

#[cfg(test)]
mod tests;
