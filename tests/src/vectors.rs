//! The vectors of `tests/vectors`: requests, who makes them, and the verdicts; see the README there. Whoever decides runs
//! through all of them, so that no door says anything else than another.

mod question;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use question::{Dialect, Question};

use crate::program::repository;

/// A topic.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The file's name without its ending.
    #[serde(skip)]
    pub topic: String,
    /// What it is about.
    pub about: String,
    /// What stands in `vestibule.toml` of rules and paths.
    #[serde(default)]
    pub configuration: String,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// A request and its verdict.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it protects.
    pub name: String,
    /// As the client sent it.
    #[serde(default = "get")]
    pub method: String,
    /// How the client came.
    #[serde(default = "https")]
    pub scheme: String,
    /// As the client sent it.
    #[serde(default = "app")]
    pub host: String,
    /// Path and query, as the client sent them.
    #[serde(default = "root")]
    pub target: String,
    /// What else the client sent, names and values. `{ada}` is to be replaced by the secret of that credential.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Where the client is.
    pub address: Option<String>,
    /// Whose credential comes along; nobody's if `None`.
    pub who: Option<String>,
    /// What is wrong with the proxy's description.
    pub change: Option<Change>,
    /// What is decided.
    pub verdict: Verdict,
    /// Whose identity the application is told, if not that of `who`; `nobody` for none.
    #[serde(rename = "as")]
    pub told: Option<String>,
    /// The name of the rule that decides.
    pub rule: Option<String>,
    /// What has to be proved again.
    pub step_up: Option<StepUp>,
    /// The scopes that are missing.
    pub scopes: Option<String>,
    /// Whether a browser shows the answer.
    #[serde(default)]
    pub navigates: bool,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 200.
    Permit,
    /// 401, or 302 for a browser at `forward`.
    SignIn,
    /// 403.
    Refuse,
    /// 401 with what to prove, or 302.
    StepUp,
    /// 403 at `check`, 400 at `forward`.
    Unreadable,
}

/// What has to be proved again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepUp {
    /// In seconds.
    pub max_age: Option<u64>,
    /// Methods.
    pub amr: Vec<String>,
}

/// What a proxy's description of the request does wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Change {
    /// A header is not there.
    Missing {
        /// The piece that it says.
        missing: Piece,
    },
    /// A header is there twice.
    Repeated {
        /// The piece that it says.
        repeated: Piece,
        /// What it says the second time.
        value: String,
    },
    /// Another header is there, too, whose name differs in its marks.
    Beside {
        /// The piece that it would say.
        beside: Piece,
        /// What stands for `-`.
        mark: String,
        /// What it says.
        value: String,
    },
    /// The header's name has other marks.
    Instead {
        /// The piece that it would say.
        instead: Piece,
        /// What stands for `-`.
        mark: String,
    },
}

/// A piece of what a proxy tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// The method.
    Method,
    /// The scheme.
    Scheme,
    /// The host.
    Host,
    /// Path and query.
    Target,
}

/// Somebody who makes requests, with one credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Somebody {
    /// Guests have none.
    pub email: Option<String>,
    /// Whether the address is verified.
    pub verified: bool,
    /// A guest.
    pub anonymous: bool,
    /// Roles.
    pub roles: Vec<String>,
    /// How they signed in.
    pub amr: Vec<String>,
    /// How many seconds ago.
    pub authenticated_ago: u64,
    /// The credential is this token, and a cookie session otherwise.
    pub token: Option<Token>,
}

/// An access token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Whom it was issued to.
    pub client: String,
    /// What for.
    pub scopes: Vec<String>,
    /// Whether it speaks for its user as a whole.
    #[serde(default)]
    pub whole: bool,
}

/// All topics, in the order of their names.
///
/// # Panics
/// When a file is not as the README says; with the place.
pub fn suites() -> Vec<Suite> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).expect("our own folder").map(|entry| entry.expect("our own file").path()).collect();
    files.sort();
    let is_topic = |file: &PathBuf| file.extension().is_some_and(|end| end == "toml") && !file.ends_with("people.toml");
    let named = |file: PathBuf| {
        let topic = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        Suite { topic, ..read::<Suite>(&file) }
    };
    files.into_iter().filter(is_topic).map(named).collect()
}

/// Everybody, by name.
///
/// # Panics
/// When the file is not as the README says; with the place.
pub fn people() -> BTreeMap<String, Somebody> {
    read(&folder().join("people.toml"))
}

fn folder() -> PathBuf {
    repository().join("tests/vectors")
}

fn read<T: DeserializeOwned>(file: &PathBuf) -> T {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn get() -> String {
    "GET".to_owned()
}

fn https() -> String {
    "https".to_owned()
}

fn app() -> String {
    "app.example.com".to_owned()
}

fn root() -> String {
    "/".to_owned()
}
