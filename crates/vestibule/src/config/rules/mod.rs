//! Rules in the configuration: `[[rules]]` and `[paths."host"]` in the file itself, or in a file of their own that `rules`
//! names, and another that `shadow_rules` names. Read with the place of every value, compiled by the gate.
//!
//! `allow` is a table or a list of tables, which no setting is; so these have a reader of their own beside
//! [`super::section`].

mod allow;
mod book;
mod files;
mod keys;
mod paths;
mod place;
mod reader;
mod reference;
mod rule;
mod sheet;
mod shown;

pub use book::{Book, compile_text};
pub use files::{Stamp, Watched};
pub(super) use reference::reference;
pub(super) use sheet::{Sheet, is_ours};

#[cfg(test)]
mod tests;
