//! What was forgotten lately, by number, so that a fill can be told whether anything that it read is among it.

use std::collections::VecDeque;

use super::Forget;
use crate::id::{SessionId, UserId};

/// Forgets that are remembered. A fill that is older than the oldest of them is voided whatever it read.
const REMEMBERED: usize = if cfg!(feature = "loom") { 4 } else { 4096 };

/// The last so many.
pub(super) struct Forgets(VecDeque<(u64, Forget)>);

impl Forgets {
    pub(super) fn new() -> Self {
        Self(VecDeque::with_capacity(REMEMBERED))
    }

    /// Remembers a forget under its number, which is one more than that of the one before.
    pub(super) fn note(&mut self, epoch: u64, forget: Forget) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((epoch, forget));
    }

    /// Whether a forget after `ticket` names this session or this user, or may have.
    pub(super) fn name_since(&self, ticket: u64, session: SessionId, user: UserId) -> bool {
        let oldest_known = self.0.front().map_or(0, |(epoch, _)| epoch - 1);
        let names = |forget: &Forget| match forget {
            Forget::Session(id) => *id == session,
            Forget::User(id) => *id == user,
            Forget::All => true,
        };
        ticket < oldest_known
            || self.0.iter().rev().take_while(|(epoch, _)| *epoch > ticket).any(|(_, forget)| names(forget))
    }
}
