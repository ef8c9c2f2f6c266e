use std::path::Path;

use vestibule_tests::postgres;

use super::{KNOWN, MIGRATIONS, Migration, Schema, SchemaError, migrate_by};
use crate::changes::tests::settings;
use crate::fault::OpenError;
use crate::ledger::Ledger;
use crate::settings::{PostgresSettings, SecretUrl, Settings, StoreSettings};
use crate::store::engine::{Place, Store, query};
use crate::store::nodes;

/// What a program of the next versions knows beside.
fn with(further: &[Migration]) -> Vec<Migration> {
    [&MIGRATIONS[..], further].concat()
}

const fn expands() -> Migration {
    Migration { text: "CREATE TABLE next (one BIGINT PRIMARY KEY)", serves: KNOWN }
}

const fn contracts() -> Migration {
    Migration { text: "ALTER TABLE consents DROP COLUMN scope", serves: KNOWN + 1 }
}

fn place(settings: &Settings) -> Place {
    match &settings.store {
        StoreSettings::File => Place::File(settings.data_dir.join("vestibule.db")),
        StoreSettings::Postgres(settings) => Place::Postgres(settings.clone()),
    }
}

async fn store(dir: &Path) -> Store {
    Store::connect(&place(&settings(dir))).await.unwrap()
}

fn postgres(url: &str) -> PostgresSettings {
    PostgresSettings {
        url: SecretUrl::new(url),
        readers: 2,
        writers: 2,
        statement_timeout: std::time::Duration::from_secs(5),
        node: "test".to_owned(),
        max_staleness: std::time::Duration::ZERO,
    }
}

async fn schema(store: &Store) -> Schema {
    Schema::read(&mut store.read().await.unwrap()).await.unwrap()
}

#[test]
fn a_migration_serves_itself_and_never_more_than_the_one_before() {
    for (at, migration) in MIGRATIONS.iter().enumerate() {
        assert!(migration.serves <= at as i64 + 1, "{at}");
        assert!(at == 0 || MIGRATIONS[at - 1].serves <= migration.serves, "{at}");
    }
}

#[tokio::test]
async fn a_program_goes_on_where_a_newer_one_has_only_added() {
    let dir = tempfile::tempdir().unwrap();
    Ledger::open(settings(dir.path())).await.unwrap().close().await;
    let newer = store(dir.path()).await;
    assert_eq!(migrate_by(&newer, &with(&[expands()])).await.unwrap(), Schema { version: KNOWN, serves: 3 });
    assert_eq!(schema(&newer).await, Schema { version: KNOWN + 1, serves: KNOWN });
    newer.close().await;
    Ledger::open(settings(dir.path())).await.unwrap().close().await;
    let newer = store(dir.path()).await;
    assert_eq!(schema(&newer).await.version, KNOWN + 1, "and leaves it as it is");
    newer.close().await;
}

#[tokio::test]
async fn a_program_that_is_too_old_for_the_schema_says_so_and_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    let newer = store(dir.path()).await;
    migrate_by(&newer, &with(&[expands(), contracts()])).await.unwrap();
    newer.close().await;
    let refused = Ledger::open(settings(dir.path())).await.err().unwrap();
    let OpenError::Newer { found, serves, known, .. } = &refused else { panic!("{refused}") };
    assert_eq!((*found, *serves, *known), (KNOWN + 2, KNOWN + 1, KNOWN));
    assert!(refused.to_string().contains("newer vestibule"), "{refused}");
}

#[tokio::test]
async fn a_store_of_every_version_is_brought_up_to_date() {
    for from in 0..MIGRATIONS.len() {
        let dir = tempfile::tempdir().unwrap();
        let old = store(dir.path()).await;
        migrate_by(&old, &MIGRATIONS[..from]).await.unwrap();
        assert_eq!(schema(&old).await.version, from as i64);
        old.close().await;
        Ledger::open(settings(dir.path())).await.unwrap().close().await;
        let now = store(dir.path()).await;
        assert_eq!(schema(&now).await, Schema { version: KNOWN, serves: MIGRATIONS[MIGRATIONS.len() - 1].serves });
        now.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_nodes_that_start_at_once_one_brings_the_schema_up_to_date() {
    let url = postgres::shared().url("schemarace");
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            let place = Place::Postgres(postgres(&url));
            tokio::spawn(async move { Store::open(place).await })
        })
        .collect();
    let mut stores = Vec::new();
    for node in nodes {
        stores.push(node.await.unwrap().unwrap());
    }
    let mut sql = stores[0].read().await.unwrap();
    let rows = query("SELECT version FROM schema_version ORDER BY version").fetch_all(&mut sql).await.unwrap();
    let versions: Vec<i64> = rows.iter().map(|row| row.try_get("version").unwrap()).collect();
    assert_eq!(versions, (1..=KNOWN).collect::<Vec<_>>(), "each once");
}

#[tokio::test]
async fn what_a_node_needs_that_runs_is_not_taken_away() {
    let place = Place::Postgres(postgres(&postgres::shared().url("schemanodes")));
    let store = Store::open(place.clone()).await.unwrap();
    let mut sql = store.plain().await.unwrap();
    nodes::is_there(&mut sql, "1", "east-1", "1.2.3", 0).await.unwrap();
    // What only adds does not wait for anybody.
    migrate_by(&store, &with(&[expands()])).await.unwrap();
    let error = migrate_by(&store, &with(&[expands(), contracts()])).await.unwrap_err();
    assert!(matches!(error, SchemaError::Nodes { .. }), "{error:?}");
    let said = error.of(&place).to_string();
    assert!(said.contains(&format!("east-1 (version 1.2.3, schema {KNOWN})")), "{said}");
    assert_eq!(schema(&store).await.version, KNOWN + 1);
    nodes::is_gone(&mut sql, "1").await.unwrap();
    migrate_by(&store, &with(&[expands(), contracts()])).await.unwrap();
    assert_eq!(schema(&store).await, Schema { version: KNOWN + 2, serves: KNOWN + 1 });
}

#[tokio::test]
async fn a_node_without_the_right_to_change_tables_starts_on_a_schema_that_is_current_and_says_what_to_do_on_another() {
    let server = postgres::shared();
    let url = server.url("schemarights");
    let run = |statement: &str| assert_eq!(server.sql("schemarights", statement).code, 0, "{statement}");
    run("CREATE ROLE guest LOGIN");
    let guest = Place::Postgres(postgres(&url.replace("user=vestibule", "user=guest")));
    let refused = Store::open(guest.clone()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Migration { found: 0, known: KNOWN, .. }), "{refused}");
    assert!(refused.to_string().contains("store migrate"), "{refused}");
    Store::open(Place::Postgres(postgres(&url))).await.unwrap().close().await;
    run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest");
    Store::open(guest).await.unwrap().close().await;
}
