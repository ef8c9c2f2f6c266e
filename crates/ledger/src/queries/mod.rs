//! What pages and the command line ask, a file a question.

mod clients;
mod grants;
mod keys;
mod sessions;
mod statistics;
mod users;

pub use clients::{client, clients, is_client_secret};
pub use grants::{Authentication, authentication, consents, has_consented, is_known, refresh_session, session};
pub use keys::keys;
pub(crate) use keys::keys_at;
pub use sessions::{api_tokens, sessions};
pub use statistics::{Statistics, statistics};
pub use users::{service, user, users};
