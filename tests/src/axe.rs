//! axe-core in the page: every page and state must have no violation. The version is pinned in `tests/package.json`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::browser::Browser;

/// Checks the page that the browser shows.
///
/// # Panics
/// With each violation and the elements that have it.
#[track_caller]
pub fn check(browser: &Browser, state: &str) {
    browser.script(source());
    let found = browser.script_async(
        "const done = arguments[arguments.length - 1];\
         axe.run(document, {resultTypes: ['violations']}).then(\
           r => done(r.violations.map(v => v.id + ': ' + v.help + '\\n    ' + v.nodes.map(n => n.html).join('\\n    '))),\
           e => done(['axe failed: ' + e]));",
    );
    let found: Vec<String> = serde_json::from_value(found).expect("axe answers with a list of texts");
    assert!(found.is_empty(), "{state} ({}): axe-core found\n  {}", browser.url(), found.join("\n  "));
}

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = folder.join("node_modules/axe-core/axe.min.js");
        if !file.exists() {
            let npm = Command::new("npm").args(["ci", "--silent", "--ignore-scripts"]).current_dir(folder).status();
            assert!(npm.is_ok_and(|status| status.success()), "npm ci failed in tests/; `make test` installs npm");
        }
        fs::read_to_string(file).expect("npm ci installed axe-core")
    })
}
