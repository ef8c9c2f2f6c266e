//! May this client have this: where a person may be sent after signing in. Grants of tokens come here too.

pub mod return_to;
