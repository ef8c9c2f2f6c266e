//! What a restore means, as docs/operations/cluster.md says.

use vestibule_tests::postgres;

use super::{EMAIL, on, setup};

#[test]
fn what_was_revoked_since_a_backup_lives_again_and_revoke_all_ends_it() {
    let node = setup("backed_up", "a").start();
    node.add_user(EMAIL, &[]);
    let secret = node.create_session(EMAIL);
    let dump = postgres::shared().dump("backed_up");
    node.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
    assert!(!node.is_live(&secret));

    let careless = on(&postgres::shared().restored(&dump, "restored_carelessly"), "a").start();
    assert!(careless.is_live(&secret), "this is why it has to be ended again");

    let mut node = on(&postgres::shared().restored(&dump, "restored_with_care"), "a").prepare();
    node.cli(&["session", "revoke", "--all"]).expect_code(0);
    node.start();
    assert!(!node.is_live(&secret));
}
