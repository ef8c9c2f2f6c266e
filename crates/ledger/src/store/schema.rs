//! The schema and its migrations: embedded, forward only, each in a transaction of its own.
//!
//! A migration only adds, so that programs of the version before go on beside the new ones while nodes are replaced one
//! by one: `serves` says from which schema on programs can use what it leaves. What is to go goes a release later.

use crate::fault::{Fault, OpenError};

use super::engine::{Place, query};
use super::{Connection, Store, nodes};

#[derive(Debug, Clone, Copy)]
struct Migration {
    text: &'static str,
    /// The oldest schema whose programs can use the store after it.
    serves: i64,
}

/// One entry a version, in order. An entry that was released never changes.
const MIGRATIONS: [Migration; 5] = [
    Migration { text: include_str!("schema/1.sql"), serves: 1 },
    Migration { text: include_str!("schema/2.sql"), serves: 2 },
    // Programs before it change things without a word to other nodes.
    Migration { text: include_str!("schema/3.sql"), serves: 3 },
    Migration { text: include_str!("schema/4.sql"), serves: 3 },
    Migration { text: include_str!("schema/5.sql"), serves: 3 },
];

/// The newest schema that this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;
/// From this one on a schema says which programs it serves.
const SAYS_WHOM_IT_SERVES: i64 = 4;
/// From this one on there are nodes, and from [`SAYS_WHOM_IT_SERVES`] on they say what they know.
const HAS_NODES: i64 = 3;

/// Why the schema cannot be brought up to date.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// A newer program has been here, and this one cannot use what it left.
    Newer { found: i64, serves: i64, known: i64 },
    /// Nodes run that could not use what this program would make of the store.
    Nodes { found: i64, known: i64, serves: i64, nodes: Vec<String> },
    /// The database does not let this one change the schema.
    Refused { found: i64, known: i64, fault: Fault },
    /// The store failed.
    Failed(Fault),
}

impl<E: Into<Fault>> From<E> for SchemaError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl SchemaError {
    /// In words for the operator.
    pub(super) fn of(self, place: &Place) -> OpenError {
        let path = place.name();
        match self {
            Self::Newer { found, serves, known } => OpenError::Newer { path, found, serves, known },
            Self::Nodes { found, known, serves, nodes } => {
                OpenError::OlderNodes { path, found, known, serves, nodes: nodes.join(", ") }
            }
            Self::Refused { found, known, fault } => OpenError::Migration { path, found, known, fault },
            Self::Failed(fault) => OpenError::Store { path, fault },
        }
    }
}

/// The schema of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schema {
    /// Zero: none yet.
    pub(crate) version: i64,
    /// The oldest schema whose programs can use it.
    pub(crate) serves: i64,
}

impl Schema {
    pub(crate) async fn read(sql: &mut Connection) -> Result<Self, Fault> {
        if !sql.has_table("schema_version").await? {
            return Ok(Self { version: 0, serves: 0 });
        }
        let row = query("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version").fetch_one(sql).await?;
        let version = row.try_get("version")?;
        if version < SAYS_WHOM_IT_SERVES {
            return Ok(Self { version, serves: version });
        }
        let row = query("SELECT serves FROM schema_version WHERE version = $1").bind(version).fetch_one(sql).await?;
        let serves: Option<i64> = row.try_get("serves")?;
        Ok(Self { version, serves: serves.unwrap_or(version) })
    }
}

/// Brings the schema to the newest version that this program knows, and says which it was. A store that is newer and
/// serves this program is left as it is.
pub(super) async fn migrate(store: &Store) -> Result<Schema, SchemaError> {
    migrate_by(store, &MIGRATIONS).await
}

async fn migrate_by(store: &Store, migrations: &[Migration]) -> Result<Schema, SchemaError> {
    let known = migrations.len() as i64;
    // Where nothing is to be done nothing is locked, and nobody needs the right to change tables.
    let found = Schema::read(&mut store.read().await?).await?;
    let mut schema = found;
    while schema.version < known {
        schema = step(store, migrations).await?;
    }
    if schema.serves > known {
        return Err(SchemaError::Newer { found: schema.version, serves: schema.serves, known });
    }
    if schema.version > known {
        tracing::info!(schema = schema.version, known, "the store is newer than this program, and serves it");
    }
    Ok(found)
}

/// One version further. Of several nodes one does it, and the others wait and find it done.
async fn step(store: &Store, migrations: &[Migration]) -> Result<Schema, SchemaError> {
    let known = migrations.len() as i64;
    let mut change = store.migrating().await?;
    let schema = Schema::read(&mut change).await?;
    let found = schema.version;
    let next = usize::try_from(found).ok().and_then(|found| migrations.get(found));
    let Some(Migration { text, serves }) = next else { return Ok(schema) };
    let nodes = nodes_that_know_less(&mut change, found, *serves).await?;
    if !nodes.is_empty() {
        return Err(SchemaError::Nodes { found, known, serves: *serves, nodes });
    }
    let (version, serves) = (found + 1, *serves);
    let changed = async {
        if found == 0 {
            change.run("CREATE TABLE schema_version (version BIGINT NOT NULL)").await?;
        }
        change.run(*text).await?;
        if version < SAYS_WHOM_IT_SERVES {
            query("INSERT INTO schema_version (version) VALUES ($1)").bind(version).execute(&mut change).await?;
        } else {
            let query = query("INSERT INTO schema_version (version, serves) VALUES ($1, $2)");
            query.bind(version).bind(serves).execute(&mut change).await?;
        }
        change.commit().await
    };
    changed.await.map_err(|fault| SchemaError::Refused { found, known, fault })?;
    tracing::info!(version, "the database schema was brought up to date");
    Ok(Schema { version, serves })
}

/// The nodes that run now and could not go on.
async fn nodes_that_know_less(sql: &mut Connection, found: i64, serves: i64) -> Result<Vec<String>, Fault> {
    let have_to_say = found >= SAYS_WHOM_IT_SERVES;
    if !sql.is_shared() || found < HAS_NODES || (!have_to_say && serves <= HAS_NODES) {
        return Ok(Vec::new());
    }
    let live = nodes::live(sql, have_to_say).await?;
    Ok(live.into_iter().filter(|node| node.knows < serves).map(|node| node.to_string()).collect())
}

#[cfg(test)]
mod tests;
