//! The doors at which nginx asks: whether anybody asks for the rules, and whether a door that decides is told, by nginx
//! and not by the client, what it decides about.

use super::tree::{Statement, Tree};
use crate::cli::doctor::finding::Finding;
use crate::config::Config;

/// What each dialect needs.
const DIALECTS: [(&str, &[&str]); 2] = [
    ("nginx", &["X-Original-Method", "X-Original-URL"]),
    ("forwarded", &["X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"]),
];

/// What is wrong with how the rules are asked for.
pub(super) fn look(config: &Config, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut decides = false;
    for location in tree.all("location") {
        let inside = path_of(location);
        for (dialect, names) in DIALECTS.into_iter().filter(|(dialect, _)| asks_at(tree, &inside, dialect)) {
            decides = true;
            findings.extend(untold(tree, location, &inside, (dialect, names)));
        }
    }
    if !decides && config.has_rules() {
        findings.extend(tree.questions().first().map(|question| nobody_asks(question)));
    }
    findings.extend(unanswered(tree));
    findings
}

fn path_of(location: &Statement) -> Vec<usize> {
    location.block.iter().copied().chain(location.opens).collect()
}

/// Whether a door of this dialect is named in a location, in whatever way the address is put together.
fn asks_at(tree: &Tree, inside: &[usize], dialect: &str) -> bool {
    let doors = [format!("/_resolver/check/{dialect}"), format!("/_resolver/forward/{dialect}")];
    let names = |at: &Statement| at.words.iter().any(|word| doors.iter().any(|door| word.contains(door.as_str())));
    tree.statements
        .iter()
        .any(|at| at.block == inside && ["proxy_pass", "rewrite", "set"].contains(&at.name()) && names(at))
}

/// A door that is not told what it decides about, or is told by the client, or by what nginx has made of the path.
fn untold(tree: &Tree, location: &Statement, inside: &[usize], (dialect, names): (&str, &[&str])) -> Vec<Finding> {
    let lines = tree.holding(inside, "proxy_set_header");
    let line = |name: &str| lines.iter().find(|line| line.word(1).eq_ignore_ascii_case(name));
    let missing: Vec<&str> = names.iter().copied().filter(|name| line(name).is_none()).collect();
    let mut findings = Vec::new();
    if !missing.is_empty() {
        let text = format!(
            "the door `{dialect}` is asked here without {}, and refuses what it is not told; set them, as `vestibule \
             proxy-config nginx --ask check` prints it",
            missing.join(" and ")
        );
        findings.push(Finding::wrong(location.place.to_string(), text));
    }
    for line in names.iter().filter_map(|name| line(name)) {
        let own = format!("$http_{}", line.word(1).to_ascii_lowercase().replace('-', "_"));
        let value = line.word(2);
        if value.contains(&own) {
            let text = format!("{} is what the client says it asks for; say it with nginx's variables", line.word(1));
            findings.push(Finding::wrong(line.place.to_string(), text));
        }
        if ["$uri", "$document_uri"].iter().any(|decoded| value.contains(decoded)) {
            let text = format!(
                "{} has the path as nginx has decoded it, and the application gets another; write $request_uri",
                line.word(1)
            );
            findings.push(Finding::wrong(line.place.to_string(), text));
        }
    }
    findings
}

/// Rules that hold nowhere.
fn nobody_asks(question: &Statement) -> Finding {
    let text = "vestibule.toml has rules, and nobody in this file asks for them: `/_resolver/resolve` says who somebody is \
                and refuses nobody; print it anew with `vestibule proxy-config nginx --ask check`";
    Finding::wrong(question.place.to_string(), text)
}

/// A way to the application that asks a door that decides, where a person who must sign in sees a bare 401.
fn unanswered(tree: &Tree) -> Vec<Finding> {
    let decides = |asks: &&Statement| {
        let path = asks.word(1);
        let question = tree.questions().into_iter().find(|question| {
            tree.server_of(question) == tree.server_of(asks)
                && question.words.last().is_some_and(|word| word.trim_start_matches('=') == path)
        });
        question.is_some_and(|question| DIALECTS.iter().any(|(dialect, _)| asks_at(tree, &path_of(question), dialect)))
    };
    let is_bare = |asks: &&Statement| {
        let pages = tree.holding(&asks.block, "error_page");
        !pages.iter().any(|page| page.words.iter().any(|word| word == "401"))
    };
    let text = "whoever must sign in gets a bare 401 here, and no browser is sent to the sign-in page; print it anew with \
                `vestibule proxy-config nginx --ask check`, which has an `error_page 401` for it";
    tree.asking().filter(decides).filter(is_bare).map(|asks| Finding::note(asks.place.to_string(), text)).collect()
}
