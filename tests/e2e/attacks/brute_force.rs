//! Brute force: limits by account and by address, never for everybody, and never against the owner on a browser that
//! they have used before.

use vestibule_tests::person::Person;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

fn limited() -> Vestibule {
    let setup = Setup::default().config(
        "[limits]\nsign_in_per_account = 4\nsign_in_per_device = 4\nsign_in_per_address = 12\nsign_in_window = \"1h\"\n\
         [proxies]\ntrusted = [\"127.0.0.1/32\"]",
    );
    let vestibule = setup.start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.add_user("bob@example.com", &[]);
    vestibule
}

/// Somebody at another address of the internet.
fn at(vestibule: &Vestibule, address: &str) -> Person {
    let mut person = vestibule.person();
    person.headers.push(("X-Forwarded-For".to_owned(), address.to_owned()));
    person
}

#[test]
fn guessing_at_one_account_is_stopped_wherever_it_comes_from() {
    let vestibule = limited();
    // Every spelling of an address is the same account.
    let spellings = [EMAIL, "ADA@example.com", " ada@EXAMPLE.com ", "Ada@Example.Com"];
    for (n, spelling) in spellings.iter().enumerate() {
        assert_eq!(at(&vestibule, &format!("192.0.2.{n}")).try_sign_in(spelling, "a guess").status, 422);
    }
    let stopped = at(&vestibule, "192.0.2.99").try_sign_in(EMAIL, "a guess");
    assert_eq!(stopped.status, 429, "{}", stopped.head);
    let wait: u32 = stopped.header("retry-after").expect("when to come back").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    let right = at(&vestibule, "192.0.2.98").try_sign_in(EMAIL, PASSWORD);
    assert_eq!(right.status, 429, "a right guess must not shine through the limit");
}

#[test]
fn the_limit_reads_the_same_for_an_account_that_does_not_exist() {
    let vestibule = limited();
    let statuses = |email: &str, net: u8| -> Vec<u16> {
        (0..6).map(|n| at(&vestibule, &format!("198.51.{net}.{n}")).try_sign_in(email, "a guess").status).collect()
    };
    assert_eq!(statuses(EMAIL, 1), statuses("nobody@example.com", 2));
}

#[test]
fn others_are_not_locked_out() {
    let vestibule = limited();
    for n in 0..8 {
        at(&vestibule, &format!("192.0.2.{n}")).try_sign_in(EMAIL, "a guess");
    }
    at(&vestibule, "203.0.113.1").sign_in("bob@example.com");
    // 300 made-up names from as many addresses lock nobody.
    for n in 0..300 {
        at(&vestibule, &format!("203.0.{}.{}", n / 250, n % 250)).try_sign_in(&format!("x{n}@example.com"), "a guess");
    }
    at(&vestibule, "203.0.113.2").sign_in("bob@example.com");
}

#[test]
fn the_owner_gets_in_on_a_browser_that_they_have_used_before() {
    let vestibule = limited();
    let mut ada = at(&vestibule, "203.0.113.7");
    ada.sign_in(EMAIL);
    assert!(ada.cookie("device").is_some(), "no device cookie");
    assert_eq!(ada.post("/logout", &[]).status, 303);
    for n in 0..8 {
        at(&vestibule, &format!("192.0.2.{n}")).try_sign_in(EMAIL, "a guess");
    }
    assert_eq!(
        at(&vestibule, "192.0.2.77").try_sign_in(EMAIL, PASSWORD).status,
        429,
        "the account is not under attack"
    );
    ada.sign_in(EMAIL);
}

#[test]
fn a_device_cookie_is_worth_nothing_at_another_account() {
    let vestibule = limited();
    let mut eve = at(&vestibule, "203.0.113.7");
    eve.sign_in("bob@example.com");
    let device = eve.cookie("device").unwrap().to_owned();
    for n in 0..4 {
        at(&vestibule, &format!("192.0.2.{n}")).try_sign_in(EMAIL, "a guess");
    }
    let mut guess = at(&vestibule, "203.0.113.8");
    guess.set_cookie("device", &device);
    assert_eq!(guess.try_sign_in(EMAIL, "a guess").status, 429);
    let mut made_up = at(&vestibule, "203.0.113.9");
    made_up.set_cookie("device", &format!("x{}", &device[1..]));
    assert_eq!(made_up.try_sign_in(EMAIL, "a guess").status, 429);
    assert!(!vestibule.is_live(&device), "a device cookie is not an authentication");
}

#[test]
fn guessing_from_one_address_is_stopped() {
    let vestibule = limited();
    let statuses: Vec<u16> = (0..14)
        .map(|n| at(&vestibule, "192.0.2.1").try_sign_in(&format!("u{n}@example.com"), "a guess").status)
        .collect();
    assert!(statuses[..12].iter().all(|status| *status == 422), "{statuses:?}");
    assert_eq!(statuses[12..], [429, 429]);
    at(&vestibule, "192.0.2.2").sign_in("bob@example.com");
}

#[test]
fn ipv6_addresses_count_by_their_network() {
    let vestibule = limited();
    let statuses: Vec<u16> = (0..13)
        .map(|n| {
            at(&vestibule, &format!("2001:db8::{n:x}:1")).try_sign_in(&format!("u{n}@example.com"), "a guess").status
        })
        .collect();
    assert_eq!(statuses[12], 429, "{statuses:?}");
    at(&vestibule, "2001:db8:0:1::1").sign_in("bob@example.com");
}

#[test]
fn an_untrusted_peer_cannot_choose_its_address() {
    let setup = Setup::default().config("[limits]\nsign_in_per_address = 3");
    let vestibule = setup.start();
    let statuses: Vec<u16> = (0..5)
        .map(|n| at(&vestibule, &format!("192.0.2.{n}")).try_sign_in(&format!("u{n}@example.com"), "a guess").status)
        .collect();
    assert_eq!(statuses[3..], [429, 429], "{statuses:?}");
    let told = vestibule.log().lines().filter(|line| line.to_lowercase().contains("x-forwarded-for")).count();
    assert_eq!(told, 1, "the operator is told once which line to add");
}

#[test]
fn the_current_password_cannot_be_guessed_from_a_stolen_session() {
    let vestibule = Setup::default().config("[limits]\nconfirm_per_user = 3").start();
    vestibule.add_user(EMAIL, &[]);
    let mut thief = vestibule.person();
    thief.sign_in(EMAIL);
    let mut guess = |guess: &str| {
        let fields = [("current_password", guess), ("new_password", "a new horse and battery")];
        thief.post("/settings/password", &fields).status
    };
    let statuses: Vec<u16> = (0..4).map(|_| guess("a guess")).collect();
    assert_eq!(statuses, [422, 422, 422, 429]);
    assert_eq!(guess(PASSWORD), 429);
}

#[test]
fn guests_and_new_accounts_are_limited_by_address() {
    let setup = Setup::default().config(
        "[signup]\nenabled = true\n[anonymous]\nenabled = true\n[limits]\nsign_up_per_address = 2\nguest_per_address = 2\n\
         [proxies]\ntrusted = [\"127.0.0.1/32\"]",
    );
    let vestibule = setup.start();
    let guest = |address: &str| at(&vestibule, address).post("/login/guest", &[]).status;
    assert_eq!([guest("192.0.2.1"), guest("192.0.2.1"), guest("192.0.2.1"), guest("192.0.2.2")], [303, 303, 429, 303]);
    let sign_up = |address: &str, n: u8| {
        let email = format!("new{n}@example.com");
        at(&vestibule, address).post("/signup", &[("name", "N"), ("email", &email), ("password", PASSWORD)]).status
    };
    let statuses = [sign_up("192.0.2.1", 1), sign_up("192.0.2.1", 2), sign_up("192.0.2.1", 3), sign_up("192.0.2.2", 4)];
    assert_eq!(statuses, [303, 303, 429, 303]);
}
