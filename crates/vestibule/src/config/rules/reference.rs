//! What the reference says of rules.

use std::fmt::Write as _;

use super::keys::{CONDITIONS, Key, PATHS, RULE};

/// The sections on rules, behind those of the settings.
pub(in crate::config) fn reference() -> String {
    let mut out = String::new();
    section(&mut out, "`[[rules]]`", RULES_DOC, &RULE);
    section(&mut out, "`allow = { ... }` of a rule", CONDITIONS_DOC, &CONDITIONS);
    section(&mut out, "`[paths.\"app.example.com\"]`", PATHS_DOC, &PATHS);
    out
}

fn section(out: &mut String, title: &str, doc: &str, keys: &[Key]) {
    let _ = write!(out, "\n## {title}\n\n{doc}\n");
    for Key { name, takes, doc } in keys {
        let _ = write!(out, "\n### `{name}`\n\n{doc}\n\n- Takes: {takes}\n");
    }
}

const RULES_DOC: &str = "\
Who may make which request, for the doors that decide ([rules.md](rules.md)). They stand in this file, or in the one that \
`rules` names. The first rule in the order of the file that fits host, path and method decides; what no rule fits is refused. \
Without any rules every user may pass who is not a guest.";

const CONDITIONS_DOC: &str = "\
All conditions of a table must hold, and it has at least one. A table lets somebody pass who is signed in, and guests only \
if it says so.";

const PATHS_DOC: &str = "\
How paths of a host are read, exactly or with `*.` for all hosts below one. It stands where the rules stand.";
