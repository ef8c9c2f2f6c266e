//! What pages and the command line ask, a file a question.

mod sessions;
mod statistics;
mod users;

pub use sessions::sessions;
pub use statistics::{Statistics, statistics};
pub use users::{user, users};
