//! Why a request may pass, or not, in words: for `vestibule rules test`, `vestibule explain` and the trace header. What is
//! decided is decided by the gate, by the same functions that the doors call; here it is only told.

mod asked;
mod credentials;
mod explanation;
mod outcome;
mod reasons;
mod subject;

pub use asked::asked;
pub use credentials::Credentials;
pub use explanation::Explanation;
pub use outcome::Outcome;
pub use reasons::{Reasons, label};
pub use subject::{Proof, Subject};
