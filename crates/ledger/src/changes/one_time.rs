//! Secrets for one use, in an open change: few at a time for each person, so that a page that asks in a loop fills nobody's
//! disk.

use vestibule_gate::token::opaque::{Secret, SecretKind};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::one_time::{self, OneTimeRow};

/// Of one kind, of one person: more are not waiting for anybody.
const MOST: i64 = 20;

/// Issues one, and takes the person's oldest of its kind where there are too many.
pub(super) async fn issue(
    ledger: &Ledger,
    change: &mut Change,
    kind: SecretKind,
    row: &OneTimeRow,
) -> Result<Secret, Fault> {
    if let Some(user) = row.user {
        one_time::keep_newest(change.sql(), user, row.purpose, MOST - 1).await?;
    }
    let secret = mint::secret(kind, ledger.tag_key())?;
    one_time::insert(change.sql(), secret.hash(), row).await?;
    Ok(secret)
}
