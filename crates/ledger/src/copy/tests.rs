use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use vestibule_gate::time::Timestamp;
use vestibule_tests::postgres;

use super::rows::Layout;
use super::tables::{LEFT_OUT, TABLES};
use super::{Copied, CopyError, KNOWN, Side, copy, copy_by};
use crate::changes::tests::settings;
use crate::fault::OpenError;
use crate::ledger::Ledger;
use crate::settings::{PostgresSettings, SecretUrl, Settings, StoreSettings};
use crate::store::{Store, feed, keys, nodes};

mod broken_off;
mod refused;

const ROWS: i64 = 23;

/// A folder that is given up with the test.
fn file() -> (tempfile::TempDir, Side) {
    let dir = tempfile::tempdir().unwrap();
    let side = Side::Sqlite(dir.path().join("vestibule.db"));
    (dir, side)
}

fn postgres(database: &str) -> Side {
    Side::Postgres(PostgresSettings {
        url: SecretUrl::new(&postgres::shared().url(database)),
        readers: 2,
        writers: 2,
        statement_timeout: Duration::from_secs(5),
        node: "test".to_owned(),
        max_staleness: Duration::ZERO,
    })
}

/// A server's settings on this store.
fn on(side: &Side, dir: &Path) -> Settings {
    match side {
        Side::Sqlite(path) => {
            Settings { store: StoreSettings::File, data_dir: path.parent().unwrap().to_owned(), ..settings(dir) }
        }
        Side::Postgres(postgres) => Settings { store: StoreSettings::Postgres(postgres.clone()), ..settings(dir) },
    }
}

/// An installation that has rows in every table, of every shape that a column allows.
async fn fill(side: &Side) {
    let store = Store::open(side.place()).await.unwrap();
    let mut sql = store.write().await.unwrap();
    keys::get_or_mint(&mut sql, "tag", Timestamp::from_millis(1)).await.unwrap();
    for n in 1..=ROWS {
        let script = format!(
            "INSERT INTO keys VALUES ('key {n}', 'secret {n}', {n});
             INSERT INTO users (id, email, email_key, name, roles, verified, disabled, anonymous, password_hash, created_at, last_seen_at)
               VALUES ('u{n}', 'Ada{n}@Example.com', 'ada{n}@example.com', 'Åda ''{n}'' 🦉
 {n}', 'admin,staff', 1, 0, 0, '$argon2id$v=19$…', {n}, NULL),
                      ('g{n}', NULL, NULL, '', '', 0, 1, 1, NULL, -{n}, 9223372036854775807);
             INSERT INTO clients (id, name, kind, declared, redirect_uris, post_logout_uris, scopes, full_access, pkce_required,
               jwt_access_tokens, rotates_refresh_tokens, access_token_lifetime, service_id, created_at)
               VALUES ('c{n}', 'C', 'spa', 0, 'https://a.example/cb', '', 'openid', 0, 1, 0, 1, 1800000, 'u{n}', {n});
             INSERT INTO client_secrets VALUES ('cs{n}', 'c{n}', {n}, NULL);
             INSERT INTO sessions (id, user_id, kind, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, address, created_by)
               VALUES ('s{n}', 'u{n}', 'cookie', {n}, 0, {n}, {n}, 'pwd', 'Mozilla/5.0 (\t\"x\")', '2001:db8::{n}', 'login');
             INSERT INTO sessions (id, user_id, kind, parent_id, client_id, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, created_by)
               VALUES ('a{n}', 'u{n}', 'token', 's{n}', 'c{n}', {n}, 0, {n}, {n}, '', '', 'login');
             INSERT INTO credentials (hash, session_id, created_at) VALUES ('h{n}', 's{n}', {n});
             INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ('r{n}', 'a{n}', {n});
             INSERT INTO authorization_codes (hash, client_id, user_id, parent_id, purpose, scope, auth_time_asked, amr, authenticated_at, created_at, expires_at)
               VALUES ('z{n}', 'c{n}', 'u{n}', 's{n}', 'code', '', 0, '', 0, {n}, {n});
             INSERT INTO consents VALUES ('u{n}', 'c{n}', 'openid', {n}), ('u1', 'c{n}', 'x', {n}) ON CONFLICT DO NOTHING;
             INSERT INTO one_time VALUES ('o{n}', 'authentication', 'u{n}', 's{n}', '', '', 0, {n});
             INSERT INTO signing_keys VALUES ('k{n}', 'ES256', 'private', 1, 'retired', {n}, {n}, {n});"
        );
        sql.run(sqlx::AssertSqlSafe(script)).await.unwrap();
        feed::append(&mut sql, "n", format!("said {n}"), Timestamp::from_millis(n)).await.unwrap();
    }
    sql.commit().await.unwrap();
    store.close().await;
}

async fn run(sql: &Side, statement: &'static str) {
    let store = Store::connect(&sql.place()).await.unwrap();
    let mut change = store.write().await.unwrap();
    change.run(statement).await.unwrap();
    change.commit().await.unwrap();
    store.close().await;
}

async fn whole(from: &Side, to: &Side) -> Result<Copied, CopyError> {
    copy(from, to, false, |_, _| {}).await
}

/// Every table that is added to the schema has to be copied, or left out on purpose.
#[tokio::test]
async fn no_table_is_forgotten_and_both_engines_have_the_same_columns() {
    let (_dir, file) = file();
    let mut layouts = Vec::new();
    for side in [file, postgres("copytables")] {
        let store = Store::open(side.place()).await.unwrap();
        let mut sql = store.read().await.unwrap();
        let mut known: Vec<&str> = TABLES.iter().map(|table| table.name).chain(LEFT_OUT).collect();
        known.sort_unstable();
        assert_eq!(sql.tables().await.unwrap(), known, "copy/tables.rs");
        let mut columns = Vec::new();
        for table in &TABLES {
            columns.push(Layout::read(table, &mut sql).await.unwrap().columns().to_vec());
        }
        layouts.push(columns);
    }
    assert_eq!(layouts[0], layouts[1]);
}

#[tokio::test]
async fn a_whole_store_goes_over_and_comes_back_the_same() {
    let ((_one, first), second, (_two, third)) = (file(), postgres("copywhole"), file());
    fill(&first).await;
    let there = whole(&first, &second).await.unwrap();
    assert!(!there.went_on);
    assert_eq!(there.tables.iter().map(|table| table.name).collect::<Vec<_>>(), TABLES.map(|table| table.name));
    for table in &there.tables {
        let at_least = if table.name == "feed_head" { 1 } else { ROWS as u64 };
        assert!(table.rows >= at_least, "{table:?}: a table without rows shows nothing");
    }
    let back = whole(&second, &third).await.unwrap();
    assert_eq!(there.tables, back.tables);
    let again = whole(&third, &postgres("copyagain")).await.unwrap();
    assert_eq!(there.tables, again.tables, "from what was a copy itself");
}

#[tokio::test]
async fn a_node_starts_on_the_copy_and_the_feed_goes_on_where_it_was() {
    let ((_dir, file), shared, scratch) = (file(), postgres("copystarts"), tempfile::tempdir().unwrap());
    fill(&file).await;
    whole(&file, &shared).await.unwrap();
    let ledger = Ledger::open(on(&shared, scratch.path())).await.unwrap();
    let mut sql = ledger.store().write().await.unwrap();
    assert_eq!(feed::append(&mut sql, "n", String::new(), ledger.now()).await.unwrap(), ROWS + 1);
    drop(sql);
    ledger.close().await;
}
