//! Other people's clients from npm, as they are published, each with its exact version in `tests/clients/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::program::{repository, target};

/// The source of Authgear's SDK for browsers, as a script that sets `authgear`.
///
/// # Panics
/// When it cannot be installed.
pub fn sdk() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = installed("sdk").join("@authgear/web/dist/authgear-web.iife.js");
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

/// Installs a folder of `tests/clients/` into the target folder, and says where its packages are.
fn installed(name: &str) -> PathBuf {
    let from = repository().join("tests/clients").join(name);
    let to = target().join("clients").join(name);
    let same = |file: &str| fs::read(from.join(file)).ok() == fs::read(to.join(file)).ok();
    if !same("package-lock.json") || !to.join("node_modules").exists() {
        fs::create_dir_all(&to).expect("the target folder is ours");
        copy(&from, &to, "package.json");
        copy(&from, &to, "package-lock.json");
        let npm =
            Command::new("npm").args(["ci", "--silent", "--ignore-scripts", "--no-audit"]).current_dir(&to).status();
        let status = npm.unwrap_or_else(|error| panic!("npm cannot be started: {error}; `make test` installs it"));
        if !status.success() {
            _ = fs::remove_file(to.join("package-lock.json"));
            panic!("npm ci failed in {}; npm needs its registry the first time", to.display());
        }
    }
    to.join("node_modules")
}

fn copy(from: &Path, to: &Path, file: &str) {
    fs::copy(from.join(file), to.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
}
