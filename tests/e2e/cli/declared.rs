//! Clients that the configuration file declares: there from the start, changed by a reload, and by no command.

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::wait;

const SHOP: &str =
    "[[clients]]\nid = \"shop\"\nkind = \"spa\"\nredirect_uris = [\"https://shop.example.com/callback\"]\n";
const JOBS: &str = "[[clients]]\nid = \"jobs\"\nkind = \"machine\"\nsecret_file = \"secret\"\n";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn clients(vestibule: &Vestibule) -> Vec<Value> {
    let list = vestibule.cli(&["client", "list", "--json"]).expect_code(0).out;
    list.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn ids(vestibule: &Vestibule) -> Vec<String> {
    clients(vestibule).iter().filter_map(|client| client["client_id"].as_str().map(str::to_owned)).collect()
}

/// Changes the file, and reloads it.
fn rewrite(vestibule: &mut Vestibule, from: &str, to: &str) {
    let file = vestibule.config_file();
    let text = fs::read_to_string(&file).expect("our own file");
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).expect("our own file");
    vestibule.process().signal(Signal::HUP);
}

#[test]
fn a_declared_client_is_there_and_no_command_changes_it() {
    let mut vestibule = Setup::default().config(SHOP).config(JOBS).prepare();
    let refused = vestibule.cli(&["config", "check"]).expect_code(1);
    assert!(
        refused.err.contains("vestibule.toml:") && refused.err.contains("clients[1].secret_file"),
        "{}",
        refused.err
    );
    fs::write(vestibule.folder().join("secret"), format!("{SECRET}\n")).expect("our own folder");
    vestibule.cli(&["config", "check"]).expect_code(0);
    vestibule.start();
    let all = clients(&vestibule);
    assert_eq!(ids(&vestibule), ["jobs", "shop"]);
    assert_eq!((&all[0]["declared"], &all[1]["declared"]), (&json!(true), &json!(true)));
    for change in [
        &["client", "set", "shop", "--name", "x"][..],
        &["client", "delete", "shop"],
        &["client", "secret", "rotate", "jobs"],
    ] {
        let said = vestibule.cli(change).expect_code(1);
        assert!(said.err.contains("the configuration file declares this client"), "{}", said.err);
    }
    let shown = vestibule.cli(&["config", "show"]).expect_code(0);
    assert!(shown.out.contains("clients[0].redirect_uris"), "{}", shown.out);
    assert!(!shown.out.contains(SECRET) && !vestibule.log().contains(SECRET));
}

#[test]
fn a_reload_changes_what_is_declared_and_leaves_what_was_added() {
    let mut vestibule = Setup::default().config(SHOP).start();
    vestibule.cli(&["client", "add", "added", "--kind", "machine"]).expect_code(0);
    rewrite(&mut vestibule, "id = \"shop\"", "id = \"shop\"\nname = \"The shop\"");
    wait::until("the client has its new name", || {
        clients(&vestibule).iter().any(|client| client["name"] == "The shop").then_some(())
    });
    rewrite(&mut vestibule, "kind = \"spa\"", "kind = \"spar\"");
    wait::until("the bad file is refused", || vestibule.log().contains("clients[0].kind").then_some(()));
    rewrite(&mut vestibule, "kind = \"spar\"", "kind = \"spa\"");
    assert_eq!(ids(&vestibule), ["added", "shop"]);
    rewrite(&mut vestibule, "id = \"shop\"", "id = \"store\"");
    wait::until("the client has its new id", || (ids(&vestibule) == ["added", "store"]).then_some(()));
}
