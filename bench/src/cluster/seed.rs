//! Puts sessions into PostgreSQL as `crate::seed` puts them into SQLite, with the same ids.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use vestibule_gate::token::opaque::Secret;

use crate::disturbed::sign_ins::PASSWORD;
use crate::options::Options;
use crate::seed::{key_from, now_in_millis, secret, user_id};
use crate::server::Place;

use super::postgres::{NODES, Postgres};

/// Rows a statement.
const BATCH: usize = 10_000;

/// Puts `count` sessions into a store in which the schema and the key are, and returns their secrets.
pub(super) async fn seed(postgres: &Postgres, count: usize) -> anyhow::Result<Vec<Secret>> {
    let mut sql = postgres.connect(NODES).await?;
    let key =
        sqlx::query("SELECT secret FROM keys WHERE name = 'tag'").fetch_one(&mut sql).await.context("the key `tag`")?;
    let key = key_from(&key.try_get::<String, _>("secret")?)?;
    let secrets: Vec<Secret> = (0..count).map(|number| secret(number, &key)).collect();
    let now = now_in_millis()?;
    for (batch, secrets) in secrets.chunks(BATCH).enumerate() {
        let hashes: Vec<String> = secrets.iter().map(|secret| secret.hash().to_text()).collect();
        for statement in STATEMENTS {
            let query = sqlx::query(statement).bind(&hashes).bind((batch * BATCH) as i64).bind(now);
            query.execute(&mut sql).await.with_context(|| format!("seeding with {statement}"))?;
        }
    }
    sqlx::query("ANALYZE").execute(&mut sql).await?;
    sqlx::query("CHECKPOINT").execute(&mut sql).await?;
    sql.close().await?;
    Ok(secrets)
}

/// Gives so many users from the first on a password, by having one hashed that is everybody's.
pub(super) async fn give_passwords(
    options: &Options,
    place: &Place,
    sql: &mut PgConnection,
    first: usize,
    count: usize,
) -> anyhow::Result<()> {
    let mut command = place.command(options);
    command.args(["user", "add", "first@example.com", "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    child.stdin.take().context("the command's input")?.write_all(PASSWORD.as_bytes())?;
    ensure!(child.wait()?.success(), "`vestibule user add` failed");
    let update = "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email_key = \
                  'first@example.com') WHERE id >= $1 AND id < $2";
    let query = sqlx::query(update).bind(user_id(first)).bind(user_id(first + count));
    let changed = query.execute(sql).await?.rows_affected();
    ensure!(changed == count as u64, "{changed} accounts have the password");
    Ok(())
}

/// $1: the hashes of a batch; $2: the number of its first; $3: now.
const STATEMENTS: [&str; 3] = [
    "INSERT INTO users (id, email, email_key, name, roles, verified, disabled, anonymous, password_hash, created_at, \
     last_seen_at) SELECT format('%s-0000-4000-8000-%s', lpad(to_hex(n), 8, '0'), lpad(to_hex(n), 12, '0')), \
     format('person%s@example.com', n), format('person%s@example.com', n), format('Person %s', n), \
     CASE n % 4 WHEN 0 THEN 'editor,reader' WHEN 1 THEN 'reader' ELSE '' END, 1, 0, 0, NULL, $3, $3 \
     FROM (SELECT $2 + key - 1 AS n FROM unnest($1) WITH ORDINALITY AS u (hash, key)) AS numbers",
    "INSERT INTO sessions (id, user_id, kind, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, \
     address, created_by) SELECT format('%s-0000-4000-9000-%s', lpad(to_hex(n), 8, '0'), lpad(to_hex(n), 12, '0')), \
     format('%s-0000-4000-8000-%s', lpad(to_hex(n), 8, '0'), lpad(to_hex(n), 12, '0')), 'cookie', $3, $3, $3, \
     $3 + 31449600000, 'pwd', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', '192.0.2.7', \
     'login' FROM (SELECT $2 + key - 1 AS n FROM unnest($1) WITH ORDINALITY AS u (hash, key)) AS numbers",
    "INSERT INTO credentials (hash, session_id, created_at) SELECT hash, \
     format('%s-0000-4000-9000-%s', lpad(to_hex(n), 8, '0'), lpad(to_hex(n), 12, '0')), $3 \
     FROM (SELECT hash, $2 + key - 1 AS n FROM unnest($1) WITH ORDINALITY AS u (hash, key)) AS numbers",
];
