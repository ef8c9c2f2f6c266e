//! The doors that are the proxy's alone, and what is for operators, knocked at from outside.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::visitor::{Got, line};

const DOORS: [&str; 8] = [
    "/_resolver/resolve",
    "/_resolver/check/nginx",
    "/_resolver/check/forwarded",
    "/_resolver/check/envoy/",
    "/_resolver/forward/nginx",
    "/_resolver/forward/forwarded",
    "/_resolver/forward/envoy/",
    "/_vestibule",
];

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    let visitor = &scene.signed_in;
    let (origin, path) = (visitor.target.origin(), visitor.usual_path());
    let (scheme, host) = origin.split_once("://").unwrap_or_default();
    // A door that is open answers a question that is whole.
    let question = [
        line("X-Original-Method", "GET"),
        line("X-Original-URL", &format!("{origin}{path}")),
        line("X-Forwarded-Method", "GET"),
        line("X-Forwarded-Proto", scheme),
        line("X-Forwarded-Host", host),
        line("X-Forwarded-Uri", &path),
    ];
    // What anybody may see is a yes even where the proxy takes our cookies away first.
    let public = format!("{}/", scene.public);
    let anybodys = [
        line("X-Original-Method", "GET"),
        line("X-Original-URL", &format!("{origin}{public}")),
        line("X-Forwarded-Method", "GET"),
        line("X-Forwarded-Proto", scheme),
        line("X-Forwarded-Host", host),
        line("X-Forwarded-Uri", &public),
    ];
    for door in DOORS {
        for lines in [&question[..], &question[..2], &question[2..], &anybodys[..2], &anybodys[2..], &[]] {
            let Got::Answered(answer) = visitor.get_at(door, lines) else { continue };
            if let Some(name) = scene.names.iter().find(|name| answer.header(name).is_some()) {
                report.add(Hole::Door, format!("`{door}` answers from outside, with `{name}`"));
                break;
            }
            if answer.status == 200 && answer.body.is_empty() {
                report.add(Hole::Door, format!("`{door}` answers from outside"));
                break;
            }
        }
    }
    if let Got::Answered(answer) = scene.stranger.get_at("/metrics", &[])
        && answer.status == 200
        && String::from_utf8_lossy(&answer.body).contains("vestibule_")
    {
        report.add(Hole::Ops, "`/metrics` answers from outside");
    }
}
