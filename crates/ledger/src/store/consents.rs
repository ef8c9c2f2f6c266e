//! The table of consents: what people have allowed third parties.

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::UserId;
use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;
use super::sessions::time;

/// The scopes that a person has allowed a client, separated by one space; `None` when they were never asked.
pub(crate) async fn find(sql: &mut Connection, user: UserId, client: &ClientId) -> Result<Option<String>, Fault> {
    let query = query("SELECT scope FROM consents WHERE user_id = $1 AND client_id = $2");
    let row = query.bind(user.to_string()).bind(client.as_str().to_owned()).fetch_optional(sql).await?;
    Ok(row.map(|row| row.try_get("scope")).transpose()?)
}

/// Notes what a person allows a client from now on.
pub(crate) async fn put(
    sql: &mut Connection,
    user: UserId,
    client: &ClientId,
    scope: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    query(
        "INSERT INTO consents (user_id, client_id, scope, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, created_at = excluded.created_at",
    )
    .bind(user.to_string())
    .bind(client.as_str().to_owned())
    .bind(scope.to_owned())
    .bind(now.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Forgets it.
pub(crate) async fn delete(sql: &mut Connection, user: UserId, client: &ClientId) -> Result<(), Fault> {
    let query = query("DELETE FROM consents WHERE user_id = $1 AND client_id = $2");
    query.bind(user.to_string()).bind(client.as_str().to_owned()).execute(sql).await?;
    Ok(())
}

/// All that a person has allowed: client, scopes, since when.
pub(crate) async fn list(sql: &mut Connection, user: UserId) -> Result<Vec<(ClientId, String, Timestamp)>, Fault> {
    let query = query(
        "SELECT client_id, scope, created_at FROM consents WHERE user_id = $1 ORDER BY created_at DESC, client_id",
    );
    let rows = query.bind(user.to_string()).fetch_all(sql).await?;
    rows.iter()
        .map(|row| {
            let client = ClientId::parse(row.try_get("client_id")?).map_err(|_| Fault::Unreadable("a client's id"))?;
            Ok((client, row.try_get("scope")?, time(row, "created_at")?))
        })
        .collect()
}
