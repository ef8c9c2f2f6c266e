//! User enumeration: an unknown address and a wrong password look the same in status, body and time.

use std::time::Duration;

use vestibule_tests::http::Response;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};
use vestibule_tests::wait;

#[test]
fn an_unknown_user_and_a_wrong_password_look_the_same() {
    let vestibule = Setup::default().start();
    vestibule.add_user("known@example.com", &[]);
    vestibule.add_user("disabl@example.com", &[]);
    vestibule.cli(&["user", "disable", "disabl@example.com"]).expect_code(0);
    let ask = |email: &str| vestibule.person().try_sign_in(email, "not the password");
    let known = ask("known@example.com");
    assert_eq!(known.status, 422);
    for other in ["nobody@example.com", "disabl@example.com"] {
        let answer = ask(other);
        assert_eq!(answer.status, known.status, "{other}");
        assert_eq!(shape(&answer, other), shape(&known, "known@example.com"), "{other}");
    }
}

/// The whole answer with the address and what is new in each answer taken out.
fn shape(answer: &Response, email: &str) -> (Vec<String>, String) {
    let fresh =
        |name: &str| ["date", "x-request-id", "content-length"].iter().any(|own| name.eq_ignore_ascii_case(own));
    let headers =
        answer.headers.iter().filter(|(name, _)| !fresh(name)).map(|(name, value)| format!("{name}: {value}"));
    let escaped = email.replace('@', "&#64;");
    let id = answer.header("x-request-id").unwrap_or("-none-");
    let body = answer.text().replace(email, "EMAIL").replace(&escaped, "EMAIL").replace(id, "ID");
    (headers.collect(), body)
}

#[test]
fn an_unknown_user_costs_as_much_time_as_a_known_one() {
    // Hashing dominates at this cost, so that a busy machine does not blur what is measured.
    let setup = Setup::default().config(
        "[password]\nmemory_kib = 65536\niterations = 4\n[limits]\nsign_in_per_account = 1000\nsign_in_per_address = 1000",
    );
    let vestibule = setup.start();
    vestibule.add_user("known@example.com", &[]);
    let known = median(&vestibule, "known@example.com");
    let unknown = median(&vestibule, "nobody@example.com");
    let page = wait::measured(|| vestibule.person().get("/login")).1;
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "unknown {unknown:?}, known {known:?}");
    assert!(known > page * 2, "hashing takes no time here ({known:?}, a page {page:?}): nothing was measured");
}

fn median(vestibule: &Vestibule, email: &str) -> Duration {
    let mut times: Vec<Duration> =
        (0..7).map(|_| wait::measured(|| vestibule.person().try_sign_in(email, "not the password")).1).collect();
    times.sort();
    times[times.len() / 2]
}

#[test]
fn a_disabled_user_is_told_so_only_after_the_right_password() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    vestibule.cli(&["user", "disable", "ada@example.com"]).expect_code(0);
    let wrong = vestibule.person().try_sign_in("ada@example.com", "not the password").text();
    let right = vestibule.person().try_sign_in("ada@example.com", PASSWORD);
    assert_ne!(right.status, 303);
    assert_ne!(wrong, right.text(), "the owner is told nothing either");
}
