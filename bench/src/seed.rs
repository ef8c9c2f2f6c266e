//! Puts sessions into a store as if so many people had signed in: rows written straight into the tables, secrets made
//! with the gate's own functions under the installation's own key.
//!
//! Vestibule makes the database and the key itself, in a first start. Every session has a user of its own, which is
//! the most memory that a session can cost.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{Connection as _, Row as _};
use vestibule_gate::token::opaque::{Secret, SecretKind, TagKey};

use crate::options::Options;
use crate::server::Place;

/// Rows a statement.
const BATCH: usize = 10_000;

/// Puts `count` sessions into the store of a place that has never been served, and returns their secrets.
pub(crate) async fn seed(options: &Options, place: &Place, count: usize) -> anyhow::Result<Vec<Secret>> {
    place.serve(options)?.end()?;
    let mut sql = connect(&place.database()).await?;
    let key = tag_key(&mut sql).await?;
    let secrets: Vec<Secret> = (0..count).map(|number| secret(number, &key)).collect();
    let now = now_in_millis()?;
    sqlx::query("BEGIN").execute(&mut sql).await?;
    for (batch, secrets) in secrets.chunks(BATCH).enumerate() {
        let hashes: Vec<String> = secrets.iter().map(|secret| secret.hash().to_text()).collect();
        let hashes = serde_json::to_string(&hashes)?;
        for statement in STATEMENTS {
            let query = sqlx::query(statement).bind(&hashes).bind((batch * BATCH) as i64).bind(now);
            query.execute(&mut sql).await.with_context(|| format!("seeding with {statement}"))?;
        }
    }
    sqlx::query("COMMIT").execute(&mut sql).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut sql).await?;
    sql.close().await?;
    Ok(secrets)
}

/// The id of the user with this number.
pub(crate) fn user_id(number: usize) -> String {
    format!("{number:08x}-0000-4000-8000-{number:012x}")
}

/// The id of the session with this number.
pub(crate) fn session_id(number: usize) -> String {
    format!("{number:08x}-0000-4000-9000-{number:012x}")
}

/// A connection to a store.
pub(crate) async fn connect(database: &Path) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .busy_timeout(Duration::from_secs(60))
        .pragma("cache_size", "-1000000");
    SqliteConnection::connect_with(&options).await.with_context(|| format!("opening {}", database.display()))
}

/// $1: the hashes of a batch as a JSON array; $2: the number of its first; $3: now. The user with each number gets the
/// session and the credential with it; ids as [`user_id`] and [`session_id`] have them.
const STATEMENTS: [&str; 3] = [
    "INSERT INTO users (id, email, email_key, name, roles, verified, disabled, anonymous, password_hash, created_at, \
     last_seen_at) SELECT printf('%08x-0000-4000-8000-%012x', key + $2, key + $2), \
     printf('person%d@example.com', key + $2), printf('person%d@example.com', key + $2), \
     printf('Person %d', key + $2), CASE (key + $2) % 4 WHEN 0 THEN 'editor,reader' WHEN 1 THEN 'reader' ELSE '' END, \
     1, 0, 0, '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$' || value, $3, $3 FROM json_each($1)",
    "INSERT INTO sessions (id, user_id, kind, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, \
     address, created_by) SELECT printf('%08x-0000-4000-9000-%012x', key + $2, key + $2), \
     printf('%08x-0000-4000-8000-%012x', key + $2, key + $2), 'cookie', $3, $3, $3, $3 + 31449600000, 'pwd', \
     'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', '192.0.2.7', 'login' \
     FROM json_each($1)",
    "INSERT INTO credentials (hash, session_id, created_at) \
     SELECT value, printf('%08x-0000-4000-9000-%012x', key + $2, key + $2), $3 FROM json_each($1)",
];

/// The secrets need no randomness here, only to be different: the store knows them by their hashes.
pub(crate) fn secret(number: usize, key: &TagKey) -> Secret {
    let mut random = [0; 24];
    random[..8].copy_from_slice(&(number as u64).to_le_bytes());
    Secret::seal(SecretKind::Session, &random, key)
}

async fn tag_key(sql: &mut SqliteConnection) -> anyhow::Result<TagKey> {
    let row =
        sqlx::query("SELECT secret FROM keys WHERE name = 'tag'").fetch_one(sql).await.context("the key `tag`")?;
    key_from(&row.try_get::<String, _>("secret")?)
}

/// The key, from how the store has it.
pub(crate) fn key_from(text: &str) -> anyhow::Result<TagKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text)?;
    Ok(TagKey::new(bytes.as_slice().try_into().context("the key `tag` has 32 bytes")?))
}

/// Now, as the store has times.
#[expect(clippy::disallowed_methods, reason = "seeded sessions begin when the bench runs")]
pub(crate) fn now_in_millis() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
