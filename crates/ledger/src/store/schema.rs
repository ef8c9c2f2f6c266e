//! The schema and its migrations: embedded, run at start-up, forward only, each in a transaction of its own.

use sqlx::{Row as _, SqlitePool};

/// One entry a version, in order. An entry that was released never changes.
const MIGRATIONS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// Why the schema cannot be brought up to date.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// A newer program has been here.
    Newer { found: i64, known: i64 },
    /// The store failed.
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for SchemaError {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// Brings the schema to the newest version that this program knows.
pub(super) async fn migrate(writer: &SqlitePool) -> Result<(), SchemaError> {
    let mut connection = writer.acquire().await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
    let found: i64 = row.fetch_one(&mut *connection).await?.try_get("version")?;
    drop(connection);
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(SchemaError::Newer { found, known });
    }
    for (version, text) in (1_i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(text).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        tracing::info!(version, "the database schema was brought up to date");
    }
    Ok(())
}
