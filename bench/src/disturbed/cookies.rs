//! Cookies that are worth nothing, presented at a quarter of the maximum rate.

use std::sync::atomic::AtomicBool;

use crate::pace::{Load, Question};

use super::disturbance::Achieved;
use super::scene::{CONNECTIONS, LONGEST, Scene};

/// Presents these in turn.
pub(super) fn present(scene: &Scene<'_>, secrets: &[String], rate: f64, stop: &AtomicBool) -> anyhow::Result<Achieved> {
    let question = Question::Resolve { secrets, live: false };
    let socket = scene.place.resolver();
    let load = Load { socket: &socket, question, rate: Some(rate), connections: CONNECTIONS };
    let outcome = load.drive(LONGEST, stop)?;
    Ok(Achieved { count: outcome.answers() as f64, seconds: outcome.seconds, statuses: Default::default() })
}
