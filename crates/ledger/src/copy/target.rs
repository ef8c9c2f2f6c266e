//! What is copied into: empty, or with an unfinished copy of the same source. The note in it says which.

use std::path::PathBuf;

use vestibule_gate::time::Timestamp;

use crate::clock::Clock;
use crate::fault::{Fault, OpenError};
use crate::store::engine::Lease;
use crate::store::folder::{DATABASE, Folder};
use crate::store::schema::KNOWN;
use crate::store::unfinished::{self, At, Unfinished};
use crate::store::{Connection, Place, Store, Work, query};

use super::digest::Digest;
use super::fault::CopyError;
use super::rows::{self, Cells, Layout};
use super::source::Source;
use super::tables::TABLES;

/// The target, which no other process fills at the same time.
pub(super) struct Target {
    path: PathBuf,
    source: PathBuf,
    store: Store,
    at: At,
    after: Cells,
    went_on: bool,
    _folder: Option<Folder>,
    lease: Lease,
}

impl Target {
    pub(super) async fn open(place: Place, source: &Source, begin_again: bool) -> Result<Self, CopyError> {
        let path = place.name();
        let folder = match &place {
            Place::File(file) if file.file_name().is_none_or(|name| name != DATABASE) => {
                return Err(CopyError::Name(path));
            }
            Place::File(file) => file.parent().map(Folder::open).transpose()?,
            Place::Postgres(_) => None,
        };
        let failed = |fault: Fault| CopyError::from(OpenError::Store { path: path.clone(), fault });
        let store = Store::connect(&place).await.map_err(failed)?;
        let Some(lease) = store.lease(Work::Copy).await.map_err(failed)? else { return Err(CopyError::Busy(path)) };
        match prepare(&store, &place, source, begin_again).await {
            Ok((at, after, went_on)) => {
                let source = source.path().to_owned();
                Ok(Self { path, source, store, at, after, went_on, _folder: folder, lease })
            }
            Err(error) => {
                lease.give_back().await;
                store.close().await;
                Err(error)
            }
        }
    }

    /// Whether this table is whole already.
    pub(super) fn is_past(&self, table: usize) -> Result<bool, CopyError> {
        let at = TABLES.iter().position(|table| table.name == self.at.table);
        at.map(|at| at > table).ok_or_else(|| CopyError::AnotherVersion(self.path.clone()))
    }

    /// The part of a table to go on with.
    pub(super) fn part_of(&self, table: &str) -> usize {
        if self.at.table == table { usize::try_from(self.at.part).unwrap_or_default() } else { 0 }
    }

    /// The key to go on behind.
    pub(super) fn after(&self, table: &str, part: usize) -> Cells {
        if self.at.table == table && self.part_of(table) == part { self.after.clone() } else { Vec::new() }
    }

    /// Writes rows, and how far it is with them.
    pub(super) async fn add(&mut self, layout: &Layout, rows: Vec<Cells>, at: At) -> Result<(), CopyError> {
        let added = async {
            let mut sql = self.store.write().await?;
            layout.insert(&mut sql, rows).await?;
            unfinished::is_at(&mut sql, &at).await?;
            sql.commit().await
        };
        added.await.map_err(|fault| self.failed(layout.name(), fault))
    }

    /// Compares every table with what the source holds, and takes the note away when all are the same.
    pub(super) async fn finish(&self, tables: &[Layout], digests: &[Digest]) -> Result<(), CopyError> {
        let failed = |fault| self.failed("unfinished_copy", fault);
        let mut sql = self.store.write().await.map_err(failed)?;
        for (layout, digest) in tables.iter().zip(digests) {
            let table = layout.name();
            let there = Digest::of(layout, &mut sql).await.map_err(|fault| self.failed(table, fault))?;
            if there != *digest {
                return Err(CopyError::Differs {
                    table,
                    from: self.source.clone(),
                    from_rows: digest.rows(),
                    to: self.path.clone(),
                    to_rows: there.rows(),
                });
            }
        }
        unfinished::end(&mut sql).await.map_err(failed)?;
        sql.commit().await.map_err(failed)?;
        self.store.count_rows_for_the_planner(&TABLES.map(|table| table.name)).await;
        Ok(())
    }

    pub(super) const fn went_on(&self) -> bool {
        self.went_on
    }

    pub(super) async fn close(self) {
        self.lease.give_back().await;
        self.store.close().await;
    }

    fn failed(&self, table: &'static str, fault: Fault) -> CopyError {
        CopyError::Store { place: self.path.clone(), table, fault }
    }
}

/// Finds out how far an earlier copy of this source came, or notes that one begins. Says whether there was one.
async fn prepare(
    store: &Store,
    place: &Place,
    source: &Source,
    begin_again: bool,
) -> Result<(At, Cells, bool), CopyError> {
    let path = place.name();
    let failed = |fault: Fault| CopyError::from(OpenError::Store { path: path.clone(), fault });
    store.migrate(place).await?;
    let mut sql = store.write().await.map_err(failed)?;
    let mut found = unfinished::read(&mut sql).await.map_err(failed)?;
    if begin_again && found.is_some() {
        empty(&mut sql).await.map_err(failed)?;
        found = None;
    }
    let went_on = found.is_some();
    let at = match found {
        Some(copy) if copy.source != source.installation() => {
            return Err(CopyError::Another { place: path, other: copy.name });
        }
        Some(copy) if copy.schema != KNOWN => return Err(CopyError::AnotherVersion(path)),
        Some(copy) => copy.at,
        None => {
            if let Some(table) = a_table_with_rows(&mut sql).await.map_err(failed)? {
                return Err(CopyError::NotEmpty { place: path, table });
            }
            begin(&mut sql, source, Clock::start().now()).await.map_err(failed)?
        }
    };
    sql.commit().await.map_err(failed)?;
    Ok((at.clone(), rows::read(&at.after).map_err(failed)?, went_on))
}

/// Notes that the copy begins.
async fn begin(sql: &mut Connection, source: &Source, now: Timestamp) -> Result<At, Fault> {
    // The schema has put a first row there.
    query("DELETE FROM feed_head").execute(sql).await?;
    let first = TABLES.first().map(|table| table.name).unwrap_or_default();
    let at = At { table: first.to_owned(), ..At::default() };
    let copy = Unfinished {
        source: source.installation().to_owned(),
        name: source.path().display().to_string(),
        schema: KNOWN,
        at: at.clone(),
    };
    unfinished::begin(sql, &copy, now).await?;
    Ok(at)
}

async fn a_table_with_rows(sql: &mut Connection) -> Result<Option<&'static str>, Fault> {
    for table in &TABLES {
        let untouched = if table.name == "feed_head" { "number > 0" } else { "1 = 1" };
        let text = format!("SELECT 1 FROM {} WHERE {untouched} LIMIT 1", table.name);
        if query(sqlx::AssertSqlSafe(text)).fetch_optional(sql).await?.is_some() {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Deletes everything, of an unfinished copy.
async fn empty(sql: &mut Connection) -> Result<(), Fault> {
    for table in TABLES.iter().rev() {
        query(sqlx::AssertSqlSafe(format!("DELETE FROM {}", table.name))).execute(sql).await?;
    }
    unfinished::end(sql).await
}
