//! What is copied: one moment of it, in which nobody changes anything.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::fault::{Fault, OpenError};
use crate::store::folder::Folder;
use crate::store::schema::{KNOWN, Schema};
use crate::store::{Connection, Place, Store, nodes, query, unfinished};

use super::fault::CopyError;

/// The source, read as of one moment.
pub(super) struct Source {
    path: PathBuf,
    installation: String,
    store: Store,
    sql: Connection,
    /// Keeps a server away from the file. A file alone, a backup for instance, has no lock beside it and no server.
    _lock: Option<File>,
}

impl Source {
    pub(super) async fn open(place: Place) -> Result<Self, CopyError> {
        let path = place.name();
        let lock = match &place {
            Place::File(file) if !is_database(file) => return Err(CopyError::Absent(path)),
            Place::File(file) => Folder::lock_beside(file)?,
            Place::Postgres(_) => None,
        };
        let failed = |fault: Fault| CopyError::from(OpenError::Store { path: path.clone(), fault });
        let store = Store::connect_to_read(&place).await.map_err(failed)?;
        let mut sql = store.still().await.map_err(failed)?;
        let schema = Schema::read(&mut sql).await.map_err(failed)?;
        match schema.version {
            0 => return Err(CopyError::Nothing(path)),
            KNOWN => {}
            found => return Err(CopyError::Schema { place: path, found, known: KNOWN }),
        }
        if sql.is_shared() {
            let nodes = nodes::live(&mut sql, true).await.map_err(failed)?;
            if !nodes.is_empty() {
                let nodes = nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                return Err(CopyError::Running { place: path, nodes });
            }
        }
        if let Some(copy) = unfinished::read(&mut sql).await.map_err(failed)? {
            return Err(OpenError::Unfinished { path, source_name: copy.name }.into());
        }
        let Some(installation) = installation(&mut sql).await.map_err(failed)? else {
            return Err(CopyError::Nothing(path));
        };
        Ok(Self { path, installation, store, sql, _lock: lock })
    }

    /// Where it is, for people.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Which installation it is, wherever it lies.
    pub(super) fn installation(&self) -> &str {
        &self.installation
    }

    pub(super) fn sql(&mut self) -> &mut Connection {
        &mut self.sql
    }

    pub(super) fn failed(&self, table: &'static str, fault: Fault) -> CopyError {
        CopyError::Store { place: self.path.clone(), table, fault }
    }

    pub(super) async fn close(self) {
        drop(self.sql);
        self.store.close().await;
    }
}

fn is_database(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// A hash of the installation's key: the same one in every copy of it, and in no other store.
async fn installation(sql: &mut Connection) -> Result<Option<String>, Fault> {
    let row = query("SELECT secret FROM keys WHERE name = 'tag'").fetch_optional(sql).await?;
    let Some(row) = row else { return Ok(None) };
    let key: String = row.try_get("secret")?;
    let hash = digest(&SHA256, format!("vestibule store copy: {key}").as_bytes());
    Ok(Some(URL_SAFE_NO_PAD.encode(hash)))
}
