//! The house rules that a tool can check: which crate may know which, how long a file may be, which names mean that
//! the idea was not found, and what must not be in a public repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use vestibule_tests::program::repository;

/// Files between 300 and 500 lines, each with the one idea that is so long.
const LONG: &[(&str, &str)] = &[("crates/ledger/src/changes/tests.rs", "what each change promises, side by side")];

/// Where the prefix of the identity headers may be spelled besides `gate/verdict.rs`, tests and comments.
const SPELLS_THE_PREFIX: &[(&str, &str)] = &[
    ("examples/sample-app/src/visitor.rs", "an application has to know the names it reads"),
    ("tests/src/lib.rs", "a test that takes the names from the product cannot see that they changed"),
];

#[test]
fn gate_decides_without_a_runtime_a_store_or_a_wire() {
    let known = dependencies("vestibule-gate");
    for wall in ["tokio", "sqlx", "sqlx-core", "axum", "hyper", "mio", "async-std", "libsqlite3-sys", "rand"] {
        assert!(!known.contains(wall), "vestibule-gate depends on {wall}: it decides and nothing else");
    }
    assert!(known.contains("uuid"), "the graph was not read");
}

#[test]
fn vestibule_speaks_and_leaves_the_truth_to_the_ledger() {
    let own = direct_dependencies("vestibule");
    for wall in ["sqlx", "libsqlite3-sys", "rusqlite"] {
        assert!(!own.contains(wall), "vestibule depends on {wall}: only the ledger reads and changes the truth");
    }
    assert!(own.contains("vestibule-ledger"), "the graph was not read");
}

#[test]
fn every_package_obeys_the_lints_of_the_house() {
    for file in files().into_iter().filter(|file| file.file_name().is_some_and(|name| name == "Cargo.toml")) {
        let text = read(&file);
        let is_root_or_fuzz = text.contains("[workspace]");
        assert!(is_root_or_fuzz || text.contains("[lints]\nworkspace = true"), "{}: no [lints]", shown(&file));
    }
}

#[test]
fn no_file_has_two_ideas() {
    for file in sources() {
        let lines = read(&file).lines().count();
        let limit = if LONG.iter().any(|(long, _)| *long == shown(&file)) { 500 } else { 300 };
        assert!(lines <= limit, "{} has {lines} lines; where is the second idea?", shown(&file));
    }
}

#[test]
fn no_room_is_called_util() {
    let unnamed = ["util", "utils", "common", "core", "types", "helpers", "helper", "misc"];
    for file in sources() {
        for part in Path::new(&shown(&file)).with_extension("").iter().filter_map(|part| part.to_str()) {
            assert!(!unnamed.contains(&part), "{}: `{part}` is not a name, it is a drawer", shown(&file));
        }
        for line in read(&file).lines() {
            let name = line.trim().trim_start_matches("pub ").strip_prefix("mod ").unwrap_or_default();
            let name = name.trim_end_matches([';', '{', ' ']);
            assert!(!unnamed.contains(&name), "{}: `mod {name}` is not a name, it is a drawer", shown(&file));
        }
    }
}

#[test]
fn the_header_prefix_is_spelled_in_one_place() {
    for file in sources() {
        let name = shown(&file);
        let is_test = name.contains("/tests/") || name.ends_with("tests.rs") || name.starts_with("tests/");
        let may = name == "crates/gate/src/verdict.rs" || SPELLS_THE_PREFIX.iter().any(|(own, _)| *own == name);
        if is_test || may {
            continue;
        }
        let text = read(&file);
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in product.lines().enumerate() {
            let code = line.trim_start();
            let spelled = !code.starts_with("//") && code.to_ascii_lowercase().contains("x-authgear-");
            assert!(!spelled, "{name}:{}: the prefix is configurable; take it from HeaderPrefix", number + 1);
        }
    }
}

#[test]
fn nothing_says_where_it_was_written() {
    let here = repository().to_string_lossy().into_owned();
    for file in files() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        // The root of a container's file system (`/app`) is a word that documents use.
        let told = here.matches('/').count() > 1 && text.contains(&here);
        assert!(!told, "{} contains the path of this checkout", shown(&file));
        for folder in ["/home/", "/Users/"] {
            let told = text.contains(folder) && !file.ends_with("house.rs");
            assert!(!told, "{} contains a path under {folder}", shown(&file));
        }
    }
}

#[test]
fn packages_come_from_the_public_registries_and_from_nowhere_else() {
    let lock = read(&repository().join("Cargo.lock"));
    for line in lock.lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(line, "source = \"registry+https://github.com/rust-lang/crates.io-index\"");
    }
    for lock in ["tests/package-lock.json", "tests/clients/package-lock.json"] {
        let npm = read(&repository().join(lock));
        assert!(!npm.contains("\"resolved\""), "{lock} names a host; see tests/README.md");
    }
}

/// `docs/attacks.md` promises a test for each attack by its name, and `docs/conformance.md` one for each row.
#[test]
fn every_attack_and_every_row_has_the_test_that_the_documents_name() {
    let code: String = sources().iter().map(|file| read(file)).collect();
    for document in ["docs/attacks.md", "docs/conformance.md"] {
        let text = read(&repository().join(document));
        let named = tests_named_in(&text);
        assert!(named.len() > 50, "the rows of {document} were not read");
        for test in named {
            assert!(code.contains(&format!("fn {test}(")), "{document} names `{test}`, which is no test");
        }
    }
}

/// What real proxies do, and what was published against others, has its row.
#[test]
fn no_hazard_and_no_advisory_is_forgotten() {
    let text = read(&repository().join("docs/attacks.md"));
    let rows: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|row| row.split(", "))
        .collect();
    let hazards = (1..=22).map(|number| format!("H{number}"));
    for row in hazards.chain((1..=35).map(|number| format!("ATK{number}"))) {
        assert!(rows.contains(row.as_str()), "docs/attacks.md has no row {row}");
    }
}

/// A test that carries a row's name has its row.
#[test]
fn no_row_of_conformance_is_forgotten() {
    let text = read(&repository().join("docs/conformance.md"));
    let rows = |letter: char, last: u32| (1..=last).map(move |number| format!("{letter}{number}"));
    for row in rows('K', 10).chain(rows('O', 41)).chain(rows('L', 5)).chain(rows('S', 24)) {
        assert!(text.contains(&format!("\n| {row} | ")), "docs/conformance.md has no row {row}");
    }
    let named = tests_named_in(&text);
    for file in sources().iter().filter(|file| shown(file).starts_with("tests/e2e/oauth/")) {
        for test in read(file)
            .lines()
            .filter_map(|line| line.strip_prefix("fn ")?.split_once('(').map(|(name, _)| name.to_owned()))
        {
            assert!(!is_row(&test) || named.contains(test.as_str()), "docs/conformance.md does not name {test}");
        }
    }
}

fn tests_named_in(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let quoted = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let is_test = |word: &&str| {
        word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    };
    quoted.filter(is_test).filter(|word| word.matches('_').count() >= 2 || is_row(word)).collect()
}

/// Whether a word begins like a row of `docs/conformance.md`: `o18_`.
fn is_row(word: &str) -> bool {
    let number = word.strip_prefix(['k', 'o', 'l', 's']).and_then(|rest| rest.split_once('_'));
    number.is_some_and(|(digits, _)| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Every package that a package needs, at any depth; tests and build scripts of others aside.
fn dependencies(package: &str) -> BTreeSet<String> {
    let graph = graph();
    let mut known = BTreeSet::new();
    let mut open = vec![package.to_owned()];
    while let Some(next) = open.pop() {
        for name in graph.get(&next).into_iter().flatten() {
            if known.insert(name.clone()) {
                open.push(name.clone());
            }
        }
    }
    known
}

/// What people copy from a page was run: the examples are, by `make test-clients`.
#[test]
fn the_documents_quote_what_is_tested() {
    let page = read(&repository().join("docs/assertion.md"));
    for (language, file) in [("python", "python/app.py"), ("js", "node/app.mjs"), ("go", "go/main.go")] {
        let quoted = page.split_once(&format!("```{language}\n")).and_then(|(_, rest)| rest.split_once("```"));
        let (quoted, _) = quoted.unwrap_or_else(|| panic!("docs/assertion.md quotes no {language}"));
        let example = read(&repository().join("examples/assertion").join(file));
        assert!(example.contains(quoted), "docs/assertion.md and examples/assertion/{file} differ:\n{quoted}");
    }
}

fn direct_dependencies(package: &str) -> BTreeSet<String> {
    graph().remove(package).unwrap_or_default()
}

/// From the name of each package to the names that it depends on when it runs.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = ["metadata", "--format-version", "1", "--locked"];
    let output = Command::new(cargo).args(metadata).current_dir(repository()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let name = |id: &Value| names.get(&text(id)).cloned().unwrap_or_default();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let normal = |dependency: &&Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let needs = list(&node["deps"]).iter().filter(normal).map(|dependency| name(&dependency["pkg"])).collect();
        graph.insert(name(&node["id"]), needs);
    }
    graph
}

fn sources() -> Vec<PathBuf> {
    files().into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Every file of the repository that is not made by a build or a run.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![repository().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("our own repository").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let made = [".git", "target", "node_modules", "run", "corpus", "artifacts"].contains(&name.as_str());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !made => open.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

fn shown(file: &Path) -> String {
    file.strip_prefix(repository()).unwrap_or(file).to_string_lossy().into_owned()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
