//! A client gives a token back (RFC 7009). A refresh token ends its session, and with single sign-on the whole group; an
//! access token ends alone.

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;
use vestibule_gate::token::opaque::TokenHash;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{consents, credentials, pending, refresh_tokens, sessions};

/// A token that somebody presents to be revoked: what it, or the `jti` of a JWT, hashes to.
#[derive(Debug, Clone, Copy)]
pub enum Token {
    /// A refresh token.
    Refresh(TokenHash),
    /// An access token.
    Access(TokenHash),
}

/// Revokes a token. One that is unknown, over, or another client's than the one that has authenticated, is passed over.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn revoke_token(ledger: &Ledger, token: Token, client: Option<&ClientId>) -> Result<(), Fault> {
    let mut change = Change::begin(ledger).await?;
    let session = match token {
        Token::Refresh(hash) => refresh_tokens::find(change.sql(), hash).await?.map(|row| row.session),
        Token::Access(hash) => credentials::session_of(change.sql(), hash).await?,
    };
    let Some(session) = session else { return Ok(()) };
    let found = sessions::find(change.sql(), session).await?;
    let Some(owner) = found.and_then(|session| session.client) else { return Ok(()) };
    if client.is_some_and(|client| *client != owner) {
        return Ok(());
    }
    let ended = match token {
        Token::Refresh(_) => sessions::end(change.sql(), session).await?,
        Token::Access(hash) => {
            // Not taken away: a refresh that is repeated could issue the same one again.
            credentials::end(change.sql(), hash, ledger.now()).await?;
            vec![session]
        }
    };
    change.commit(ended.into_iter().map(Forget::Session).collect()).await
}

/// A person takes back what they have allowed a client, or only signs it out: its sessions end, and a third party has to
/// ask again. Says how many sessions ended.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn revoke_client(ledger: &Ledger, user: UserId, client: &ClientId) -> Result<u64, Fault> {
    let mut change = Change::begin(ledger).await?;
    consents::delete(change.sql(), user, client).await?;
    pending::delete_codes_for(change.sql(), user, client).await?;
    let of_client = sessions::list(change.sql(), user).await?.into_iter().filter(|s| s.client.as_ref() == Some(client));
    let mut ended = 0;
    let mut forget = Vec::new();
    for session in of_client {
        ended += u64::from(sessions::delete(change.sql(), session.id).await?);
        forget.push(Forget::Session(session.id));
    }
    change.commit(forget).await?;
    Ok(ended)
}
