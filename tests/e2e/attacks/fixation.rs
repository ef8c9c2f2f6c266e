//! Session fixation: a session that somebody planted never becomes the victim's.

use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

fn open() -> Vestibule {
    let vestibule = Setup::default().config("[signup]\nenabled = true\n[anonymous]\nenabled = true").start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.add_user("eve@example.com", &[]);
    vestibule
}

fn user_of(vestibule: &Vestibule, secret: &str) -> Option<String> {
    let answer = vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
    answer.identity("user-id").map(str::to_owned)
}

#[test]
fn a_planted_session_is_ended_by_the_sign_in_and_not_taken_over() {
    let vestibule = open();
    let planted = vestibule.person().sign_in("eve@example.com").session();
    let mut victim = vestibule.person();
    victim.set_cookie("session", &planted);
    let own = victim.sign_in(EMAIL).session();
    assert_ne!(own, planted);
    assert!(!vestibule.is_live(&planted), "the session that the request named goes on");
    assert!(vestibule.is_live(&own));
}

#[test]
fn a_made_up_session_is_not_adopted() {
    let vestibule = open();
    let made_up = format!("vbs_{}", "A".repeat(48));
    let mut victim = vestibule.person();
    victim.set_cookie("session", &made_up);
    assert_ne!(victim.sign_in(EMAIL).session(), made_up);
    assert!(!vestibule.is_live(&made_up));
}

#[test]
fn every_sign_in_has_a_new_secret() {
    let vestibule = open();
    let mut ada = vestibule.person();
    let first = ada.sign_in(EMAIL).session();
    let second = ada.sign_in(EMAIL).session();
    assert_ne!(first, second);
    assert!(!vestibule.is_live(&first) && vestibule.is_live(&second), "the same person again: the old secret is dead");
    let list = vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out;
    assert_eq!(list.matches("\"id\"").count(), 1, "and it is the same session: {list}");
}

#[test]
fn a_planted_guest_session_does_not_own_the_account_that_grows_out_of_it() {
    let vestibule = open();
    let mut planter = vestibule.person();
    assert_eq!(planter.post("/login/guest", &[]).status, 303);
    let planted = planter.session();
    let guest = user_of(&vestibule, &planted);
    assert!(guest.is_some());
    let mut victim = vestibule.person();
    victim.set_cookie("session", &planted);
    let fields = [("name", "V"), ("email", "victim@example.com"), ("password", PASSWORD)];
    assert_eq!(victim.post("/signup", &fields).status, 303);
    assert!(!vestibule.is_live(&planted), "who planted it would own the new account");
    assert_eq!(user_of(&vestibule, &victim.session()), guest, "the guest's id, and its data, stay");
}

#[test]
fn a_guest_who_signs_in_to_an_account_is_not_merged_into_it() {
    let vestibule = open();
    let mut guest = vestibule.person();
    assert_eq!(guest.post("/login/guest", &[]).status, 303);
    let before = guest.session();
    let guest_id = user_of(&vestibule, &before);
    let own = guest.sign_in(EMAIL).session();
    assert!(!vestibule.is_live(&before));
    assert_ne!(user_of(&vestibule, &own), guest_id);
}

#[test]
fn a_guest_may_start_fresh() {
    let vestibule = open();
    let mut guest = vestibule.person();
    assert_eq!(guest.post("/login/guest", &[]).status, 303);
    let before = guest.session();
    let guest_id = user_of(&vestibule, &before);
    let fields = [("name", "V"), ("email", "v@example.com"), ("password", PASSWORD), ("start_fresh", "on")];
    assert_eq!(guest.post("/signup", &fields).status, 303);
    assert!(!vestibule.is_live(&before));
    assert_ne!(user_of(&vestibule, &guest.session()), guest_id);
}

#[test]
fn a_password_change_ends_every_other_session() {
    let vestibule = open();
    let thief = vestibule.person().sign_in(EMAIL).session();
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    let fields = [("current_password", PASSWORD), ("new_password", "a new horse and battery")];
    assert_eq!(ada.post("/settings/password", &fields).status, 303);
    assert!(!vestibule.is_live(&thief));
    assert!(vestibule.is_live(&ada.session()), "the one who changed it stays signed in");
}
