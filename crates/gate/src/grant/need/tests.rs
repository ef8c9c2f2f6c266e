use proptest::prelude::*;

use super::{Present, Step, decide};
use crate::grant::authorize::AuthorizeRequest;
use crate::grant::examples::{client, parameters};
use crate::grant::kind::ClientKind;
use crate::grant::refused::ErrorCode;
use crate::id::UserId;
use crate::time::{Span, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const CONFIDENTIAL: ClientKind = ClientKind::Confidential;
const GRANT: Result<Step, ErrorCode> = Ok(Step::Grant);
const CONTINUE: Result<Step, ErrorCode> = Ok(Step::Continue);
const CONSENT: Result<Step, ErrorCode> = Ok(Step::Consent);

/// Somebody who signed in a minute ago.
fn somebody() -> Present {
    Present {
        user: UserId::parse("0190a5f8-7b7c-7d4e-8f00-0123456789ab").unwrap(),
        authenticated_at: NOW.minus(Span::from_seconds(60)),
        is_fresh: false,
        chosen: false,
        hinted: None,
        anonymous: false,
    }
}

fn fresh() -> Present {
    Present { is_fresh: true, ..somebody() }
}

const fn log_in(reauthenticate: bool, select: bool) -> Result<Step, ErrorCode> {
    Ok(Step::LogIn { reauthenticate, select })
}

fn asked(
    kind: ClientKind,
    further: &[(&str, &str)],
    present: Option<Present>,
    consented: bool,
) -> Result<Step, ErrorCode> {
    let client = client(kind);
    let request = AuthorizeRequest::read(&parameters(further), &client).unwrap();
    match decide(&request, &client, present.as_ref(), NOW, consented) {
        Step::Refuse(refused) => Err(refused.code),
        step => Ok(step),
    }
}

fn step(kind: ClientKind, further: &[(&str, &str)], present: Option<Present>) -> Result<Step, ErrorCode> {
    asked(kind, further, present, false)
}

/// The conformance suite's `server` and `prompt-login`.
#[test]
fn prompt_login_asks_again_and_once() {
    assert_eq!(step(CONFIDENTIAL, &[], None), log_in(false, false));
    assert_eq!(step(CONFIDENTIAL, &[], Some(somebody())), GRANT);
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "login")], Some(somebody())), log_in(true, false));
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "login")], None), log_in(true, false));
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "login")], Some(fresh())), GRANT);
    let chosen = Some(Present { chosen: true, ..somebody() });
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "login")], chosen), log_in(true, false), "a choice is no proof");
}

/// The conformance suite's `prompt-none-not-logged-in` and `prompt-none-logged-in`.
#[test]
fn prompt_none_shows_nothing() {
    for kind in [ClientKind::Spa, CONFIDENTIAL, ClientKind::ThirdParty] {
        assert_eq!(step(kind, &[("prompt", "none")], None), Err(ErrorCode::LoginRequired));
    }
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "none")], Some(somebody())), GRANT);
    assert_eq!(step(ClientKind::Spa, &[("prompt", "none")], Some(somebody())), GRANT);
    assert_eq!(step(ClientKind::ThirdParty, &[("prompt", "none")], Some(somebody())), Err(ErrorCode::ConsentRequired));
    assert_eq!(asked(ClientKind::ThirdParty, &[("prompt", "none")], Some(somebody()), true), GRANT);
    let too_old = [("prompt", "none"), ("max_age", "59")];
    assert_eq!(step(CONFIDENTIAL, &too_old, Some(somebody())), Err(ErrorCode::LoginRequired));
    let guest = Present { anonymous: true, ..somebody() };
    assert_eq!(step(ClientKind::Web, &[("prompt", "none")], Some(guest)), GRANT);
}

/// The conformance suite's `max-age-1` and `max-age-10000`.
#[test]
fn max_age_asks_again_when_the_proof_is_older() {
    for (max_age, expected) in [
        ("0", log_in(true, false)),
        ("1", log_in(true, false)),
        ("59", log_in(true, false)),
        ("60", GRANT),
        ("10000", GRANT),
    ] {
        assert_eq!(step(CONFIDENTIAL, &[("max_age", max_age)], Some(somebody())), expected, "{max_age}");
        assert_eq!(step(CONFIDENTIAL, &[("max_age", max_age)], Some(fresh())), GRANT, "{max_age}");
    }
    assert_eq!(step(CONFIDENTIAL, &[("max_age", &u64::MAX.to_string())], Some(somebody())), GRANT);
    let just_now = Present { authenticated_at: NOW, ..somebody() };
    assert_eq!(step(CONFIDENTIAL, &[("max_age", "0")], Some(just_now)), log_in(true, false), "0 means always");
    let never = Present { authenticated_at: Timestamp::NEVER, ..somebody() };
    assert_eq!(step(CONFIDENTIAL, &[("max_age", "10000")], Some(never)), log_in(true, false));
    let chosen = Some(Present { chosen: true, ..somebody() });
    assert_eq!(step(ClientKind::Spa, &[("max_age", "59")], chosen), log_in(true, false), "a choice is no proof");
}

/// The conformance suite's `id-token-hint`.
#[test]
fn a_hint_of_somebody_else_is_never_granted() {
    let hinted = |present, is| Some(Present { hinted: Some(is), ..present });
    for kind in [ClientKind::Spa, CONFIDENTIAL] {
        assert_eq!(step(kind, &[("prompt", "none")], hinted(somebody(), true)), GRANT);
        assert_eq!(step(kind, &[], hinted(somebody(), true)), GRANT);
        assert_eq!(step(kind, &[("prompt", "none")], hinted(somebody(), false)), Err(ErrorCode::LoginRequired));
        assert_eq!(step(kind, &[], hinted(somebody(), false)), log_in(false, true));
        assert_eq!(step(kind, &[("max_age", "0")], hinted(somebody(), true)), log_in(true, false));
        assert_eq!(step(kind, &[("max_age", "0")], hinted(fresh(), true)), GRANT);
        assert_eq!(step(kind, &[], hinted(fresh(), false)), Err(ErrorCode::LoginRequired), "no endless loop");
    }
}

#[test]
fn a_person_says_which_account_is_meant() {
    let chosen = Present { chosen: true, ..somebody() };
    for kind in [ClientKind::Spa, ClientKind::Web, ClientKind::Native] {
        assert_eq!(step(kind, &[], Some(somebody())), CONTINUE, "{kind}");
        assert_eq!(step(kind, &[], Some(chosen)), GRANT, "{kind}");
        assert_eq!(step(kind, &[], Some(fresh())), GRANT, "{kind}");
    }
    for kind in [ClientKind::Spa, CONFIDENTIAL] {
        let select = [("prompt", "select_account")];
        assert_eq!(step(kind, &select, Some(somebody())), CONTINUE, "{kind}");
        assert_eq!(step(kind, &select, Some(chosen)), GRANT, "{kind}");
        assert_eq!(step(kind, &select, None), log_in(false, true), "{kind}");
        let known = Present { hinted: Some(true), ..somebody() };
        assert_eq!(step(kind, &select, Some(known)), CONTINUE, "{kind}");
        assert_eq!(step(kind, &[("prompt", "select_account login")], Some(chosen)), log_in(true, true), "{kind}");
    }
}

/// OAuth 2.1 section 7.9; the conformance suite's `refresh-token` sends `prompt=consent`.
#[test]
fn a_third_party_is_granted_nothing_that_was_not_allowed() {
    for present in [somebody(), fresh()] {
        assert_eq!(step(ClientKind::ThirdParty, &[], Some(present)), CONSENT);
        assert_eq!(asked(ClientKind::ThirdParty, &[], Some(present), true), GRANT);
        assert_eq!(step(CONFIDENTIAL, &[("prompt", "consent")], Some(present)), CONSENT);
        assert_eq!(asked(CONFIDENTIAL, &[("prompt", "consent")], Some(present), true), GRANT);
        assert_eq!(step(CONFIDENTIAL, &[], Some(present)), GRANT, "our own are not asked about");
    }
    assert_eq!(step(ClientKind::Spa, &[("prompt", "consent")], Some(somebody())), CONTINUE, "who, before what");
    assert_eq!(asked(ClientKind::ThirdParty, &[], None, true), log_in(false, false));
    assert_eq!(
        asked(ClientKind::ThirdParty, &[("prompt", "login consent")], Some(somebody()), true),
        log_in(true, false)
    );
}

#[test]
fn without_single_sign_on_an_older_session_is_not_there() {
    let alone = ("x_sso_enabled", "false");
    let known = Present { chosen: true, hinted: Some(true), ..somebody() };
    for present in [None, Some(somebody()), Some(known)] {
        assert_eq!(step(ClientKind::Spa, &[alone], present), log_in(false, false));
        assert_eq!(step(ClientKind::Spa, &[alone, ("prompt", "none")], present), Err(ErrorCode::LoginRequired));
        assert_eq!(step(ClientKind::Spa, &[alone, ("max_age", "0")], present), log_in(true, false));
    }
    assert_eq!(step(ClientKind::Spa, &[alone], Some(fresh())), GRANT);
}

#[test]
fn a_guest_is_offered_an_account() {
    let guest = Present { anonymous: true, ..somebody() };
    assert_eq!(step(ClientKind::Web, &[], Some(guest)), log_in(false, false));
    assert_eq!(step(ClientKind::Web, &[], Some(Present { hinted: Some(true), ..guest })), GRANT);
    assert_eq!(step(ClientKind::Web, &[], Some(Present { is_fresh: true, ..guest })), GRANT);
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "create")], Some(somebody())), log_in(false, false));
    assert_eq!(step(CONFIDENTIAL, &[("prompt", "create")], Some(fresh())), GRANT);
}

prop_compose! {
    fn anybody()(age in 0_i64..200, is_fresh: bool, chosen: bool, hinted: Option<bool>, anonymous: bool) -> Present {
        Present { authenticated_at: NOW.minus(Span::from_seconds(age)), is_fresh, chosen, hinted, anonymous, ..somebody() }
    }
}

proptest! {
    #[test]
    fn nothing_is_granted_that_a_rule_forbids(
        kind in prop::sample::select(&ClientKind::ALL[..5]),
        prompt in "(none|(login)?( consent)?( select_account)?( create)?)",
        max_age in prop::option::of(0_u64..200),
        sso: bool,
        present in prop::option::of(anybody()),
        consented: bool,
    ) {
        let max_age_text = max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
        let further = [("prompt", prompt.as_str()), ("max_age", &max_age_text), ("x_sso_enabled", if sso { "true" } else { "false" })];
        let step = asked(kind, &further, present, consented);
        prop_assert!(prompt != "none" || step == GRANT || step.is_err(), "prompt=none showed a page");
        if step == GRANT {
            let present = present.unwrap();
            let age = NOW.since(present.authenticated_at).seconds().unsigned_abs();
            prop_assert!(present.hinted != Some(false), "somebody else");
            prop_assert!(sso || present.is_fresh, "an older session");
            prop_assert!(present.is_fresh || !prompt.contains("login"), "no new proof");
            prop_assert!(present.is_fresh || max_age.is_none_or(|most| most > 0 && age <= most), "too old");
            prop_assert!(consented || kind.is_first_party() && !prompt.contains("consent"), "no consent");
        }
        let done = Present { is_fresh: true, chosen: true, hinted: None, ..somebody() };
        prop_assert_eq!(asked(kind, &further, Some(done), true), GRANT, "there is an end");
    }
}
