//! Reads a configuration of nginx and what it includes, and finds what makes it unsafe before Vestibule. Knows the mistake
//! of the file that is published for Authgear, and its hole.

mod door;
mod files;
mod headers;
mod question;
mod statements;
mod tree;

use std::path::Path;

use self::tree::Tree;
use super::finding::{Finding, Weight};
use crate::config::Config;

/// What there is to say of this file.
pub(super) fn look(config: &Config, file: &Path) -> Vec<Finding> {
    let tree = files::read(file);
    let wrong = |(place, text): &(tree::Place, String)| Finding::wrong(place.to_string(), text.clone());
    let mut findings: Vec<Finding> = tree.problems.iter().map(wrong).collect();
    findings.extend(question::look(config, &tree));
    findings.extend(door::look(config, &tree));
    findings.extend(switches(&tree));
    findings.extend(headers::look(config, &tree));
    let file = file.display();
    let is_sound = findings.iter().all(|finding| finding.weight != Weight::Wrong);
    if is_sound && tree.asking().next().is_none() {
        let text =
            "nothing in it asks Vestibule: there is no `auth_request`; if it is a part of another file, name that";
        findings.push(Finding::note(file.to_string(), text));
    } else if is_sound {
        findings.push(Finding::fine(match tree.files {
            0 | 1 => format!("{file} handles every identity header"),
            files => format!("{file}, with the {} files that it includes, handles every identity header", files - 1),
        }));
    }
    findings
}

/// What nginx does with names before anybody has set or deleted one.
fn switches(tree: &Tree) -> Vec<Finding> {
    let bad = [("underscores_in_headers", "on"), ("ignore_invalid_headers", "off")];
    let found = tree.statements.iter().filter(|at| bad.contains(&(at.name(), at.word(1))));
    found
        .map(|at| {
            let text = format!(
                "`{} {}` lets names such as `X_User_Id` through, which applications read as identity headers, to every \
                 server that shares an address with this one; remove the line",
                at.name(),
                at.word(1)
            );
            Finding::wrong(at.place.to_string(), text)
        })
        .collect()
}

#[cfg(test)]
mod tests;
