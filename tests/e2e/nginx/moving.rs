//! A site that moves from Authgear: its people with their ids and password hashes, and its nginx file with the
//! addresses changed. Nobody but the browsers notices, and those only because everybody signs in once more.

use std::fs;

use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

/// `correct horse battery staple`, made with Go's `golang.org/x/crypto/bcrypt` v0.58.0 over `crypto/sha512`, which is
/// what Authgear is made of: bcrypt of the 64 bytes of the SHA-512 digest.
const BCRYPT_SHA512: &str = "$bcrypt-sha512$$2a$10$oX0sydTY2.z6E6XriTTza.hzOaX.4Oc.yq1CDserlpAIQ/0iGwH0S";
const ID: &str = "018f6b8e-2f6a-7b1c-9c3d-0123456789ab";

#[test]
fn people_who_come_from_authgear_keep_their_id_and_their_password() {
    let site = Site::published(Setup::default(), true);
    let file = site.vestibule.folder().join("people.jsonl");
    let line = format!("{{\"id\":\"{ID}\",\"email\":\"ada@example.com\",\"password_hash\":\"{BCRYPT_SHA512}\"}}\n");
    fs::write(&file, line).expect("our own folder");
    site.vestibule.cli(&["user", "import", file.to_str().expect("a plain path")]).expect_code(0);
    assert_eq!(site.vestibule.person().try_sign_in("ada@example.com", "correct horse battery stapler").status, 422);
    // Twice: the first sign-in hashes anew, and the new hash must do as well.
    for _ in 0..2 {
        let cookie = format!("session={}", site.vestibule.person().sign_in("ada@example.com").session());
        assert_eq!(site.user_seen_for(&cookie).as_deref(), Some(ID));
    }
}

#[test]
fn an_operator_s_password_must_be_as_strong_as_anybody_s() {
    let site = Site::published(Setup::default(), false);
    site.vestibule.add_user("ada@example.com", &[]);
    for command in [&["user", "add", "bob@example.com"], &["user", "password", "ada@example.com"]] {
        let said =
            site.vestibule.cli_with(&[command, &["--password-stdin"][..]].concat(), "password1\n").expect_code(1);
        assert!(said.err.contains("[password] min_score") && !said.err.contains("password1"), "{}", said.err);
    }
    site.vestibule.person().sign_in("ada@example.com");
    site.vestibule.cli(&["user", "show", "bob@example.com"]).expect_code(1);
}
