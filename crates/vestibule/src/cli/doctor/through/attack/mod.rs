//! The attacks, a file a kind. Each looks at what reached the application, and tells the report.

mod credentials;
mod described;
mod doors;
mod guarded;
mod hosts;
mod identity;
mod paths;
mod upgrade;

use super::report::Report;
use super::seen::Seen;
use super::visitor::{Got, Visitor};
use crate::config::Config;

pub(super) use guarded::revoked;

/// What every attack begins with.
pub(super) struct Scene<'t> {
    pub(super) config: &'t Config,
    /// Every identity header.
    pub(super) names: Vec<String>,
    pub(super) signed_in: Visitor<'t>,
    pub(super) stranger: Visitor<'t>,
    /// A plain request of somebody who is signed in, as the application sees it.
    pub(super) plain: Seen,
    /// What became of a plain request of a stranger.
    pub(super) nobody: Got,
    /// The Cookie line of another session of the doctor's own.
    pub(super) second: Option<String>,
    /// A path that anybody may see, without a slash at its end.
    pub(super) public: &'t str,
    pub(super) is_envoy: bool,
}

impl<'t> Scene<'t> {
    /// Those who reach the application at the URL.
    fn visitors(&self) -> impl Iterator<Item = &Visitor<'t>> {
        let stranger = Some(&self.stranger).filter(|_| !self.nobody.is_refused());
        [&self.signed_in].into_iter().chain(stranger)
    }

    /// Whom the application believes to see.
    fn told<'s>(&self, seen: &'s Seen) -> Option<&'s str> {
        let name = self.names.iter().find(|name| name.ends_with("user-id"))?;
        let value =
            seen.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }
}

/// All but [`revoked`], which ends what the others need.
pub(super) fn all(scene: &Scene<'_>, report: &mut Report) {
    for attack in [
        guarded::attack,
        identity::attack,
        described::attack,
        upgrade::attack,
        paths::attack,
        hosts::attack,
        credentials::attack,
        doors::attack,
    ] {
        attack(scene, report);
    }
}
