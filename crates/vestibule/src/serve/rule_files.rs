//! Files of rules are read again when they change. Looked at each second, by name: editors replace a file, and what
//! watches the old one would see nothing. A file that is being written changes from look to look, and is left alone.

use std::time::Duration;

use super::House;
use crate::config::rules::Stamp;

/// How often.
pub(super) const EACH: Duration = Duration::from_secs(1);

/// What the files looked like.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// When they were read, or refused.
    dealt_with: Vec<Stamp>,
    /// At the last look.
    last: Vec<Stamp>,
}

impl Looks {
    /// Whether there is something to deal with: they have changed, and not since the last look.
    fn notice(&mut self, now: Vec<Stamp>) -> bool {
        let steady = now == self.last;
        let is_new = now != self.dealt_with;
        self.last = now;
        if steady && is_new {
            self.dealt_with.clone_from(&self.last);
        }
        steady && is_new
    }
}

impl House {
    /// Takes the files as they were when the configuration was read.
    pub(super) fn begin_to_look(&mut self) {
        self.looks.dealt_with = self.config.rule_files().map(|file| file.stamp).collect();
    }

    /// Looks at the files, and puts their rules in force if they have changed and are sound.
    pub(super) fn look_at_rule_files(&mut self) {
        let now: Vec<Stamp> = self.config.rule_files().map(|file| Stamp::of(&file.path)).collect();
        if !self.looks.notice(now) {
            return;
        }
        if let Some(gone) = self.config.rule_files().find(|file| Stamp::of(&file.path).is_of_nothing()) {
            tracing::warn!(file = %gone.path.display(), "a file of rules is gone; the rules in force stay");
            return;
        }
        match self.config.read_rule_files_again() {
            Ok(()) => {
                self.install_rules();
                tracing::info!(rules = self.config.rules.rules.rules().len(), "read the rules again");
            }
            Err(problems) => tracing::error!(%problems, "the rules are refused; the old ones stay in force"),
        }
    }

    /// Puts the rules of the configuration in force.
    fn install_rules(&self) {
        // Rules may ask for addresses that none asked for before.
        self.ledger.reload(self.config.for_ledger());
        self.doors.resolver.resolver().set_policy(self.config.policy());
    }
}

#[cfg(test)]
mod tests {
    use super::Looks;
    use crate::config::rules::Stamp;

    #[test]
    fn a_file_is_read_once_it_has_come_to_rest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.toml");
        let write = |text: &str| {
            std::fs::write(&file, text).unwrap();
            vec![Stamp::of(&file)]
        };
        let first = write("a");
        let mut looks = Looks { dealt_with: first.clone(), last: Vec::new() };
        assert!(!looks.notice(first.clone()) && !looks.notice(first), "nothing has changed");
        let half = write("ab");
        let whole = write("abc");
        assert!(!looks.notice(half), "it may be half written");
        assert!(!looks.notice(whole.clone()));
        assert!(looks.notice(whole.clone()), "it has come to rest");
        assert!(!looks.notice(whole), "and is dealt with, sound or not");
        std::fs::rename(&file, folder.path().join("old")).unwrap();
        let gone = vec![Stamp::of(&file)];
        assert!(!looks.notice(gone.clone()) && looks.notice(gone));
        let replaced = write("abc");
        assert!(!looks.notice(replaced.clone()) && looks.notice(replaced), "another file of the same name and size");
    }
}
