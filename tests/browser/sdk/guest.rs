//! authenticateAnonymously, and the promotion of the guest to somebody under the same id.

use super::{House, Mode, PASSWORD, Shape};

const SHAPES: [(Mode, Shape); 4] = [
    (Mode::Token, Shape::Path),
    (Mode::Token, Shape::Hosts),
    (Mode::Cookie, Shape::Path),
    (Mode::Cookie, Shape::Hosts),
];

#[test]
fn authenticate_anonymously() {
    for (mode, shape) in SHAPES {
        let house = House::new(mode, shape);
        let result = house.run("return await sdk.authenticateAnonymously()");
        assert_eq!(result["userInfo"]["isAnonymous"], true, "{mode:?} {shape:?}: {result:#}");
        assert_eq!(house.state(), house.signed_in(), "{mode:?} {shape:?}");
        let id = house.resolved().expect("a guest is somebody");
        assert_eq!(result["userInfo"]["sub"], *id);
        let seen = house.fetch();
        assert_eq!((seen.identity("user-id"), seen.identity("user-anonymous")), (Some(&*id), Some("true")));
        let again = house.run("return await sdk.authenticateAnonymously()");
        assert_eq!(again["userInfo"]["sub"], *id, "{mode:?} {shape:?}: asked again, it is the same guest");
    }
}

#[test]
fn a_guest_is_promoted_and_keeps_the_id() {
    for (mode, shape) in SHAPES {
        let house = House::new(mode, shape);
        house.run("return await sdk.authenticateAnonymously()");
        let id = house.resolved().expect("a guest is somebody");
        house.leave(&format!("startPromoteAnonymousUser({})", house.back(", state: 'promoted'")));
        house.browser.fill("#email", "grace@example.com");
        house.browser.fill("#password", PASSWORD);
        house.browser.submit("form[action$='/signup'] button[type=submit]");
        let result = house.finish("finishPromoteAnonymousUser");
        assert_eq!(result["userInfo"]["sub"], *id, "{mode:?} {shape:?}: {result:#}");
        assert_eq!((&result["userInfo"]["isAnonymous"], &result["state"]), (&false.into(), &"promoted".into()));
        assert_eq!(house.user_id("grace@example.com"), id);
        let seen = house.fetch();
        assert_eq!((seen.identity("user-id"), seen.identity("user-anonymous")), (Some(&*id), Some("false")));
        assert_eq!(house.resolved(), Some(id));
    }
}
