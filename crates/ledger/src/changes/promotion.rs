//! A guest is about to become somebody: the application asks for a code, and whoever signs up with it keeps the guest's id.

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{SecretKind, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::one_time::{self, OneTimeRow, Purpose};
use crate::store::users;
use crate::user::UserRef;

use super::app_session::OneTime;
use super::one_time::issue;

const LIFETIME: Span = Span::from_seconds(300);

/// Issues a promotion code for a guest. `None`: this is no guest.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn promotion_code(ledger: &Ledger, guest: UserId, session: SessionId) -> Result<Option<OneTime>, Fault> {
    let mut change = Change::begin(ledger).await?;
    let found = users::find(change.sql(), &UserRef::Id(guest)).await?;
    if !found.is_some_and(|row| row.user.anonymous && !row.user.disabled) {
        return Ok(None);
    }
    let expires_at = ledger.now().plus(LIFETIME);
    let row = OneTimeRow {
        purpose: Purpose::Promotion,
        user: Some(guest),
        session: Some(session),
        bound_to: String::new(),
        amr: Vec::new(),
        authenticated_at: Timestamp::NEVER,
        expires_at,
    };
    let secret = issue(ledger, &mut change, SecretKind::OneTime, &row).await?;
    change.commit(Vec::new()).await?;
    Ok(Some(OneTime { secret, expires_at }))
}

/// The guest whom a promotion code is for. It is not used up: an account that is refused for its password is tried again,
/// and once the guest is somebody, the code is for nobody.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn promoted_guest(ledger: &Ledger, code: TokenHash) -> Result<Option<UserId>, Fault> {
    let mut sql = ledger.store().read().await?;
    let found = one_time::find(&mut sql, code, Purpose::Promotion, ledger.now()).await?;
    Ok(found.and_then(|row| row.user))
}
