//! A person allows a client what it asks for, until they take it back.

use vestibule_gate::grant::{ClientId, Scopes};
use vestibule_gate::id::UserId;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::consents;

/// Remembers that these scopes were allowed, beside those that were before.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn consent(ledger: &Ledger, user: UserId, client: &ClientId, scopes: &Scopes) -> Result<(), Fault> {
    let mut change = Change::begin(ledger).await?;
    let before = consents::find(change.sql(), user, client).await?.unwrap_or_default();
    let both = format!("{before} {}", scopes.as_text());
    let all = Scopes::parse(both.trim()).map_err(|_| Fault::Unreadable("a consent"))?;
    consents::put(change.sql(), user, client, &all.as_text(), ledger.now()).await?;
    change.commit(Vec::new()).await
}
