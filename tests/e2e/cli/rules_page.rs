//! Every example of docs/rules.md is loaded, and every table there holds for the rules above it; the rules of other pages
//! are loaded too.

use std::fs;

use vestibule_tests::program::repository;
use vestibule_tests::server::{Setup, Vestibule};

/// The blocks of TOML, each with the file that its first line names.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let texts = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let named = |text| {
        let line = str::lines(text).next().and_then(|line| line.strip_prefix("# "));
        (line.unwrap_or_else(|| panic!("an example does not name its file: {text}")), text)
    };
    texts.map(named).collect()
}

fn load(vestibule: &Vestibule, name: &str, text: &str) {
    let folder = vestibule.folder();
    match name {
        "rules.toml" => {
            fs::write(folder.join("rules.toml"), text).expect("our own file");
            fs::write(folder.join("new-rules.toml"), text).expect("our own file");
            vestibule.cli(&["rules", "check", "rules.toml"]).expect_code(0);
        }
        "rules-test.toml" => {
            fs::write(folder.join(name), text).expect("our own file");
            let said = vestibule.cli(&["rules", "test", name, "--rules", "rules.toml"]);
            assert_eq!(said.code, 0, "{}{}\n{text}", said.out, said.err);
        }
        "vestibule.toml" => {
            fs::write(folder.join("trace-secret"), "0123456789abcdef0123456789abcdef\n").expect("our own file");
            fs::write(folder.join("example.toml"), text).expect("our own file");
            let mut command = vestibule.command(&["config", "check"]);
            command.args(["--config", "example.toml"]);
            vestibule_tests::process::run(&mut command, "").expect_code(0);
        }
        other => panic!("no example is a {other}"),
    }
}

#[test]
fn rules_that_others_come_to_are_loaded() {
    let vestibule = Setup::default().prepare();
    let mut found = 0;
    for page in ["coming-from-authelia", "coming-from-oauth2-proxy", "coming-from-authgear", "step-up", "remote-user"] {
        let page = fs::read_to_string(repository().join(format!("docs/{page}.md"))).expect("our own file");
        for text in page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let is_rules = text.trim_start().starts_with("[[rules]]");
            load(&vestibule, if is_rules { "rules.toml" } else { "vestibule.toml" }, text);
            found += 1;
        }
    }
    assert!(found > 1, "the examples were not found");
}

#[test]
fn every_example_of_the_page_is_loaded_and_holds() {
    let page = fs::read_to_string(repository().join("docs/rules.md")).expect("our own file");
    let vestibule = Setup::default().prepare();
    let blocks = blocks(&page);
    assert!(blocks.len() > 8, "the examples were not found");
    for (name, text) in blocks {
        load(&vestibule, name, text);
    }
}
