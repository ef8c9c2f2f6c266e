//! The table of signing keys: few rows, read whole.

use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};

use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};
use super::users::flag;

/// A key, its private half as it is stored.
#[derive(Clone)]
pub(crate) struct KeyRow {
    pub(crate) id: KeyId,
    pub(crate) algorithm: SigningAlgorithm,
    /// Base64url; empty when the key is retired.
    pub(crate) private_key: String,
    pub(crate) is_sealed: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) signs_from: Timestamp,
    /// When it left the published ones, if it has.
    pub(crate) retired_at: Option<Timestamp>,
}

/// All keys, in the order in which they begin to sign.
pub(crate) async fn list(sql: &mut Connection) -> Result<Vec<KeyRow>, Fault> {
    let rows = query(
        "SELECT kid, algorithm, private_key, is_sealed, state, created_at, signs_from, retired_at FROM signing_keys \
         ORDER BY signs_from, created_at, kid",
    );
    rows.fetch_all(sql).await?.iter().map(read).collect()
}

/// Whether a key is published.
pub(crate) async fn is_published(sql: &mut Connection, id: &KeyId) -> Result<bool, Fault> {
    let row = query("SELECT 1 AS one FROM signing_keys WHERE kid = $1 AND state = 'published'");
    Ok(row.bind(id.as_str().to_owned()).fetch_optional(sql).await?.is_some())
}

/// Adds a published key.
pub(crate) async fn insert(sql: &mut Connection, row: &KeyRow) -> Result<(), Fault> {
    query(
        "INSERT INTO signing_keys (kid, algorithm, private_key, is_sealed, state, created_at, signs_from) \
         VALUES ($1, $2, $3, $4, 'published', $5, $6)",
    )
    .bind(row.id.as_str().to_owned())
    .bind(row.algorithm.as_str())
    .bind(row.private_key.clone())
    .bind(i64::from(row.is_sealed))
    .bind(row.created_at.millis())
    .bind(row.signs_from.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Writes the private half anew, sealed.
pub(crate) async fn seal(sql: &mut Connection, id: &KeyId, sealed: String) -> Result<(), Fault> {
    query("UPDATE signing_keys SET private_key = $2, is_sealed = 1 WHERE kid = $1")
        .bind(id.as_str().to_owned())
        .bind(sealed)
        .execute(sql)
        .await?;
    Ok(())
}

/// Lets a published key sign from another time on.
pub(crate) async fn sign_from(sql: &mut Connection, id: &KeyId, from: Timestamp) -> Result<(), Fault> {
    query("UPDATE signing_keys SET signs_from = $2 WHERE kid = $1")
        .bind(id.as_str().to_owned())
        .bind(from.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Retires a key: its private half is gone.
pub(crate) async fn retire(sql: &mut Connection, id: &KeyId, at: Timestamp) -> Result<(), Fault> {
    query("UPDATE signing_keys SET state = 'retired', private_key = '', is_sealed = 0, retired_at = $2 WHERE kid = $1")
        .bind(id.as_str().to_owned())
        .bind(at.millis())
        .execute(sql)
        .await?;
    Ok(())
}

fn read(row: &Row) -> Result<KeyRow, Fault> {
    let unreadable = Fault::Unreadable("a signing key");
    let time = |column: &str| row.try_get::<i64>(column).map(Timestamp::from_millis);
    let retired_at = row.try_get::<Option<i64>>("retired_at")?.map(Timestamp::from_millis);
    let is_retired = match row.try_get("state")? {
        "published" => false,
        "retired" => true,
        _ => return Err(unreadable),
    };
    if is_retired != retired_at.is_some() {
        return Err(unreadable);
    }
    Ok(KeyRow {
        id: KeyId::parse(row.try_get("kid")?).map_err(|_| unreadable.clone())?,
        algorithm: SigningAlgorithm::parse(row.try_get("algorithm")?).map_err(|_| unreadable)?,
        private_key: row.try_get("private_key")?,
        is_sealed: flag(row, "is_sealed")?,
        created_at: time("created_at")?,
        signs_from: time("signs_from")?,
        retired_at,
    })
}
