//! What a restore means, as docs/operations/cluster.md says.

use std::path::Path;
use std::process::Command;

use vestibule_tests::{postgres, process};

use super::{EMAIL, setup};

fn run(tool: &mut Command) {
    process::run(tool, "").expect_code(0);
}

/// Puts what a dump holds in the place of what the database holds.
fn restore(database: &str, dump: &Path) {
    let postgres = postgres::shared();
    run(postgres.tool("dropdb").args(["--force", database]));
    run(postgres.tool("createdb").arg(database));
    run(postgres.tool("pg_restore").arg("--dbname").arg(database).arg(dump));
}

#[test]
fn what_was_revoked_since_a_backup_lives_again_and_revoke_all_ends_it() {
    let mut node = setup("restored", "a").start();
    node.add_user(EMAIL, &[]);
    let secret = node.create_session(EMAIL);
    let dump = node.folder().join("vestibule.dump");
    run(postgres::shared().tool("pg_dump").args(["--format=custom", "--file"]).arg(&dump).arg("restored"));
    node.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
    assert!(!node.is_live(&secret));

    node.stop();
    restore("restored", &dump);
    node.start();
    assert!(node.is_live(&secret), "this is why it has to be ended again");

    node.stop();
    restore("restored", &dump);
    node.cli(&["session", "revoke", "--all"]).expect_code(0);
    node.start();
    assert!(!node.is_live(&secret));
}
