//! The one way to change the truth: a transaction, then what it makes untrue is forgotten, then the answer.
//!
//! Whoever waits for the commit may go away (a client hangs up), but a commit whose forgetting does not happen would
//! leave a revoked session alive in memory. So both run in a task of their own, which nobody can cancel.

use tokio::time::Instant;
use vestibule_gate::table::Forget;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::Connection;

/// An open change. Dropped without a commit, it never was.
#[must_use = "a change that is not committed is rolled back"]
pub(crate) struct Change {
    ledger: Ledger,
    transaction: Connection,
}

impl Change {
    /// Begins a change; there is one at a time.
    pub(crate) async fn begin(ledger: &Ledger) -> Result<Self, Fault> {
        let began = Instant::now();
        let transaction = ledger.store().write().await?;
        metrics::histogram!("vestibule_store_wait_seconds").record(began.elapsed());
        Ok(Self { ledger: ledger.clone(), transaction })
    }

    /// What statements run on.
    pub(crate) fn sql(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// Commits, and then forgets: when this returns, the very next resolve knows. What is forgotten is forgotten even
    /// if the commit fails, since a failed commit may have reached the disk.
    pub(crate) async fn commit(self, forget: Vec<Forget>) -> Result<(), Fault> {
        self.commit_then(forget, |_| ()).await
    }

    /// The same, with something else in memory that must follow the store. It is told whether the commit succeeded, and
    /// comes before the forgetting: whoever reads again must not find the old.
    pub(crate) async fn commit_then(
        self,
        forget: Vec<Forget>,
        then: impl FnOnce(bool) + Send + 'static,
    ) -> Result<(), Fault> {
        let Self { ledger, transaction } = self;
        let task = tokio::spawn(async move {
            let began = Instant::now();
            let committed = transaction.commit().await;
            then(committed.is_ok());
            for forget in forget {
                ledger.live().table().forget(forget);
            }
            metrics::histogram!("vestibule_store_commit_seconds").record(began.elapsed());
            committed
        });
        task.await.map_err(|_| Fault::Closed)?
    }
}
