//! The table of authorization codes.

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;
use super::sessions::{amr, time};
use super::users::{flag, user_id};

/// A code as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct CodeRow {
    pub(crate) client: ClientId,
    pub(crate) user: UserId,
    /// The cookie session, with single sign-on.
    pub(crate) parent: Option<SessionId>,
    pub(crate) purpose: CodePurpose,
    /// `None`: the request named none.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scope: String,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) claims: Option<String>,
    pub(crate) auth_time_asked: bool,
    pub(crate) amr: Vec<&'static str>,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// What it was redeemed for; a replay ends that.
    pub(crate) redeemed: Option<SessionId>,
}

/// What a code can be exchanged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Tokens.
    Tokens,
    /// The word that a settings page was left in order.
    SettingsAction,
}

impl CodePurpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "code",
            Self::SettingsAction => "settings-action",
        }
    }
}

/// Adds a code.
pub(crate) async fn insert(sql: &mut Connection, hash: TokenHash, code: &CodeRow) -> Result<(), Fault> {
    query(
        "INSERT INTO authorization_codes (hash, client_id, user_id, parent_id, purpose, redirect_uri, scope, challenge, \
         nonce, claims, auth_time_asked, amr, authenticated_at, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(hash.to_text())
    .bind(code.client.as_str().to_owned())
    .bind(code.user.to_string())
    .bind(code.parent.map(|id| id.to_string()))
    .bind(code.purpose.as_str())
    .bind(code.redirect_uri.clone())
    .bind(code.scope.clone())
    .bind(code.challenge.clone())
    .bind(code.nonce.clone())
    .bind(code.claims.clone())
    .bind(i64::from(code.auth_time_asked))
    .bind(code.amr.join(" "))
    .bind(code.authenticated_at.millis())
    .bind(code.created_at.millis())
    .bind(code.expires_at.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// One code, used or not, as long as it is stored.
pub(crate) async fn find(sql: &mut Connection, hash: TokenHash) -> Result<Option<CodeRow>, Fault> {
    let query = query(
        "SELECT client_id, user_id, parent_id, purpose, redirect_uri, scope, challenge, nonce, claims, auth_time_asked, \
         amr, authenticated_at, created_at, expires_at, session_id FROM authorization_codes WHERE hash = $1",
    );
    let Some(row) = query.bind(hash.to_text()).fetch_optional(sql).await? else { return Ok(None) };
    let session = |column: &str| -> Result<Option<SessionId>, Fault> {
        let id: Option<&str> = row.try_get(column)?;
        id.map(SessionId::parse).transpose().map_err(|_| Fault::Unreadable("a session's id"))
    };
    Ok(Some(CodeRow {
        client: ClientId::parse(row.try_get("client_id")?).map_err(|_| Fault::Unreadable("a client's id"))?,
        user: user_id(&row, "user_id")?,
        parent: session("parent_id")?,
        purpose: match row.try_get("purpose")? {
            "code" => CodePurpose::Tokens,
            "settings-action" => CodePurpose::SettingsAction,
            _ => return Err(Fault::Unreadable("the purpose of a code")),
        },
        redirect_uri: row.try_get("redirect_uri")?,
        scope: row.try_get("scope")?,
        challenge: row.try_get("challenge")?,
        nonce: row.try_get("nonce")?,
        claims: row.try_get("claims")?,
        auth_time_asked: flag(&row, "auth_time_asked")?,
        amr: amr(row.try_get("amr")?)?,
        authenticated_at: time(&row, "authenticated_at")?,
        created_at: time(&row, "created_at")?,
        expires_at: time(&row, "expires_at")?,
        redeemed: session("session_id")?,
    }))
}

/// Notes what a code was redeemed for. Says whether it was the first time.
pub(crate) async fn redeem(sql: &mut Connection, hash: TokenHash, session: SessionId) -> Result<bool, Fault> {
    let query = query("UPDATE authorization_codes SET session_id = $2 WHERE hash = $1 AND session_id IS NULL");
    Ok(query.bind(hash.to_text()).bind(session.to_string()).execute(sql).await?.rows_affected() > 0)
}

/// Takes a user's unused codes but the newest so many: a page that asks for codes in a loop fills nobody's disk.
pub(crate) async fn keep_newest(sql: &mut Connection, user: UserId, count: i64) -> Result<(), Fault> {
    query(
        "DELETE FROM authorization_codes WHERE user_id = $1 AND session_id IS NULL AND hash NOT IN \
         (SELECT hash FROM authorization_codes WHERE user_id = $1 AND session_id IS NULL \
         ORDER BY created_at DESC, hash LIMIT $2)",
    )
    .bind(user.to_string())
    .bind(count)
    .execute(sql)
    .await?;
    Ok(())
}

/// Takes what was over before; a used code stays as long as an unused one, so that a replay is known.
pub(crate) async fn delete_over(sql: &mut Connection, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let query = query(
        "DELETE FROM authorization_codes WHERE hash IN \
         (SELECT hash FROM authorization_codes WHERE expires_at < $1 LIMIT $2)",
    );
    Ok(query.bind(before.millis()).bind(limit).execute(sql).await?.rows_affected())
}
