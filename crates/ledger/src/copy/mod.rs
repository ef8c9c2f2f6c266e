//! Copies a whole store into an empty one: from SQLite to PostgreSQL, or back.
//!
//! Rows go in batches, in the order of their keys, and each batch's transaction notes in the target how far it is: a copy
//! that was broken off goes on from there. At the end every table is read again on both sides, and only when the rows are
//! the same ones is the note removed, without which no server starts on the target. The source is not changed.

mod digest;
mod fault;
mod rows;
mod source;
mod tables;
mod target;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::fault::OpenError;
use crate::settings::PostgresSettings;
use crate::store::folder::{DATABASE, Folder};
use crate::store::schema::KNOWN;
use crate::store::unfinished::At;
use crate::store::{Place, Store};

use digest::Digest;
use rows::Layout;
use source::Source;
use tables::TABLES;
use target::Target;

pub use fault::CopyError;

/// Rows a transaction.
const BATCH: usize = 1_000;

/// A store to copy from, or into.
#[derive(Debug, Clone)]
pub enum Side {
    /// A database file, or the data folder that it lies in.
    Sqlite(PathBuf),
    /// A PostgreSQL.
    Postgres(PostgresSettings),
}

impl Side {
    fn place(&self) -> Place {
        match self {
            Self::Sqlite(path) if path.is_dir() => Place::File(path.join(DATABASE)),
            Self::Sqlite(path) => Place::File(path.clone()),
            Self::Postgres(settings) => Place::Postgres(settings.clone()),
        }
    }
}

/// A finished copy.
#[derive(Debug)]
pub struct Copied {
    /// Every table, as it is on both sides.
    pub tables: Vec<CopiedTable>,
    /// Whether it went on where an earlier one was broken off.
    pub went_on: bool,
}

/// A table that is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// Rows.
    pub rows: u64,
    /// What stands for all of them.
    pub digest: String,
}

/// Copies everything. `begin_again` empties the target first, when that holds an unfinished copy. `told` hears of a table
/// and how many rows of it this run has copied.
///
/// # Errors
/// [`CopyError`], in words for the operator. What was copied stays, and the next run goes on.
pub async fn copy(
    from: &Side,
    to: &Side,
    begin_again: bool,
    told: impl FnMut(&'static str, u64),
) -> Result<Copied, CopyError> {
    copy_by(BATCH, from, to, begin_again, told).await
}

async fn copy_by(
    batch: usize,
    from: &Side,
    to: &Side,
    begin_again: bool,
    mut told: impl FnMut(&'static str, u64),
) -> Result<Copied, CopyError> {
    let mut source = Source::open(from.place()).await?;
    let mut target = Target::open(to.place(), &source, begin_again).await?;
    let copied = async {
        let mut tables = Vec::new();
        for (at, table) in TABLES.iter().enumerate() {
            let layout = Layout::read(table, source.sql()).await.map_err(|fault| source.failed(table.name, fault))?;
            if target.is_past(at)? {
                told(table.name, 0);
            } else {
                fill(batch, &layout, &mut source, &mut target, &mut told).await?;
            }
            tables.push(layout);
        }
        let mut digests = Vec::new();
        for layout in &tables {
            let digest = Digest::of(layout, source.sql()).await;
            digests.push(digest.map_err(|fault| source.failed(layout.name(), fault))?);
        }
        target.finish(&tables, &digests).await?;
        let tables = tables.iter().zip(digests);
        Ok(tables.map(|(layout, digest)| digest.copied(layout.name())).collect())
    };
    let copied = copied.await;
    source.close().await;
    let went_on = target.went_on();
    target.close().await;
    copied.map(|tables| Copied { tables, went_on })
}

/// Copies what is not there of one table.
async fn fill(
    batch: usize,
    layout: &Layout,
    source: &mut Source,
    target: &mut Target,
    told: &mut impl FnMut(&'static str, u64),
) -> Result<(), CopyError> {
    let name = layout.name();
    let mut count = 0;
    told(name, count);
    for part in target.part_of(name)..layout.parts() {
        let mut after = target.after(name, part);
        loop {
            let read = layout.behind(source.sql(), part, &after, batch).await;
            let rows = read.map_err(|fault| source.failed(name, fault))?;
            let Some(last) = rows.last() else { break };
            after = layout.key_of(last);
            count += rows.len() as u64;
            let at = At { table: name.to_owned(), part: part as i64, after: rows::write(&after) };
            target.add(layout, rows, at).await?;
            told(name, count);
        }
    }
    Ok(())
}

/// Brings a store's schema up to date, and nothing else. Says which it was, and which it is.
///
/// # Errors
/// [`OpenError`], in words for the operator.
pub async fn migrate(side: &Side) -> Result<(i64, i64), OpenError> {
    let place = side.place();
    let folder = match &place {
        Place::File(path) => path.parent().map(Folder::open).transpose()?,
        Place::Postgres(_) => None,
    };
    let failed = |fault| OpenError::Store { path: place.name(), fault };
    let store = Store::connect(&place).await.map_err(failed)?;
    let migrated = store.migrate(&place).await;
    store.close().await;
    drop(folder);
    migrated.map(|found| (found.version, found.version.max(KNOWN)))
}
