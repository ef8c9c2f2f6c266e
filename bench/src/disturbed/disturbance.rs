//! What goes on beside the live resolves.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::scene::Scene;
use super::{activity, backup, cookies, operator, sign_ins};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disturbance {
    /// 200 sign-ins a second are attempted.
    SignIns,
    /// Sessions are revoked one by one.
    Revocations,
    /// A backup is written.
    Backup,
    /// Cookies of the right shape and the wrong tag.
    Forged,
    /// One signed-out cookie, again and again.
    SignedOut,
    /// A thousand signed-out cookies in turn.
    ManySignedOut,
    /// Other sessions are used whose activity is due for writing.
    Activity,
}

/// All, in the order of a round. Activity is the last: it needs sessions that were not used for a minute.
pub(super) const EACH: [Disturbance; 7] = [
    Disturbance::SignIns,
    Disturbance::Revocations,
    Disturbance::Backup,
    Disturbance::Forged,
    Disturbance::SignedOut,
    Disturbance::ManySignedOut,
    Disturbance::Activity,
];

/// What a disturbance has done.
#[derive(Debug, Clone)]
pub(super) struct Achieved {
    /// How much, in its own unit.
    pub(super) count: f64,
    /// In so many seconds.
    pub(super) seconds: f64,
    /// The answers of pages, by status.
    pub(super) statuses: BTreeMap<u16, u64>,
}

impl Disturbance {
    /// What it is, behind the word "while".
    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::SignIns => "200 sign-ins a second",
            Self::Revocations => "revocations one by one",
            Self::Backup => "a backup runs",
            Self::Forged => "forged cookies",
            Self::SignedOut => "one signed-out cookie",
            Self::ManySignedOut => "1,000 signed-out cookies",
            Self::Activity => "activity is written",
        }
    }

    /// How long it runs before anything is measured: sign-ins first have to fill the queue.
    pub(super) const fn lead(self) -> Duration {
        Duration::from_millis(if matches!(self, Self::SignIns) { 600 } else { 200 })
    }

    /// What has to be so before it begins.
    pub(super) fn prepare(self, scene: &Scene<'_>) {
        if self == Self::Activity {
            scene.wait_until_activity_is_due();
        }
    }

    /// Runs until it is stopped or has no more to do. `rate` is a quarter of the maximum.
    pub(super) fn disturb(
        self,
        scene: &Scene<'_>,
        rate: f64,
        round: usize,
        stop: &AtomicBool,
    ) -> anyhow::Result<Achieved> {
        match self {
            Self::SignIns => sign_ins::attempt(scene, stop),
            Self::Revocations => operator::revoke(scene, stop),
            Self::Backup => backup::write(scene, stop),
            Self::Forged => cookies::present(scene, &scene.cast.forged, rate, stop),
            Self::SignedOut => cookies::present(scene, &scene.cast.signed_out[..1], rate, stop),
            Self::ManySignedOut => cookies::present(scene, &scene.cast.signed_out, rate, stop),
            Self::Activity => activity::use_due_sessions(scene, round, stop),
        }
    }
}
