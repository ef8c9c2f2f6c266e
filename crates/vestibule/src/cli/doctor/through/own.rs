//! The doctor's own sessions: made for one run, and ended with it, however it ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use vestibule_ledger::UserRef;

use crate::cli::{ask, reply};
use crate::config::Config;
use crate::control::Command;
use crate::control::command::Revoke;
use crate::control::written::{Sealed, Written};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether somebody has asked the doctor to stop: from then on nothing is sent, and what is its own is cleared away.
pub(super) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Two sessions of a user: one to go about with, and one to be found beside it.
pub(super) struct Own<'c> {
    config: &'c Config,
    secrets: Vec<Sealed>,
    is_ended: bool,
}

impl<'c> Own<'c> {
    /// Makes them. Whatever fails afterwards, they are ended.
    pub(super) fn make(config: &'c Config, who: &Written<UserRef>) -> anyhow::Result<Self> {
        watch_for_signals()?;
        let mut own = Self { config, secrets: Vec::new(), is_ended: false };
        for _ in 0..2 {
            let reply = ask(config, Command::CreateSession { who: who.clone() });
            own.secrets.push(reply::secret(reply.context("--user: no session could be made")?)?);
        }
        Ok(own)
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.secrets.first().map(|secret| secret.0.as_str())
    }

    pub(super) fn second(&self) -> Option<&str> {
        self.secrets.get(1).map(|secret| secret.0.as_str())
    }

    /// Ends them. In force when this returns.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        self.is_ended = true;
        let end = |secret: &Sealed| ask(self.config, Command::RevokeSessions(Revoke::Holder(secret.clone())));
        // The second is ended, too, when the first cannot be.
        let ended: Vec<_> = self.secrets.iter().map(end).collect();
        for ended in ended {
            ended.context("a session of the doctor's own could not be ended: look at `vestibule session list`")?;
        }
        Ok(())
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        if !self.is_ended
            && let Err(error) = self.end()
        {
            eprintln!("{error:#}");
        }
    }
}

fn watch_for_signals() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        });
        INTERRUPTED.store(true, Ordering::Relaxed);
    });
    Ok(())
}
