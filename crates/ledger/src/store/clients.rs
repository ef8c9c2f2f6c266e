//! The table of clients, and of their secrets.

use vestibule_gate::grant::{Client, ClientId, ClientKind, RedirectUri};
use vestibule_gate::id::UserId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::TokenHash;

use crate::client::ClientRecord;
use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};
use super::sessions::time;
use super::users::flag;

const COLUMNS: &str = "id, name, kind, declared, redirect_uris, post_logout_uris, scopes, full_access, pkce_required, \
                       jwt_access_tokens, rotates_refresh_tokens, access_token_lifetime, refresh_token_lifetime, \
                       client_uri, policy_uri, tos_uri, service_id, created_at";

/// One client.
pub(crate) async fn find(sql: &mut Connection, id: &ClientId) -> Result<Option<ClientRecord>, Fault> {
    let text = select("WHERE id = $1");
    query(text).bind(id.as_str().to_owned()).fetch_optional(sql).await?.as_ref().map(read).transpose()
}

/// All clients, by id.
pub(crate) async fn list(sql: &mut Connection) -> Result<Vec<ClientRecord>, Fault> {
    query(select("ORDER BY id")).fetch_all(sql).await?.iter().map(read).collect()
}

fn select(behind: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM clients {behind}"))
}

/// Writes a client, whether it is there already or not. What it was granted stays.
pub(crate) async fn put(sql: &mut Connection, record: &ClientRecord) -> Result<(), Fault> {
    let client = &record.client;
    query(
        "INSERT INTO clients (id, name, kind, declared, redirect_uris, post_logout_uris, scopes, full_access, \
         pkce_required, jwt_access_tokens, rotates_refresh_tokens, access_token_lifetime, refresh_token_lifetime, \
         client_uri, policy_uri, tos_uri, service_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, declared = excluded.declared, \
         redirect_uris = excluded.redirect_uris, post_logout_uris = excluded.post_logout_uris, \
         scopes = excluded.scopes, full_access = excluded.full_access, pkce_required = excluded.pkce_required, \
         jwt_access_tokens = excluded.jwt_access_tokens, rotates_refresh_tokens = excluded.rotates_refresh_tokens, \
         access_token_lifetime = excluded.access_token_lifetime, \
         refresh_token_lifetime = excluded.refresh_token_lifetime, client_uri = excluded.client_uri, \
         policy_uri = excluded.policy_uri, tos_uri = excluded.tos_uri, service_id = excluded.service_id",
    )
    .bind(client.id.as_str().to_owned())
    .bind(client.name.clone())
    .bind(client.kind.as_str())
    .bind(i64::from(record.declared))
    .bind(joined(&client.redirect_uris))
    .bind(joined(&client.post_logout_redirect_uris))
    .bind(client.scopes.join(" "))
    .bind(i64::from(client.full_access))
    .bind(i64::from(client.pkce_required))
    .bind(i64::from(client.jwt_access_tokens))
    .bind(i64::from(client.rotates_refresh_tokens))
    .bind(client.access_token_lifetime.millis())
    .bind(client.refresh_token_lifetime.map(Span::millis))
    .bind(client.client_uri.clone())
    .bind(client.policy_uri.clone())
    .bind(client.tos_uri.clone())
    .bind(record.service.map(|id| id.to_string()))
    .bind(record.created_at.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Deletes a client, and with it its secrets, grants and consents. Says whether there was one.
pub(crate) async fn delete(sql: &mut Connection, id: &ClientId) -> Result<bool, Fault> {
    let done = query("DELETE FROM clients WHERE id = $1").bind(id.as_str().to_owned()).execute(sql).await?;
    Ok(done.rows_affected() > 0)
}

/// Adds a secret.
pub(crate) async fn insert_secret(
    sql: &mut Connection,
    id: &ClientId,
    hash: TokenHash,
    now: Timestamp,
) -> Result<(), Fault> {
    query("INSERT INTO client_secrets (hash, client_id, created_at) VALUES ($1, $2, $3)")
        .bind(hash.to_text())
        .bind(id.as_str().to_owned())
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Lets the secrets of a client end: the newest at `last`, all others now.
pub(crate) async fn retire_secrets(sql: &mut Connection, id: &ClientId, last: Timestamp) -> Result<(), Fault> {
    query(
        "DELETE FROM client_secrets WHERE client_id = $1 AND hash <> \
         (SELECT hash FROM client_secrets WHERE client_id = $1 ORDER BY created_at DESC, hash LIMIT 1)",
    )
    .bind(id.as_str().to_owned())
    .execute(&mut *sql)
    .await?;
    query("UPDATE client_secrets SET expires_at = $2 WHERE client_id = $1")
        .bind(id.as_str().to_owned())
        .bind(last.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Makes this the only secret of a client, or takes all that it has.
pub(crate) async fn set_secret(
    sql: &mut Connection,
    id: &ClientId,
    hash: Option<TokenHash>,
    now: Timestamp,
) -> Result<(), Fault> {
    query("DELETE FROM client_secrets WHERE client_id = $1 AND hash <> $2")
        .bind(id.as_str().to_owned())
        .bind(hash.map(TokenHash::to_text).unwrap_or_default())
        .execute(&mut *sql)
        .await?;
    let Some(hash) = hash else { return Ok(()) };
    // One that a client of the commands has is taken from it: what the file says wins.
    query(
        "INSERT INTO client_secrets (hash, client_id, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (hash) DO UPDATE SET client_id = excluded.client_id, expires_at = NULL",
    )
    .bind(hash.to_text())
    .bind(id.as_str().to_owned())
    .bind(now.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Whether a secret with this hash is a living one of the client.
pub(crate) async fn has_secret(
    sql: &mut Connection,
    id: &ClientId,
    hash: TokenHash,
    now: Timestamp,
) -> Result<bool, Fault> {
    let query = query(
        "SELECT 1 AS one FROM client_secrets WHERE hash = $1 AND client_id = $2 AND COALESCE(expires_at, $3 + 1) > $3",
    );
    let query = query.bind(hash.to_text()).bind(id.as_str().to_owned()).bind(now.millis());
    Ok(query.fetch_optional(sql).await?.is_some())
}

fn joined(uris: &[RedirectUri]) -> String {
    uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join(" ")
}

fn read(row: &Row) -> Result<ClientRecord, Fault> {
    let kind = ClientKind::parse(row.try_get("kind")?).ok_or(Fault::Unreadable("the kind of a client"))?;
    let uris = |column: &str| -> Result<Vec<RedirectUri>, Fault> {
        let list: &str = row.try_get(column)?;
        let register = |uri| RedirectUri::register(uri, kind).map_err(|_| Fault::Unreadable("a client's redirect URI"));
        list.split_ascii_whitespace().map(register).collect()
    };
    let service: Option<&str> = row.try_get("service_id")?;
    let scopes: &str = row.try_get("scopes")?;
    Ok(ClientRecord {
        client: Client {
            id: ClientId::parse(row.try_get("id")?).map_err(|_| Fault::Unreadable("a client's id"))?,
            name: row.try_get("name")?,
            kind,
            redirect_uris: uris("redirect_uris")?,
            post_logout_redirect_uris: uris("post_logout_uris")?,
            scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
            full_access: flag(row, "full_access")?,
            pkce_required: flag(row, "pkce_required")?,
            jwt_access_tokens: flag(row, "jwt_access_tokens")?,
            rotates_refresh_tokens: flag(row, "rotates_refresh_tokens")?,
            access_token_lifetime: Span::from_millis(row.try_get("access_token_lifetime")?),
            refresh_token_lifetime: row.try_get::<Option<i64>>("refresh_token_lifetime")?.map(Span::from_millis),
            client_uri: row.try_get("client_uri")?,
            policy_uri: row.try_get("policy_uri")?,
            tos_uri: row.try_get("tos_uri")?,
        },
        declared: flag(row, "declared")?,
        service: service.map(UserId::parse).transpose().map_err(|_| Fault::Unreadable("a service's id"))?,
        created_at: time(row, "created_at")?,
    })
}
