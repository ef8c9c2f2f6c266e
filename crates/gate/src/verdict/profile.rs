//! Who a user is to an application that knows people by more than an id.

use crate::account::{DisplayName, EmailAddress};

/// The e-mail address and the name of a user who is verified. There is none of a guest, and none of anybody whose
/// address nobody has vouched for: an application would take the address for proof.
///
/// The name has nobody's word but the person's own, whoever they are: it is told of verified users only, so that nobody
/// calls themselves anything before somebody knows them, and is for showing, never for telling people apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Profile {
    /// The address; an account by another way has none.
    pub email: Option<EmailAddress>,
    /// The name; may be empty.
    pub name: DisplayName,
}
