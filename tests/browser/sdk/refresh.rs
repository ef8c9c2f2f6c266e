//! Refreshing: access tokens, ID tokens and the proof that it is still the same person; two tabs at once, an answer that
//! is lost, and a token that was taken back.

use super::{EMAIL, House, Mode, Shape, in_both_modes};

#[test]
fn refresh_access_token() {
    in_both_modes(|house| {
        house.sign_in();
        let (access, refresh) = (house.access_token(), house.refresh_token());
        match house.mode {
            Mode::Token => {
                house.run("await sdk.refreshAccessToken()");
                assert_ne!(house.access_token(), access);
                assert_ne!(house.refresh_token(), refresh, "a public client's refresh tokens are rotated");
            }
            Mode::Cookie => {
                house.run("await sdk.refreshAccessTokenIfNeeded()");
                assert_eq!((house.access_token(), house.refresh_token()), (None, None), "nothing to do");
            }
        }
        assert_eq!(house.state(), house.signed_in());
        assert!(house.resolved().is_some());
    });
}

#[test]
fn refresh_id_token() {
    in_both_modes(|house| {
        house.sign_in();
        house.open_app();
        assert_eq!(house.run("return sdk.canReauthenticate()"), false, "a page that was just opened has no ID token");
        if house.mode == Mode::Token {
            house.run("await sdk.refreshAccessTokenIfNeeded()");
        }
        house.run("await sdk.refreshIDToken()");
        assert_eq!(house.run("return sdk.canReauthenticate()"), true);
        let claims = house.run("return JSON.parse(atob(sdk.getIDTokenHint().split('.')[1]))");
        assert_eq!(claims["sub"], *house.user_id(EMAIL));
        assert_eq!(house.run("return typeof sdk.getAuthTime().getTime()"), "number");
    });
}

/// `max_age=0`, with the ID token as a hint of who has to prove it.
#[test]
fn reauthenticate() {
    in_both_modes(|house| {
        house.sign_in();
        house.run("await sdk.refreshIDToken()");
        let time = "return sdk.getAuthTime().getTime()";
        let before = house.run(time).as_u64().expect("a time");
        let refresh = house.refresh_token();
        // The claim counts in whole seconds.
        vestibule_tests::wait::until("a second has passed", || {
            (house.run("return Date.now()").as_u64()? > before + 1000).then_some(())
        });
        house.leave(&format!("startReauthentication({})", house.back(", maxAge: 0")));
        assert!(house.browser.has("#password"), "the password is asked for: {}", house.browser.text());
        house.prove();
        let result = house.finish("finishReauthentication");
        assert_eq!(result["userInfo"]["sub"], *house.user_id(EMAIL));
        let after = house.run(time).as_u64().expect("a time");
        assert!(after > before, "{before} and then {after}");
        assert_eq!(house.refresh_token(), refresh, "the session goes on as it was");
        assert_eq!(house.state(), house.signed_in());
        if house.mode == Mode::Token {
            house.run("await sdk.refreshAccessToken()");
        }
        assert!(house.resolved().is_some());
    });
}

/// Both tabs have the same refresh token, and each of them uses it.
#[test]
fn two_tabs_that_refresh_at_once_stay_signed_in() {
    let house = House::new(Mode::Token, Shape::Path);
    house.sign_in();
    house.open_app();
    house.run(
        "window.other = window.open('/');\
         await new Promise(done => other.addEventListener('load', done));\
         await other.authgear.default.configure(\
           {clientID: sdk.clientID, endpoint: sdk.baseContainer.apiClient.endpoint, sessionType: 'refresh_token'})",
    );
    for round in 0..3 {
        house.run(
            "await Promise.all([sdk, other.authgear.default].map(async tab => {\
               await tab.refreshAccessToken(); await tab.fetchUserInfo(); }))",
        );
        for tab in ["sdk", "other.authgear.default"] {
            assert_eq!(house.run(&format!("return {tab}.sessionState")), "AUTHENTICATED", "round {round}, {tab}");
        }
    }
    house.open_app();
    assert_eq!(house.state(), "AUTHENTICATED");
    assert_eq!(house.run("return (await sdk.fetchUserInfo()).sub"), *house.user_id(EMAIL));
    assert!(house.resolved().is_some());
}

/// The server has rotated the token, and the page never heard of it.
#[test]
fn one_whose_reply_was_lost_stays_signed_in() {
    let house = House::new(Mode::Token, Shape::Path);
    house.sign_in();
    let refresh = house.refresh_token();
    house.run(&format!(
        "const reply = await fetch('{}', {{method: 'POST', credentials: 'include', body: new URLSearchParams({{\
           grant_type: 'refresh_token', client_id: 'spa', refresh_token: '{}'}})}});\
         if (reply.status !== 200) throw new Error(reply.status)",
        house.site.vestibule.url("/oauth2/token"),
        refresh.as_deref().expect("signed in")
    ));
    assert_eq!(house.refresh_token(), refresh, "it has heard of no other");
    house.run("await sdk.refreshAccessToken()");
    assert_ne!(house.refresh_token(), refresh);
    assert_eq!(house.state(), "AUTHENTICATED");
    assert_eq!(house.run("return (await sdk.fetchUserInfo()).sub"), *house.user_id(EMAIL));
    assert!(house.resolved().is_some());
}

#[test]
fn a_refresh_token_that_was_taken_back_is_no_session() {
    for revoke in ["operator", "application"] {
        let house = House::new(Mode::Token, Shape::Path);
        house.sign_in();
        if revoke == "operator" {
            house.site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        } else {
            house.run(&format!(
                "const reply = await fetch('{}', {{method: 'POST', body: new URLSearchParams({{token: '{}'}})}});\
                 if (reply.status !== 200) throw new Error(reply.status)",
                house.site.vestibule.url("/oauth2/revoke"),
                house.refresh_token().expect("signed in")
            ));
        }
        assert_eq!(house.resolved(), None, "{revoke}");
        let error = house.attempt("await sdk.refreshAccessToken()");
        assert_eq!(house.state(), "NO_SESSION", "{revoke}: {error:?}");
        assert_eq!(house.refresh_token(), None, "{revoke}");
        house.open_app();
        assert_eq!(house.state(), "NO_SESSION", "{revoke}");
    }
}

/// The answer by which the SDK learns between two refreshes that its session is over.
#[test]
fn user_info_of_a_session_that_is_over_is_no_session() {
    in_both_modes(|house| {
        house.sign_in();
        house.site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        let error = house.attempt("await sdk.fetchUserInfo()").expect_err("the session is over");
        assert_eq!(error["error"], "invalid_grant", "{error}");
        assert_eq!(house.state(), "NO_SESSION");
        assert_eq!(house.fetch().identity("user-id"), None);
    });
}
