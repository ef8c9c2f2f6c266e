//! May this request pass? Rules of the operator, and what they say of a request and of the one who makes it.
//!
//! The most specific host that any rule names decides which rules are looked at; of these the first in the order of the
//! file that fits the request decides, and nothing else does. A request that no rule fits is refused. [`Rules::compile`]
//! refuses what cannot be meant, [`Rules::find`] costs the same however many rules there are.

mod amr;
mod build;
mod compile;
mod conditions;
mod error;
mod fold;
mod groups;
mod host;
mod judge;
mod lint;
mod method;
mod missing;
mod pattern;
mod rule;
mod trie;
mod users;

pub use amr::{Amr, AmrError};
pub use compile::Rules;
pub use conditions::Conditions;
pub use error::{Earlier, Fault, Part, RuleError};
pub use groups::Found;
pub use host::{HostError, read_host};
pub use judge::{Ruling, StepUp, Who, Why};
pub use method::{HttpMethod, MethodError};
pub use missing::Missing;
pub use pattern::{PathPattern, PatternError};
pub use rule::{Allow, Rule};
pub use users::Listed;

#[cfg(test)]
mod tests;
