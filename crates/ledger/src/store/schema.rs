//! The schema and its migrations: embedded, run at start-up, forward only, each in a transaction of its own.

use crate::fault::Fault;

use super::Store;
use super::engine::query;

/// One entry a version, in order. An entry that was released never changes.
const MIGRATIONS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// Why the schema cannot be brought up to date.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// A newer program has been here.
    Newer { found: i64, known: i64 },
    /// The store failed.
    Failed(Fault),
}

impl<E: Into<Fault>> From<E> for SchemaError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Brings the schema to the newest version that this program knows. Of several nodes one does, and the others find it done.
pub(super) async fn migrate(store: &Store) -> Result<(), SchemaError> {
    let known = MIGRATIONS.len() as i64;
    loop {
        let mut change = store.write().await?;
        change.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)").await?;
        let row = query("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
        let found: i64 = row.fetch_one(&mut change).await?.try_get("version")?;
        if found > known {
            return Err(SchemaError::Newer { found, known });
        }
        let next = usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found));
        let Some(text) = next else {
            // The table itself may be new.
            return Ok(change.commit().await?);
        };
        change.run(*text).await?;
        query("INSERT INTO schema_version (version) VALUES ($1)").bind(found + 1).execute(&mut change).await?;
        change.commit().await?;
        tracing::info!(version = found + 1, "the database schema was brought up to date");
    }
}
