//! Rows O12 to O16 and O39: which claims a scope or a name opens.

use serde_json::Value;

use super::{EMAIL, portal, server};

/// All that can be known of somebody.
const EVERY_CLAIM: [&str; 13] = [
    "given_name=Ada",
    "family_name=Lovelace",
    "middle_name=King",
    "nickname=ada",
    "profile=https://example.com/ada",
    "picture=https://example.com/ada.png",
    "website=https://example.com",
    "gender=female",
    "birthdate=1815-12-10",
    "zoneinfo=Europe/London",
    "locale=en-GB",
    "phone_number=+441632960961",
    "address.country=UK",
];

/// What userinfo says when so much was asked for.
fn userinfo(more: &[(&str, &str)]) -> Value {
    let vestibule = server();
    let mut args = vec!["user", "set", EMAIL];
    EVERY_CLAIM.iter().for_each(|claim| args.extend(["--claim", claim]));
    vestibule.cli(&args).expect_code(0);
    let portal = portal(&vestibule);
    let request = more.iter().fold(portal.request(), |request, (name, value)| request.with(name, value));
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &request);
    portal.userinfo(&tokens).json()
}

fn has(claims: &Value, name: &str) -> bool {
    claims.get(name).is_some()
}

#[test]
fn o12_scope_profile() {
    let claims = userinfo(&[("scope", "openid profile")]);
    assert_eq!(claims["name"], "Ada");
    assert!(claims["preferred_username"].is_string() && claims["updated_at"].is_i64(), "{claims}");
    assert!(!has(&claims, "email"), "{claims}");
}

#[test]
fn o13_scope_email() {
    let claims = userinfo(&[("scope", "openid email")]);
    assert_eq!(claims["email"], EMAIL);
    assert_eq!(claims["email_verified"], true, "a boolean and no text");
    assert!(!has(&claims, "name"), "{claims}");
}

#[test]
fn o14_scope_address() {
    let claims = userinfo(&[("scope", "openid address")]);
    assert_eq!(claims["address"]["country"], "UK", "an object");
    assert!(!has(&claims, "phone_number") && !has(&claims, "email"), "{claims}");
}

#[test]
fn o15_scope_phone() {
    let claims = userinfo(&[("scope", "openid phone")]);
    assert_eq!(claims["phone_number"], "+441632960961");
    assert_eq!(claims["phone_number_verified"], false, "a boolean and no text");
    assert!(!has(&claims, "address") && !has(&claims, "email"), "{claims}");
}

#[test]
fn o16_scope_all() {
    let claims = userinfo(&[("scope", "openid profile email address phone")]);
    let profile = [
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "preferred_username",
        "updated_at",
    ];
    let others = ["sub", "email", "email_verified", "address", "phone_number", "phone_number_verified"];
    for claim in profile.into_iter().chain(others) {
        assert!(has(&claims, claim), "{claim}: {claims}");
    }
}

#[test]
fn openid_alone_opens_nothing() {
    let claims = userinfo(&[]);
    for claim in ["name", "preferred_username", "updated_at", "email", "email_verified"] {
        assert!(!has(&claims, claim), "{claim}: {claims}");
    }
}

#[test]
fn o39_claims_essential() {
    let claims = userinfo(&[("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)]);
    assert_eq!(claims["name"], "Ada");
    assert!(!has(&claims, "email"), "{claims}");
}
