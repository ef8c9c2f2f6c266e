//! Our cookies, which the application must not see, and two sessions at once, of which none may count.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::seen::Seen;
use crate::cli::doctor::through::visitor::{Got, line};

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    stripped(scene, report);
    if scene.told(&scene.plain).is_none() {
        return;
    }
    let Some((first, second)) = scene.signed_in.cookie.as_ref().zip(scene.second.as_ref()) else {
        report.skip("two sessions in one request: only --user makes a second one");
        return;
    };
    let lines = |cookies: &[&str]| cookies.iter().map(|cookie| line("Cookie", cookie)).collect::<Vec<_>>();
    for (how, cookies) in [
        ("in one Cookie line", lines(&[&format!("{first}; {second}")])),
        ("in one Cookie line", lines(&[&format!("{second}; {first}")])),
        ("in two Cookie lines", lines(&[first, second])),
        ("in two Cookie lines", lines(&[second, first])),
    ] {
        if let Got::Reached(seen) = scene.stranger.get(&cookies)
            && scene.told(&seen).is_some()
        {
            report.add(Hole::Tossed, format!("of two sessions {how} one counted"));
        }
    }
}

fn stripped(scene: &Scene<'_>, report: &mut Report) {
    let names = scene.config.cookie_names();
    let mut look = |seen: &Seen| {
        for name in names.all() {
            let sent = format!("{name}=");
            let has = |(_, value): &&(String, String)| {
                value.split([';', ',']).any(|pair| pair.trim_start().starts_with(&sent))
            };
            if let Some((header, _)) = seen.headers.iter().find(has) {
                report.add(Hole::Cookies, format!("the cookie `{name}` reached the application, in `{header}`"));
            }
        }
    };
    look(&scene.plain);
    let secret = scene.signed_in.cookie.clone().unwrap_or_default();
    let more: Vec<String> =
        names.all().iter().filter(|name| **name != names.session()).map(|name| format!("{name}=d0c")).collect();
    for cookie in [
        format!("theme=dark; {secret}; lang=en"),
        format!("theme=dark;{secret};lang=en"),
        format!("theme=dark; {secret}; lang=en; {}", more.join("; ")),
        format!("{}; a=b; {secret}; c=d", more.join("; e=f; ")),
    ] {
        if let Got::Reached(seen) = scene.stranger.get(&[line("Cookie", &cookie)]) {
            look(&seen);
        }
    }
}
