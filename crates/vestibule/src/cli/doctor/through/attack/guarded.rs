//! Is Vestibule asked at all, and does what it says count?

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::visitor::Got;
use crate::cli::{ask, reply};
use crate::control::Command;
use crate::control::explain::{By, Question};
use crate::explain::Outcome;

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    if scene.told(&scene.plain).is_none() {
        report.add(Hole::NotTold, "the application is not told who is signed in");
    }
    let book = &scene.config.rules;
    if book.file.is_none() && book.rules.rules().is_empty() {
        return;
    }
    // Only the running server knows which rules are in force.
    let url = format!("{}{}", scene.stranger.target.origin(), scene.stranger.usual_path());
    let question = Question { method: "GET".to_owned(), url, address: None, by: By::Nobody };
    match ask(scene.config, Command::Explain(question)).and_then(reply::explained) {
        Ok(explained) if explained.verdict != Outcome::Pass && !scene.nobody.is_refused() => {
            let rule = explained.rule.map_or_else(String::new, |rule| format!(" (rule {rule})"));
            report.add(Hole::Unguarded, format!("a stranger reached the application, whom the rules refuse{rule}"));
        }
        Ok(explained) if explained.verdict == Outcome::Pass && scene.nobody.is_refused() => {
            let got = scene.nobody.in_words();
            report.skip(format!("as a stranger: the rules let one pass, and the proxy does not ({got})"));
        }
        Ok(_) => {}
        Err(error) => report.skip(format!("whether the rules count: the server cannot be asked for them: {error:#}")),
    }
}

/// An ended session counts no more, on the very next request.
pub(in crate::cli::doctor::through) fn revoked(scene: &Scene<'_>, report: &mut Report) {
    if let Got::Reached(seen) = scene.signed_in.get(&[])
        && scene.told(&seen).is_some()
    {
        report.add(Hole::Revoked, "a session that was ended still counted on the next request");
    }
}
