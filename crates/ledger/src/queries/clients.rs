//! Which clients are there, and is this one who it says it is?

use vestibule_gate::grant::ClientId;
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};

use crate::client::ClientRecord;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;

/// One client.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn client(ledger: &Ledger, id: &ClientId) -> Result<Option<ClientRecord>, Fault> {
    let mut sql = ledger.store().read().await?;
    store::clients::find(&mut sql, id).await
}

/// All clients, by id.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn clients(ledger: &Ledger) -> Result<Vec<ClientRecord>, Fault> {
    let mut sql = ledger.store().read().await?;
    store::clients::list(&mut sql).await
}

/// Whether this is a living secret of the client. Found by its hash, so that nothing is compared byte by byte. Ours have a
/// tag, without which the store is not asked for them; that of a declared client is its operator's choice.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn is_client_secret(ledger: &Ledger, id: &ClientId, secret: &str) -> Result<bool, Fault> {
    let mut sql = ledger.store().read().await?;
    if !is_tagged(SecretKind::Client, secret.as_bytes(), ledger.tag_key()) {
        let declared = store::clients::find(&mut sql, id).await?.is_some_and(|record| record.declared);
        if !declared {
            return Ok(false);
        }
    }
    store::clients::has_secret(&mut sql, id, TokenHash::of(secret.as_bytes()), ledger.now()).await
}
