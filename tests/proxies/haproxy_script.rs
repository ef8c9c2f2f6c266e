//! H18: HAProxy goes on with the next line when a script fails, so the next line has to refuse.

use std::fs;
use std::process::Command;

use crate::haproxy::{BY_LUA, start};
use crate::site::{Plan, Proxy, Site};

/// The script fails before it has asked.
const EARLY: Proxy = Proxy { start: |plan| failing(plan, "local status, headers = ask(txn, told)"), ..BY_LUA };

/// It fails when all is done but saying that somebody may pass.
const LATE: Proxy = Proxy { start: |plan| failing(plan, "txn:set_var(\"txn.vestibule\", \"may pass\")"), ..BY_LUA };

/// What is printed, with an error instead of this line.
fn failing(plan: &Plan<'_>, line: &str) -> Command {
    let command = start(plan);
    let script = plan.folder.join("vestibule.lua");
    let text = fs::read_to_string(&script).expect("it was printed");
    assert_eq!(text.matches(line).count(), 1, "{line}");
    fs::write(&script, text.replace(line, "error(\"a fault\")")).expect("our own folder");
    command
}

#[test]
fn a_script_that_fails_lets_nobody_pass() {
    for proxy in [&EARLY, &LATE] {
        let Some(site) = Site::open(proxy, "a script that fails") else { return };
        let cookie = site.cookie_of("ada@example.com", &[]);
        for path in ["/a", "/public/a"] {
            let (reached, answer) = site.reaches(|| site.get(path, &[("Cookie", &cookie)]));
            assert!(!reached && answer.status == 503, "{} {}", answer.head, site.story());
        }
        assert!(site.story().contains("a fault"), "{}", site.story());
    }
}
