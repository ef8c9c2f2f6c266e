//! A script that fails or is not there lets nobody pass.

use std::fs;
use std::process::Command;

use crate::apache::{BY_LUA, start};
use crate::site::{Plan, Proxy, Site};

/// The script fails before it has asked.
const EARLY: Proxy =
    Proxy { start: |plan| changed(plan, "local went_well", "error(\"a fault\") local went_well"), ..BY_LUA };

/// It fails when all is done but saying that somebody may pass.
const LATE: Proxy =
    Proxy { start: |plan| changed(plan, "    return apache2.OK\n", "    error(\"a fault\")\n"), ..BY_LUA };

/// It is no Lua.
const BROKEN: Proxy = Proxy { start: |plan| changed(plan, "require \"apache2\"", "require \"apache2\" ((("), ..BY_LUA };

/// It has no such function.
const OTHER: Proxy = Proxy { start: |plan| changed(plan, "function check(", "function other("), ..BY_LUA };

/// What is printed, with other words instead of these.
fn changed(plan: &Plan<'_>, words: &str, others: &str) -> Command {
    let command = start(plan);
    let script = plan.folder.join("vestibule.lua");
    let text = fs::read_to_string(&script).expect("it was printed");
    assert_eq!(text.matches(words).count(), 1, "{words}");
    fs::write(&script, text.replace(words, others)).expect("our own folder");
    command
}

#[test]
fn a_script_of_apache_that_fails_lets_nobody_pass() {
    for proxy in [&EARLY, &LATE, &BROKEN, &OTHER] {
        let Some(site) = Site::open(proxy, "a script that fails") else { return };
        let cookie = site.cookie_of("ada@example.com", &[]);
        for path in ["/a", "/public/a"] {
            let (reached, answer) = site.reaches(|| site.get(path, &[("Cookie", &cookie)]));
            assert!(!reached && answer.status == 500, "{} {}", answer.head, site.story());
        }
        assert!(site.story().contains("vestibule.lua"), "{}", site.story());
    }
}
