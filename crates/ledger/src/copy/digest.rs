//! What stands for all rows of a table, in whatever order: the sum of their hashes. Databases sort texts differently.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::fault::Fault;
use crate::store::Connection;
use crate::store::engine::Value;

use super::rows::{Cells, Layout};
use super::{BATCH, CopiedTable};

/// The rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Digest {
    rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// Reads a whole table.
    pub(super) async fn of(layout: &Layout, sql: &mut Connection) -> Result<Self, Fault> {
        let mut digest = Self::default();
        for part in 0..layout.parts() {
            let mut after = Vec::new();
            loop {
                let rows = layout.behind(sql, part, &after, BATCH).await?;
                let Some(last) = rows.last() else { break };
                after = layout.key_of(last);
                rows.iter().for_each(|row| digest.add(layout, row));
            }
        }
        Ok(digest)
    }

    fn add(&mut self, layout: &Layout, row: &Cells) {
        let mut hash = Context::new(&SHA256);
        for (column, value) in layout.columns().iter().zip(row) {
            let (kind, bytes) = match value {
                Value::Text(None) | Value::Number(None) => (0, Vec::new()),
                Value::Text(Some(text)) => (1, text.as_bytes().to_vec()),
                Value::Number(Some(number)) => (2, number.to_le_bytes().to_vec()),
            };
            hash.update(column.name.as_bytes());
            hash.update(&[0, kind]);
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        let hash = hash.finish();
        for (sum, eight) in self.sum.iter_mut().zip(hash.as_ref().as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*eight));
        }
        self.rows += 1;
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn copied(&self, name: &'static str) -> CopiedTable {
        let bytes: Vec<u8> = self.sum.iter().flat_map(|eight| eight.to_le_bytes()).collect();
        CopiedTable { name, rows: self.rows, digest: URL_SAFE_NO_PAD.encode(bytes) }
    }
}
