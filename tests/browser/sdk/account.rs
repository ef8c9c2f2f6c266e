//! open(Settings) and startChangePassword: the person's account, at our own pages, whichever way the application knows
//! them.

use vestibule_tests::axe;

use super::{EMAIL, House, Mode, PASSWORD, Shape};

#[test]
fn open_settings() {
    for (mode, shape) in [
        (Mode::Token, Shape::Path),
        (Mode::Token, Shape::Hosts),
        (Mode::Cookie, Shape::Path),
        (Mode::Cookie, Shape::Hosts),
    ] {
        let house = House::new(mode, shape);
        house.sign_in();
        house.leave("open('/settings', {openInSameTab: true})");
        let url = house.browser.url();
        assert!(url.starts_with(&house.site.vestibule.url("/settings")), "{mode:?} {shape:?}: {url}");
        assert!(house.browser.text().contains(EMAIL), "{mode:?} {shape:?}: {}", house.browser.text());
        // It is more than a look: the cookie of the settings does what they do.
        house.browser.fill("#name", "Countess");
        house.browser.submit("form[action$='/settings/name'] button[type=submit]");
        assert_eq!(house.browser.property("#name", "value"), "Countess");
        house.open_app();
        assert_eq!(house.run("return (await sdk.fetchUserInfo()).name"), "Countess");
        assert_eq!(house.state(), house.signed_in());
    }
}

/// In token mode only: with cookies the SDK does nothing at all here.
#[test]
fn change_password() {
    const NEW: &str = "a new horse and battery";
    for shape in [Shape::Path, Shape::Hosts] {
        let house = House::new(Mode::Token, shape);
        house.sign_in();
        house.leave(&format!("startChangePassword({})", house.back("")));
        let page = house.browser.url();
        assert!(page.starts_with(&house.site.vestibule.url("/settings/password?")), "{page}");
        assert!(house.browser.text().contains("spa"), "the page says who waits: {}", house.browser.text());
        axe::check(&house.browser, "change the password for an application");

        // Back to the request without having done it: it is not answered.
        let request = house.browser.property("input[name=return_to]", "value").as_str().expect("a URL").to_owned();
        house.browser.open(&request);
        assert_eq!(house.browser.url(), page);

        let change = |current: &str| {
            house.browser.fill("#current_password", current);
            house.browser.fill("#new_password", NEW);
            house.browser.submit("form[action$='/settings/password'] button[type=submit]");
        };
        change("not the password");
        assert!(house.browser.title().starts_with("Error"), "{}", house.browser.title());
        change(PASSWORD);
        house.finish("finishChangePassword");
        assert_eq!(house.state(), "AUTHENTICATED");
        house.run("await sdk.refreshAccessToken()");
        assert_eq!(house.resolved(), Some(house.user_id(EMAIL)), "the application's session goes on");
        let path = if shape == Shape::Path { "/auth" } else { "" };
        let mut ada =
            vestibule_tests::person::Person::new(house.site.vestibule.public(), &house.site.vestibule.origin(), path);
        assert_eq!(ada.try_sign_in(EMAIL, NEW).status, 303);

        // What was done once answers one request.
        house.browser.open(&request);
        let url = house.browser.url();
        assert!(!url.contains("code="), "{url}");
    }
}

#[test]
fn what_is_not_offered_comes_back_as_an_error() {
    let house = House::new(Mode::Token, Shape::Path);
    house.sign_in();
    house.leave(&format!("startDeleteAccount({})", house.back("")));
    house.configure();
    let error = house.attempt("await sdk.finishDeleteAccount()").expect_err("it is not offered");
    assert_eq!(error["error"], "invalid_request", "{error}");
    assert_eq!(house.state(), "AUTHENTICATED");
}
