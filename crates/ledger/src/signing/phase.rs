//! Where each key is in its life. The store keeps two facts, when a key begins to sign and whether it is retired;
//! everything else follows from the time, so that a server that slept through a change has not missed it.

use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};

use crate::store::signing_keys::KeyRow;

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Published, so that everybody knows it before it signs.
    Next,
    /// Signs.
    Active,
    /// Signs no more, and is published until the tokens that it signed are over.
    Retiring {
        /// Until then.
        until: Timestamp,
    },
    /// Gone: no token that it signed counts.
    Retired {
        /// Since then.
        at: Timestamp,
    },
}

impl Phase {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring { .. } => "retiring",
            Self::Retired { .. } => "retired",
        }
    }
}

/// A key, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id.
    pub id: KeyId,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// Where it is in its life.
    pub phase: Phase,
    /// Whether its private half is encrypted at rest.
    pub is_sealed: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins to sign, or began to.
    pub signs_from: Timestamp,
}

/// All keys with their phases, in their order. `keep_for` is how long a key stays published that signs no more.
pub(crate) fn infos(rows: &[KeyRow], keep_for: Span, now: Timestamp) -> Vec<KeyInfo> {
    let info = |(index, row): (usize, &KeyRow)| KeyInfo {
        id: row.id.clone(),
        algorithm: row.algorithm,
        phase: phase(row, &rows[index + 1..], keep_for, now),
        is_sealed: row.is_sealed,
        created_at: row.created_at,
        signs_from: row.signs_from,
    };
    rows.iter().enumerate().map(info).collect()
}

/// `later` are the keys that begin to sign after this one.
fn phase(row: &KeyRow, later: &[KeyRow], keep_for: Span, now: Timestamp) -> Phase {
    if let Some(at) = row.retired_at {
        return Phase::Retired { at };
    }
    if row.signs_from > now {
        return Phase::Next;
    }
    // A successor that was retired early did sign, for a time.
    let mut successors = later.iter().filter(|other| other.algorithm == row.algorithm);
    match successors.find(|other| other.signs_from <= now) {
        Some(successor) => Phase::Retiring { until: successor.signs_from.plus(keep_for) },
        None => Phase::Active,
    }
}
