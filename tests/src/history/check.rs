//! Proves of a history that nobody got an old answer: no request that began later than the bound after an
//! acknowledgement contradicts it. The bound is nothing on the node that took the change, and `max_staleness` on others.
//!
//! What was asked for and not acknowledged may have happened at any time since, or never: it excuses an answer and never
//! accuses one. So does "cannot tell"; how long that was the answer is measured instead.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use super::{Change, Record, Resolve, Said, SessionNumber, What};

/// An answer that must not have been given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The answer.
    pub resolve: Resolve,
    /// What it contradicts; `None` when nothing was ever asked for that could explain it.
    pub change: Option<Change>,
    /// In words.
    pub why: &'static str,
}

/// What a history without contradictions shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How often a node said yes.
    pub yes: usize,
    /// How often no.
    pub no: usize,
    /// How often it could not tell.
    pub unknown: usize,
    /// Ends of sessions that were acknowledged.
    pub sign_outs: usize,
    /// New roles that were acknowledged.
    pub roles: usize,
    /// Changes of any kind that were not.
    pub unacknowledged: usize,
    /// The longest time from an acknowledgement to the beginning of a request that did not know of it.
    pub staleness: Duration,
    /// For each node the longest time during which it could not tell: from the first such question to the next answer.
    pub dark: BTreeMap<usize, Duration>,
    /// The longest that anybody waited for "cannot tell".
    pub wait: Duration,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { yes, no, unknown, sign_outs, roles, unacknowledged, .. } = self;
        let seconds = Duration::as_secs_f32;
        let dark: Vec<String> =
            self.dark.iter().map(|(node, dark)| format!("{node}: {:.1} s", seconds(dark))).collect();
        write!(
            f,
            "{yes} yes, {no} no, {unknown} unknown; {sign_outs} sign-outs, {roles} roles, {unacknowledged} changes not \
             acknowledged; worst staleness {:.3} s; longest unknown by node [{}], longest wait for one {:.1} s",
            seconds(&self.staleness),
            dark.join(", "),
            seconds(&self.wait),
        )
    }
}

/// Checks a history.
///
/// # Errors
/// Every contradiction in it.
pub fn check(record: &Record, max_staleness: Duration) -> Result<Report, Vec<Contradiction>> {
    let index = Index::new(record, max_staleness);
    let mut report = index.counted(record);
    let mut contradictions = Vec::new();
    for resolve in &record.resolves {
        match index.look(resolve) {
            Ok(staleness) => report.staleness = report.staleness.max(staleness),
            Err((change, why)) => {
                contradictions.push(Contradiction { resolve: resolve.clone(), change: change.cloned(), why });
            }
        }
    }
    if contradictions.is_empty() { Ok(report) } else { Err(contradictions) }
}

/// The changes by what they are about.
struct Index<'r> {
    begins: HashMap<SessionNumber, &'r Change>,
    ends: HashMap<SessionNumber, Vec<&'r Change>>,
    roles: Vec<(&'r str, &'r Change)>,
    max_staleness: Duration,
}

/// How old an answer was, or what it contradicts.
type Looked<'r> = Result<Duration, (Option<&'r Change>, &'static str)>;

impl<'r> Index<'r> {
    fn new(record: &'r Record, max_staleness: Duration) -> Self {
        let mut index = Self { begins: HashMap::new(), ends: HashMap::new(), roles: Vec::new(), max_staleness };
        for change in &record.changes {
            match &change.what {
                What::SignIn(session) => _ = index.begins.insert(*session, change),
                What::SignOut(session) => index.ends.entry(*session).or_default().push(change),
                What::Role(role) => index.roles.push((role, change)),
            }
        }
        index
    }

    fn look(&self, resolve: &Resolve) -> Looked<'r> {
        match &resolve.said {
            Said::Unknown => Ok(Duration::ZERO),
            Said::No => self.no(resolve),
            Said::Yes(role) => Ok(self.alive(resolve)?.max(self.role(resolve, role)?)),
        }
    }

    fn no(&self, resolve: &Resolve) -> Looked<'r> {
        let may_have_ended = self.ends_of(resolve).any(|end| end.began <= resolve.answered);
        let begin = self.begins.get(&resolve.session).copied();
        match begin.filter(|begin| !may_have_ended && self.counts(begin, resolve)) {
            Some(begin) => Err((Some(begin), "a session that was begun is not known")),
            None => Ok(Duration::ZERO),
        }
    }

    fn alive(&self, resolve: &Resolve) -> Looked<'r> {
        if !self.begins.get(&resolve.session).is_some_and(|begin| begin.began <= resolve.answered) {
            return Err((None, "a session that nobody has begun is alive"));
        }
        if let Some(end) = self.ends_of(resolve).find(|end| self.counts(end, resolve)) {
            return Err((Some(end), "a session that was ended is alive"));
        }
        Ok(self.ends_of(resolve).map(|end| age(end, resolve)).max().unwrap_or_default())
    }

    /// The role must have been given, and no other one since.
    fn role(&self, resolve: &Resolve, role: &str) -> Looked<'r> {
        let given = self.roles.iter().find(|(own, change)| *own == role && change.began <= resolve.answered);
        let Some((_, given)) = given else { return Err((None, "a role that nobody has given")) };
        // Without an acknowledgement it may come at any time, behind every other one, too.
        let Some(acknowledged) = given.acknowledged else { return Ok(Duration::ZERO) };
        let later = || self.roles.iter().map(|(_, change)| *change).filter(|change| change.began >= acknowledged);
        if let Some(newer) = later().find(|newer| self.counts(newer, resolve)) {
            return Err((Some(newer), "a role that was replaced"));
        }
        Ok(later().map(|newer| age(newer, resolve)).max().unwrap_or_default())
    }

    fn ends_of(&self, resolve: &Resolve) -> impl Iterator<Item = &'r Change> {
        self.ends.get(&resolve.session).into_iter().flatten().copied()
    }

    /// Whether the answer had to know of the change.
    fn counts(&self, change: &Change, resolve: &Resolve) -> bool {
        let bound = if change.node == resolve.node { Duration::ZERO } else { self.max_staleness };
        change.acknowledged.is_some_and(|acknowledged| resolve.began > acknowledged + bound)
    }

    fn counted(&self, record: &Record) -> Report {
        let mut report = Report::default();
        let acknowledged = |change: &&Change| change.acknowledged.is_some();
        report.sign_outs = self.ends.values().flatten().copied().filter(acknowledged).count();
        report.roles = self.roles.iter().map(|(_, change)| *change).filter(acknowledged).count();
        report.unacknowledged = record.changes.iter().filter(|change| !acknowledged(change)).count();
        let mut resolves: Vec<&Resolve> = record.resolves.iter().collect();
        resolves.sort_by_key(|resolve| resolve.answered);
        let mut since: HashMap<usize, Duration> = HashMap::new();
        for resolve in resolves {
            match resolve.said {
                Said::Yes(_) => report.yes += 1,
                Said::No => report.no += 1,
                Said::Unknown => {
                    report.unknown += 1;
                    report.wait = report.wait.max(resolve.answered.saturating_sub(resolve.began));
                }
            }
            let dark = report.dark.entry(resolve.node).or_default();
            if resolve.said == Said::Unknown {
                since.entry(resolve.node).or_insert(resolve.began);
            } else if let Some(since) = since.remove(&resolve.node) {
                *dark = (*dark).max(resolve.answered.saturating_sub(since));
            }
        }
        report
    }
}

/// How long a change was acknowledged when the request began that did not know of it.
fn age(change: &Change, resolve: &Resolve) -> Duration {
    change.acknowledged.map_or(Duration::ZERO, |acknowledged| resolve.began.saturating_sub(acknowledged))
}
