//! Where the programs under test are. They are built once in a run, into the target folder and with the profile of
//! the test itself, so that plain `cargo test -p vestibule-tests NAME` never tests a stale binary.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent")
}

/// The binary `vestibule`.
pub fn vestibule() -> PathBuf {
    built().join("vestibule")
}

/// The binary of the version before, which `VESTIBULE_BEFORE` names (`scripts/before` builds one); `None` where there is
/// none.
pub fn before() -> Option<PathBuf> {
    env::var_os("VESTIBULE_BEFORE").map(|program| repository().join(program))
}

/// The sample application.
pub fn sample_app() -> PathBuf {
    built().join("sample-app")
}

/// The folder with the binaries; built on the first call. `VESTIBULE_BIN_DIR` names one that is built already.
fn built() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        if let Some(folder) = env::var_os("VESTIBULE_BIN_DIR") {
            return repository().join(folder);
        }
        let profile = profile();
        let target = target();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(repository()).args(["build", "--quiet", "--package", "vestibule", "--package", "sample-app"]);
        cargo.arg("--target-dir").arg(target);
        match profile.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => {}
            Some(other) => _ = cargo.args(["--profile", other]),
        }
        let status = cargo.status().expect("cargo can be started");
        assert!(status.success(), "the programs under test do not build");
        profile
    })
}

/// The target folder.
///
/// # Panics
/// When the test was moved out of it.
pub fn target() -> PathBuf {
    profile().parent().expect("a profile folder lies in a target folder").to_owned()
}

fn profile() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    test.parent().and_then(Path::parent).expect("a test lies in target/PROFILE/deps").to_owned()
}
