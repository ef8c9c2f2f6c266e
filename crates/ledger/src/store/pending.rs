//! What somebody has begun and not ended yet: codes that were not redeemed, and secrets for one use. Whatever ends a
//! person's sessions ends these, too, or a sign-in of before would come back after it.

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::{SessionId, UserId};

use crate::fault::Fault;

use super::Connection;
use super::engine::query;

/// Takes all of a user's, or all but what belongs to one session.
pub(crate) async fn delete_of(sql: &mut Connection, user: UserId, but: Option<SessionId>) -> Result<(), Fault> {
    let but = but.map(|id| id.to_string()).unwrap_or_default();
    for text in [
        "DELETE FROM authorization_codes WHERE user_id = $1 AND session_id IS NULL \
         AND (parent_id IS NULL OR parent_id <> $2)",
        "DELETE FROM one_time WHERE user_id = $1 AND (session_id IS NULL OR session_id <> $2)",
    ] {
        query(text).bind(user.to_string()).bind(but.clone()).execute(&mut *sql).await?;
    }
    Ok(())
}

/// Takes a user's codes for one client.
pub(crate) async fn delete_codes_for(sql: &mut Connection, user: UserId, client: &ClientId) -> Result<(), Fault> {
    let text = "DELETE FROM authorization_codes WHERE user_id = $1 AND client_id = $2 AND session_id IS NULL";
    let query = query(text).bind(user.to_string()).bind(client.as_str().to_owned());
    query.execute(sql).await?;
    Ok(())
}

/// Takes everybody's.
pub(crate) async fn delete_all(sql: &mut Connection) -> Result<(), Fault> {
    for text in ["DELETE FROM authorization_codes WHERE session_id IS NULL", "DELETE FROM one_time"] {
        query(text).execute(&mut *sql).await?;
    }
    Ok(())
}
