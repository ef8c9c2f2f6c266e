//! `vestibule user import FILE`: people who come from elsewhere keep their id and their password; a bad line is named
//! and nothing is half done.

use std::fs;

use vestibule_tests::server::{Setup, Vestibule};

use super::{running_and_stopped, up};

/// bcrypt (cost 4) of `correct horse battery staple`.
const BCRYPT: &str = "$2b$04$qgrzRuB3JPo2zd4yQCPAceBRPBuwSboGyHiTil2nlrbifBwDvbx/y";
/// Argon2id (m=64, t=1, p=1) of the same.
const ARGON2ID: &str = "$argon2id$v=19$m=64,t=1,p=1$8mQG7qfTvXLHFM34V8y/cQ$lQEPsXVzePCzAmz/Wc2ohy/oX8l6AAj2bW/s3sd3tCQ";
const ID: &str = "018f6b8e-2f6a-7b1c-9c3d-0123456789ab";

fn import(vestibule: &Vestibule, lines: &str) -> vestibule_tests::process::Said {
    let file = vestibule.folder().join("users.jsonl");
    fs::write(&file, lines).expect("our own folder");
    vestibule.cli(&["user", "import", file.to_str().expect("a plain path")])
}

#[test]
fn people_from_elsewhere_keep_their_id_and_their_password() {
    for running in [true, false] {
        let vestibule = if running { Setup::default().start() } else { Setup::default().prepare() };
        let lines = format!(
            "{{\"id\":\"{ID}\",\"email\":\"b@example.com\",\"name\":\"B\",\"verified\":true,\"roles\":[\"r\"],\"password_hash\":\"{BCRYPT}\"}}\n\
             {{\"email\":\"a@example.com\",\"password_hash\":\"{ARGON2ID}\"}}\n\
             {{\"email\":\"n@example.com\"}}\n"
        );
        import(&vestibule, &lines).expect_code(0);
        let vestibule = up(vestibule, running);
        // Twice: the first sign-in hashes anew, and the new hash must do as well.
        for _ in 0..2 {
            let secret = vestibule.person().sign_in("b@example.com").session();
            let answer = vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
            assert_eq!(answer.identity("user-id"), Some(ID));
            assert_eq!(answer.identity("user-roles"), Some("r"));
            assert_eq!(answer.identity("user-verified"), Some("true"));
            vestibule.person().sign_in("a@example.com");
        }
        assert_eq!(vestibule.person().try_sign_in("b@example.com", "wrong").status, 422);
        for nothing in ["", "none", "null"] {
            assert_eq!(
                vestibule.person().try_sign_in("n@example.com", nothing).status,
                422,
                "no password opens nothing"
            );
        }
    }
}

#[test]
fn a_bad_line_is_named_and_nothing_is_half_done() {
    running_and_stopped(|vestibule| {
        vestibule.add_user("taken@example.com", &[]);
        for bad in [
            "{",
            "{\"email\":\"no\"}",
            "{\"email\":\"x@example.com\",\"surprise\":1}",
            "{\"email\":\"TAKEN@example.com\"}",
            "{\"email\":\"good@example.com\"}",
            "{\"email\":\"x@example.com\",\"roles\":[\"Not A Role\"]}",
            "{\"email\":\"x@example.com\",\"password_hash\":\"md5:abc\"}",
            "{\"email\":\"x@example.com\",\"id\":\"1\"}",
        ] {
            let said = import(&vestibule, &format!("{{\"email\":\"good@example.com\"}}\n{bad}\n")).expect_code(1);
            assert!(said.err.contains('2'), "{bad}: the line is not named: {}", said.err);
            vestibule.cli(&["user", "show", "good@example.com"]).expect_code(1);
        }
    });
}
