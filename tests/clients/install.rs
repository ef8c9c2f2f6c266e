//! Installs the clients into `target/clients`, with their versions as the lock files say, when these have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use vestibule_tests::program::{repository, target};

/// The oldest Node.js that the libraries take. Debian 12 has an older one.
const NODE: u32 = 20;

/// A script that Node.js runs with the packages of `package-lock.json`; or why it cannot be run here.
pub(crate) fn node(script: &str) -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        has_node().then(|| {
            let folder = installed("node", &sources(), PACKAGES, npm_ci);
            // A script finds its packages beside itself.
            for file in fs::read_dir(sources()).expect("our own folder").flatten().map(|entry| entry.path()) {
                if file.extension().is_some_and(|extension| extension == "mjs") {
                    fs::copy(&file, folder.join(file.file_name().unwrap_or_default())).expect("our own folder");
                }
            }
            folder
        })
    });
    let folder = folder.as_ref().ok_or(NO_NODE)?;
    let mut command = Command::new("node");
    command.arg(folder.join(script));
    Ok(command)
}

/// A script that Python runs with the packages of `requirements.txt`; or why it cannot be run here.
pub(crate) fn python(script: &str) -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| has_venv().then(|| installed("python", &sources(), REQUIREMENTS, pip_install)));
    let folder = folder.as_ref().ok_or(NO_VENV)?;
    let mut command = Command::new(folder.join("venv/bin/python"));
    command.arg(sources().join(script));
    Ok(command)
}

/// The application of `examples/assertion/node`.
pub(crate) fn node_example() -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let files = [PACKAGES, &["app.mjs"]].concat();
    let folder = FOLDER.get_or_init(|| has_node().then(|| installed("node-example", &example("node"), &files, npm_ci)));
    let mut command = Command::new("node");
    command.arg(folder.as_ref().ok_or(NO_NODE)?.join("app.mjs"));
    Ok(command)
}

/// The application of `examples/assertion/python`.
pub(crate) fn python_example() -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let install = || installed("python-example", &example("python"), REQUIREMENTS, pip_install);
    let folder = FOLDER.get_or_init(|| has_venv().then(install)).as_ref().ok_or(NO_VENV)?;
    let mut command = Command::new(folder.join("venv/bin/python"));
    command.arg("-u").arg(example("python").join("app.py"));
    Ok(command)
}

/// The application of `examples/assertion/go`.
pub(crate) fn go_example() -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let has_go = || says(Command::new("go").arg("version")).is_some();
    let folder = FOLDER.get_or_init(|| {
        has_go().then(|| {
            installed("go-example", &example("go"), &["go.mod", "go.sum", "main.go"], |folder| {
                run(Command::new("go").args(["build", "-o", "app", "."]).current_dir(folder));
            })
        })
    });
    Ok(Command::new(folder.as_ref().ok_or("it needs Go")?.join("app")))
}

/// Radicale, which the test of `[headers.extra]` signs in to.
pub(crate) fn radicale() -> Result<Command, &'static str> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let install = || installed("radicale", &sources().join("radicale"), REQUIREMENTS, pip_install);
    let folder = FOLDER.get_or_init(|| has_venv().then(install)).as_ref().ok_or(NO_VENV)?;
    Ok(Command::new(folder.join("venv/bin/radicale")))
}

const PACKAGES: &[&str] = &["package.json", "package-lock.json"];
const REQUIREMENTS: &[&str] = &["requirements.txt"];
const NO_NODE: &str = "it needs Node.js 20 or later, and npm";
const NO_VENV: &str = "it needs python3 with venv (Debian: python3-venv)";

fn npm_ci(folder: &Path) {
    run(Command::new("npm").args(["ci", "--silent", "--ignore-scripts"]).current_dir(folder));
}

fn pip_install(folder: &Path) {
    run(Command::new("/usr/bin/python3").args(["-m", "venv", "venv"]).current_dir(folder));
    let pip = ["install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"];
    run(Command::new(folder.join("venv/bin/pip")).args(pip).current_dir(folder));
}

fn sources() -> PathBuf {
    repository().join("tests/clients")
}

fn example(language: &str) -> PathBuf {
    repository().join("examples/assertion").join(language)
}

fn has_venv() -> bool {
    says(Command::new("/usr/bin/python3").args(["-c", "import ensurepip, venv"])).is_some()
}

fn has_node() -> bool {
    let version = says(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    major.is_some_and(|major: u32| major >= NODE) && says(Command::new("npm").arg("--version")).is_some()
}

/// A folder with copies of these files from another; made anew when they are other ones.
fn installed(name: &str, from: &Path, files: &[&str], install: impl FnOnce(&Path)) -> PathBuf {
    let folder = target().join("clients").join(name);
    let is_same = |file: &&str| fs::read(folder.join(file)).ok() == fs::read(from.join(file)).ok();
    if folder.join("installed").exists() && files.iter().all(is_same) {
        return folder;
    }
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    for file in files {
        fs::copy(from.join(file), folder.join(file)).expect("the target folder can be written");
    }
    install(&folder);
    fs::write(folder.join("installed"), "").expect("the target folder can be written");
    folder
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// What a program prints; `None` when it is not there or fails.
fn says(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
