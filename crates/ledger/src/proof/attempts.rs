//! Counts attempts wherever they come in: in memory where the store is a file, in the database where nodes share one.
//!
//! In the database the count is exact: an attempt is counted before it is looked at, by one statement that also refuses, so
//! that any number of nodes at once let no more through than one would. It costs a statement that waits for no disk beside
//! a password's hash, which takes ten times as long. Who has been refused is remembered here for a moment: a flood of
//! attempts that are refused anyway reaches the database once a second a node.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use vestibule_gate::time::{Span, Timestamp};

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::settings::Rate;
use crate::store::attempts;

use super::limits::{Counted, Limited};

/// How long a refusal is remembered. Not until the window ends: an attempt that turns out well is given back.
const REMEMBERED: Span = Span::from_seconds(1);
/// Refusals that are remembered; one more, and all are forgotten.
const MOST: usize = 50_000;

/// Who was refused a moment ago.
#[derive(Default)]
pub(crate) struct Refusals {
    keys: RandomState,
    refused: Mutex<HashMap<u64, Refusal>>,
}

#[derive(Clone, Copy)]
struct Refusal {
    remembered_until: Timestamp,
    limited_until: Timestamp,
}

impl Refusals {
    fn find(&self, what: Counted<'_>, now: Timestamp) -> Option<Limited> {
        let refusal = *self.refused.lock().get(&self.keys.hash_one(what))?;
        (now < refusal.remembered_until).then(|| Limited { retry_after: refusal.limited_until.since(now) })
    }

    fn note(&self, what: Counted<'_>, left: Span, now: Timestamp) {
        let limited_until = now.plus(left);
        let refusal = Refusal { remembered_until: limited_until.min(now.plus(REMEMBERED)), limited_until };
        let mut refused = self.refused.lock();
        if refused.len() >= MOST {
            refused.clear();
        }
        refused.insert(self.keys.hash_one(what), refusal);
    }
}

/// Counts an attempt, or refuses it: then nothing is counted.
pub(crate) async fn attempt(ledger: &Ledger, what: Counted<'_>, rate: Rate) -> Result<Result<(), Limited>, Fault> {
    let now = ledger.now();
    if let Some(limited) = ledger.refusals().find(what, now) {
        return Ok(Err(limited));
    }
    let Some(mut sql) = ledger.store().tally().await? else { return Ok(ledger.limits().attempt(what, rate, now)) };
    let left = attempts::count(&mut sql, &key(ledger, what), rate).await?;
    Ok(match left {
        None => Ok(()),
        Some(left) => {
            ledger.refusals().note(what, left, now);
            Err(Limited { retry_after: left })
        }
    })
}

/// Gives an attempt back that turned out well. One that cannot be given back counts on: that errs on the strict side.
pub(crate) async fn give_back(ledger: &Ledger, what: Counted<'_>) {
    let given = async {
        match ledger.store().tally().await? {
            None => ledger.limits().give_back(what),
            Some(mut sql) => attempts::give_back(&mut sql, &key(ledger, what)).await?,
        }
        Ok::<_, Fault>(())
    };
    if let Err(fault) = given.await {
        tracing::warn!(%fault, "an attempt that turned out well is counted as one that did not");
    }
}

/// Deletes what no limit counts any more.
pub(crate) async fn prune(ledger: &Ledger) -> Result<(), Fault> {
    let limits = ledger.settings().limits;
    let rates = [
        limits.sign_in_per_account,
        limits.sign_in_per_device,
        limits.sign_in_per_address,
        limits.sign_up_per_address,
        limits.guest_per_address,
        limits.confirm_per_user,
    ];
    let longest = rates.into_iter().map(|rate| rate.window).fold(Span::from_seconds(0), Span::max);
    match ledger.store().tally().await? {
        Some(mut sql) => attempts::prune(&mut sql, longest).await,
        None => Ok(()),
    }
}

/// What the database calls it. A tag under the installation's key: whoever reads the table learns no address and no name.
fn key(ledger: &Ledger, what: Counted<'_>) -> String {
    let tag = match what {
        Counted::Account(name) => tag(ledger, b"account", &[name.as_bytes()]),
        Counted::Device(name, device) => tag(ledger, b"device", &[name.as_bytes(), device]),
        Counted::Address(network) => tag(ledger, b"address", &[network.to_string().as_bytes()]),
        Counted::SignUp(network) => tag(ledger, b"sign-up", &[network.to_string().as_bytes()]),
        Counted::Guest(network) => tag(ledger, b"guest", &[network.to_string().as_bytes()]),
        Counted::Confirm(user) => tag(ledger, b"confirm", &[user]),
    };
    URL_SAFE_NO_PAD.encode(tag)
}

fn tag(ledger: &Ledger, kind: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let parts: Vec<&[u8]> = std::iter::once(kind).chain(parts.iter().copied()).collect();
    ledger.tag_key().tag("attempts", &parts)
}

#[cfg(test)]
mod tests {
    use vestibule_gate::time::{Span, Timestamp};

    use super::{Limited, MOST, Refusals};
    use crate::proof::limits::Counted;

    #[test]
    fn a_refusal_is_remembered_for_a_second_and_no_longer_than_it_lasts() {
        let (refusals, at) = (Refusals::default(), |millis: i64| Timestamp::from_millis(1_000_000 + millis));
        let (ada, bob) = (Counted::Account("ada@example.com"), Counted::Account("bob@example.com"));
        refusals.note(ada, Span::from_seconds(60), at(0));
        refusals.note(bob, Span::from_millis(10), at(0));
        assert_eq!(refusals.find(ada, at(999)), Some(Limited { retry_after: Span::from_millis(59_001) }));
        assert_eq!(refusals.find(ada, at(1000)), None, "somebody may have given an attempt back");
        assert_eq!(refusals.find(bob, at(10)), None, "a new window");
    }

    #[test]
    fn memory_is_bounded() {
        let refusals = Refusals::default();
        for n in 0..=MOST {
            refusals.note(Counted::Account(&n.to_string()), Span::from_seconds(60), Timestamp::from_millis(1));
        }
        assert!(refusals.refused.lock().len() <= MOST);
    }
}
