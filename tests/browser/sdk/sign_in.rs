//! configure, startAuthentication and finishAuthentication, fetchUserInfo, fetch, prompt: login, and logout.

use super::{EMAIL, House, Mode, Shape, in_both_modes};

#[test]
fn configure() {
    in_both_modes(|house| {
        let stranger = match house.mode {
            Mode::Token => "NO_SESSION",
            Mode::Cookie => "UNKNOWN",
        };
        assert_eq!(house.state(), stranger);
        assert_eq!(house.fetch().identity_like(), [], "nobody is signed in");
        house.sign_in();
        house.open_app();
        assert_eq!(house.state(), house.signed_in(), "after a reload");
        assert!(house.fetch().identity("user-id").is_some());
    });
}

#[test]
fn authenticate_and_finish() {
    for (mode, shape) in [
        (Mode::Token, Shape::Path),
        (Mode::Token, Shape::Hosts),
        (Mode::Cookie, Shape::Path),
        (Mode::Cookie, Shape::Hosts),
    ] {
        let house = House::new(mode, shape);
        let id = house.user_id(EMAIL);
        let result = house.sign_in();
        assert_eq!(result["userInfo"]["sub"], *id, "{mode:?} {shape:?}");
        assert_eq!(result["state"], "a state", "{mode:?} {shape:?}");
        assert_eq!(house.state(), house.signed_in());
        assert_eq!(house.resolved(), Some(id), "{mode:?} {shape:?}");
        // Without single sign-on the refresh token stands alone: nobody is signed in at our own pages by it.
        assert_eq!(house.browser.cookie("session").is_some(), mode == Mode::Cookie, "{mode:?} {shape:?}");
        assert_eq!(house.refresh_token().is_some(), mode == Mode::Token, "{mode:?} {shape:?}");
    }
}

#[test]
fn fetch_user_info() {
    in_both_modes(|house| {
        house.sign_in();
        let info = house.run("return await sdk.fetchUserInfo()");
        assert_eq!(info["sub"], *house.user_id(EMAIL));
        assert_eq!((&info["email"], &info["emailVerified"]), (&EMAIL.into(), &true.into()), "{info:#}");
        assert_eq!((&info["isAnonymous"], &info["isVerified"]), (&false.into(), &true.into()), "{info:#}");
        assert_eq!((&info["canReauthenticate"], &info["roles"][0]), (&true.into(), &"editor".into()), "{info:#}");
        assert_eq!(info["name"], "Ada", "{info:#}");
    });
}

#[test]
fn fetch_of_the_application() {
    in_both_modes(|house| {
        house.sign_in();
        let seen = house.fetch();
        assert_eq!(seen.identity("session-valid"), Some("true"), "{}", seen.head);
        assert_eq!(seen.identity("user-id"), Some(&*house.user_id(EMAIL)));
        assert_eq!(seen.identity("user-roles"), Some("editor"));
        assert_eq!(seen.identity("session-amr"), Some("pwd"));
        let client = (house.mode == Mode::Token).then_some("spa");
        assert_eq!(seen.identity("oauth-client-id"), client, "{}", seen.head);
    });
}

/// With `prompt: login` somebody who is signed in signs in again, and the old session gives way to the new one.
#[test]
fn prompt_login() {
    in_both_modes(|house| {
        house.sign_in();
        let before = house.browser.cookie("session");
        house.leave(&format!("startAuthentication({})", house.back(", prompt: 'login'")));
        assert!(house.browser.has("#password"), "the password is asked for: {}", house.browser.text());
        house.prove();
        let result = house.finish("finishAuthentication");
        assert_eq!(result["userInfo"]["sub"], *house.user_id(EMAIL));
        assert!(house.resolved().is_some());
        let after = house.browser.cookie("session");
        if let Some(before) = before {
            assert_ne!(after.as_ref(), Some(&before));
            assert!(!house.site.vestibule.is_live(&before), "the old session is over");
        }
    });
}

/// Somebody who is signed in is asked whether it is this account that goes on.
#[test]
fn a_browser_that_is_signed_in_goes_on_with_one_click() {
    let house = House::new(Mode::Cookie, Shape::Hosts);
    house.sign_in();
    let before = house.browser.cookie("session");
    house.leave(&format!("startAuthentication({})", house.back("")));
    house.browser.submit("button[name=x_action][value=continue]");
    assert_eq!(house.finish("finishAuthentication")["userInfo"]["sub"], *house.user_id(EMAIL));
    assert_eq!(house.browser.cookie("session"), before);
}

#[test]
fn logout() {
    for (mode, shape) in [(Mode::Token, Shape::Path), (Mode::Cookie, Shape::Path), (Mode::Cookie, Shape::Hosts)] {
        let house = House::new(mode, shape);
        house.sign_in();
        let (access, cookie) = (house.access_token(), house.browser.cookie("session"));
        assert!(house.resolved().is_some());
        match mode {
            Mode::Token => {
                house.run(&format!("await sdk.logout({})", house.back("")));
                assert_eq!(house.state(), "NO_SESSION");
                assert_eq!(house.refresh_token(), None);
                let access = access.expect("there was a token");
                assert_eq!(house.resolve(("Authorization", format!("Bearer {access}"))), None);
            }
            Mode::Cookie => {
                house.leave(&format!("logout({})", house.back("")));
                assert_eq!(house.browser.url(), format!("{}/", house.app), "at once, and back to the application");
                house.configure();
                assert!(!house.site.vestibule.is_live(&cookie.expect("there was a session")));
                assert_eq!(house.browser.cookie("session"), None);
                let error = house.attempt("await sdk.fetchUserInfo()").expect_err("nobody is signed in");
                assert_eq!(error["error"], "invalid_grant", "{error}");
                assert_eq!(house.state(), "NO_SESSION");
            }
        }
        assert_eq!(house.fetch().identity("user-id"), None);
    }
}
