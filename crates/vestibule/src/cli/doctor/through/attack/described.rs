//! Headers that describe another request than the one that carries them: believed on the way, or passed on.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::visitor::{Lines, line};
use crate::cli::proxy_config::names::{FORWARDED, METHODS};

/// The operator's own question, which no client asks.
const TRACE: &str = "X-Vestibule-Trace";
/// Those that are read as an address.
const ADDRESSES: [&str; 2] = ["X-Forwarded-For", "X-Real-IP"];
/// An address that is nobody's (RFC 5737).
const NOBODYS: &str = "192.0.2.77";

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    arrive(scene, report);
    are_believed(scene, report);
    let mut believed = Vec::new();
    if scene.nobody.is_refused() {
        for (name, value) in claims(scene) {
            if !scene.stranger.get(&[line(name, &value)]).is_refused() {
                believed.push(name.to_owned());
            }
        }
    }
    if !believed.is_empty() {
        let what = format!("a stranger reached the application, who is refused without `{}`", believed.join("`, `"));
        report.add(Hole::Believed(believed), what);
    }
}

fn arrive(scene: &Scene<'_>, report: &mut Report) {
    let word = |name: &str| format!("{}-{name}", scene.stranger.mark);
    let value = |name: &str| if ADDRESSES.contains(&name) { NOBODYS.to_owned() } else { word(name) };
    let names = FORWARDED.into_iter().chain(METHODS).chain([TRACE]);
    let attacks: Vec<Lines> = names.map(|name| vec![line(name, &value(name))]).collect();
    let (mut described, mut addresses) = (Vec::new(), Vec::new());
    scene.signed_in.try_all(&attacks, &mut |tried, seen| {
        for (name, value) in tried.iter().flatten() {
            if seen.all(name).any(|own| own.contains(value.as_str())) {
                let into = if ADDRESSES.contains(&name.as_str()) { &mut addresses } else { &mut described };
                into.push(name.clone());
            }
        }
    });
    for (names, hole) in [(described, Hole::Described as fn(Vec<String>) -> Hole), (addresses, Hole::Address)] {
        if !names.is_empty() {
            let what = format!("a client's own `{}` reached the application", names.join("`, `"));
            report.add(hole(names), what);
        }
    }
}

/// Vestibule refuses what it cannot read: so whoever passes with a true description and not with rubbish was read.
fn are_believed(scene: &Scene<'_>, report: &mut Report) {
    let visitor = &scene.signed_in;
    let (url, path) = (format!("{}{}", visitor.target.origin(), visitor.usual_path()), visitor.usual_path());
    let scheme = visitor.target.origin().split(':').next().unwrap_or_default().to_owned();
    let mut believed = Vec::new();
    for (name, truth, rubbish) in [
        ("X-Original-URL", url.as_str(), "rubbish"),
        ("X-Original-Method", "GET", "(rubbish)"),
        ("X-Forwarded-Uri", &path, "rubbish"),
        ("X-Forwarded-Method", "GET", "(rubbish)"),
        ("X-Forwarded-Host", visitor.target.host(), "rub,bi@sh"),
        ("X-Forwarded-Proto", &scheme, "rubbish"),
    ] {
        if visitor.get(&[line(name, rubbish)]).is_refused() && !visitor.get(&[line(name, truth)]).is_refused() {
            believed.push(name.to_owned());
        }
    }
    if !believed.is_empty() {
        let what = format!("Vestibule is told what stands in a client's own `{}`", believed.join("`, `"));
        report.add(Hole::Believed(believed), what);
    }
}

/// What a stranger says to have asked for.
fn claims(scene: &Scene<'_>) -> Vec<(&'static str, String)> {
    let public = format!("{}/", scene.public);
    let url = format!("{}{public}", scene.stranger.target.origin());
    vec![
        ("X-Original-URL", url.clone()),
        ("X-Original-URL", public.clone()),
        ("X-Original-URI", public.clone()),
        ("X-Rewrite-URL", public.clone()),
        ("X-Forwarded-Uri", public.clone()),
        ("X-Envoy-Original-Path", public),
        ("X-Original-Method", "OPTIONS".to_owned()),
        ("X-Forwarded-Method", "OPTIONS".to_owned()),
        ("X-HTTP-Method-Override", "OPTIONS".to_owned()),
        ("X-Forwarded-For", "127.0.0.1".to_owned()),
        ("X-Forwarded-Host", "localhost".to_owned()),
    ]
}
