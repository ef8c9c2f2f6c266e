//! HTTP/2 by an upgrade: whoever gets it has a connection that nobody looks into any more.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::visitor::{Got, line};

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    for connection in ["Upgrade, HTTP2-Settings", "Upgrade", "close, Upgrade, HTTP2-Settings"] {
        let settings = line("HTTP2-Settings", "AAMAAABkAAQAAP__");
        let got = scene.signed_in.get(&[line("Connection", connection), line("Upgrade", "h2c"), settings]);
        let passed = match &got {
            Got::Reached(seen) => {
                ["Upgrade", "HTTP2-Settings"].into_iter().find(|name| seen.all(name).next().is_some())
            }
            Got::Answered(answer) if answer.status == 101 => Some("Upgrade"),
            Got::Answered(_) | Got::Silent(_) => None,
        };
        if let Some(name) = passed {
            report
                .add(Hole::Upgrade, format!("a client's `{name}` that asks for HTTP/2 (h2c) reached the application"));
        }
    }
}
