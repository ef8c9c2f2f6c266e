//! The one way to change the truth: a transaction, then what it makes untrue is forgotten, then the answer. Other nodes
//! learn it from the feed, of which the transaction is a part.
//!
//! Whoever waits for the commit may go away (a client hangs up), but a commit whose forgetting does not happen would
//! leave a revoked session alive in memory. So both run in a task of their own, which nobody can cancel.

use tokio::time::Instant;
use vestibule_gate::table::Forget;

use crate::fault::Fault;
use crate::feed::Said;
use crate::ledger::Ledger;
use crate::store::Connection;

/// An open change. Dropped without a commit, it never was.
#[must_use = "a change that is not committed is rolled back"]
pub(crate) struct Change {
    ledger: Ledger,
    transaction: Connection,
    changes_keys: bool,
}

impl Change {
    /// Begins a change; there is one at a time.
    pub(crate) async fn begin(ledger: &Ledger) -> Result<Self, Fault> {
        let began = Instant::now();
        let transaction = ledger.store().write().await?;
        metrics::histogram!("vestibule_store_wait_seconds").record(began.elapsed());
        Ok(Self { ledger: ledger.clone(), transaction, changes_keys: false })
    }

    /// What statements run on.
    pub(crate) fn sql(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// Says that the signing keys are others now: other nodes have to read them again.
    pub(crate) fn changes_keys(&mut self) {
        self.changes_keys = true;
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
        let Self { ledger, mut transaction, changes_keys } = self;
        let keys = changes_keys.then_some(Said::Keys);
        let said: Vec<Said> = forget.iter().copied().map(Said::Forget).chain(keys).collect();
        let task = tokio::spawn(async move {
            let began = Instant::now();
            let mut doubted = None;
            let announced = ledger.node().announce(&mut transaction, &said, ledger.now()).await;
            let committed = match announced {
                Ok(number) => {
                    // Until it is forgotten here. The follower may read it before the commit's answer arrives; and where
                    // none does, it may be committed yet, after what is forgotten here was read again.
                    doubted = number.zip(ledger.node().doubts());
                    doubted.into_iter().for_each(|(number, doubts)| doubts.add(number));
                    transaction.commit().await
                }
                Err(fault) => Err(fault),
            };
            then(committed.is_ok());
            for forget in forget {
                ledger.live().table().forget(forget);
            }
            let known = doubted.filter(|_| committed.is_ok());
            known.into_iter().for_each(|(number, doubts)| doubts.is_over(number));
            metrics::histogram!("vestibule_store_commit_seconds").record(began.elapsed());
            committed
        });
        task.await.map_err(|_| Fault::Closed)?
    }
}
