use proptest::prelude::*;

use super::{ExtraHeader, ExtraHeaderError, HeaderValue};
use crate::account::{DisplayName, EmailAddress, Roles};
use crate::id::UserId;
use crate::time::Timestamp;
use crate::verdict::{Facts, Grant, Profile};

const USER: &str = "0b9a4f2e-5c1d-4b3a-8f6e-7d8c9b0a1f2e";

fn facts(email: &str, name: &str) -> Facts {
    Facts {
        anonymous: false,
        verified: true,
        can_reauthenticate: true,
        roles: Roles::parse(["editor", "admin"]).unwrap(),
        amr: vec!["pwd", "otp"],
        acr: None,
        grant: Grant::cookie(),
        profile: Some(Profile {
            email: Some(EmailAddress::parse(email).unwrap()),
            name: DisplayName::parse(name).unwrap(),
        }),
    }
}

fn line(value: HeaderValue, facts: &Facts) -> String {
    let mut out = Vec::new();
    let user = UserId::parse(USER).unwrap();
    ExtraHeader::new("Remote-Thing", value).unwrap().write(user, Timestamp::from_millis(5_000), facts, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_header_says_what_it_was_told_to() {
    let facts = facts("Ada@Example.com", "Ada King");
    for (value, said) in [
        ("user.id", USER),
        ("user.email", "ada@example.com"),
        ("user.name", "Ada King"),
        ("user.roles", "admin,editor"),
        ("user.anonymous", "false"),
        ("user.verified", "true"),
        ("session.amr", "pwd otp"),
        ("session.authenticated_at", "5"),
    ] {
        assert_eq!(line(HeaderValue::parse(value).unwrap(), &facts), format!("Remote-Thing: {said}\r\n"));
    }
    for nothing in ["session.acr", "oauth.client_id"] {
        assert_eq!(line(HeaderValue::parse(nothing).unwrap(), &facts), "", "an empty header is none");
    }
    for value in HeaderValue::ALL {
        assert_eq!(HeaderValue::parse(value.as_str()), Ok(value));
    }
    assert!(matches!(HeaderValue::parse("user.password"), Err(ExtraHeaderError::Value(_))));
}

#[test]
fn what_is_not_printable_ascii_is_left_out_and_never_put_into_other_words() {
    let umlauts = facts("ada@m\u{fc}nchen.example", "Ada K\u{f6}nig");
    assert_eq!(line(HeaderValue::UserName, &umlauts), "");
    assert_eq!(line(HeaderValue::UserEmail, &umlauts), "");
    // A Kelvin sign is a k in lower case.
    assert_eq!(line(HeaderValue::UserEmail, &facts("\u{212a}@example.com", "")), "");
}

#[test]
fn an_address_that_nobody_has_verified_is_in_no_header() {
    let unverified = Facts { profile: None, verified: false, ..facts("ada@example.com", "Ada") };
    for value in [HeaderValue::UserEmail, HeaderValue::UserName] {
        assert_eq!(line(value, &unverified), "");
    }
}

#[test]
fn a_name_that_somebody_reads_otherwise_is_refused() {
    for taken in [
        "Host",
        "Cookie",
        "authorization",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Upgrade",
        "TE",
        "Proxy-Authorization",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "x-forwarded-proto",
        "X-Forwarded-Access-Token",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "Sec-Fetch-Mode",
        "x-authgear-user-id",
        "X-Real-IP",
        "Forwarded",
        "Set-Cookie",
    ] {
        let refused = ExtraHeader::new(taken, HeaderValue::UserId);
        assert!(matches!(refused, Err(ExtraHeaderError::Taken(_))), "{taken}");
    }
    for bad in ["", "-a", "1a", "a-", "Remote_User", "Remote.User", "Remote User", "Remote-User:", "R\r\nX", "ü"] {
        let refused = ExtraHeader::new(bad, HeaderValue::UserId);
        assert!(matches!(refused, Err(ExtraHeaderError::Name(_))), "{bad:?}");
    }
    assert!(ExtraHeader::new(&"a".repeat(33), HeaderValue::UserId).is_err());
    for fine in ["Remote-User", "Remote-Email", "Remote-Groups", "X-Forwarded-User", "X-Forwarded-Preferred-Username"] {
        assert!(ExtraHeader::new(fine, HeaderValue::UserId).is_ok(), "{fine}");
    }
}

#[test]
fn nobody_becomes_an_account_by_calling_themselves_so() {
    for account in ["Remote-User", "X-WEBAUTH-USER", "X-Forwarded-Preferred-Username", "Auth-Login"] {
        let refused = ExtraHeader::new(account, HeaderValue::UserName);
        assert!(matches!(refused, Err(ExtraHeaderError::Chosen(_))), "{account}");
    }
    assert!(ExtraHeader::new("Remote-Name", HeaderValue::UserName).is_ok());
}

proptest! {
    #[test]
    fn whatever_is_taken_is_one_line_of_printable_ascii(name in "[ -~]{0,40}", person in "\\PC{0,60}") {
        if let (Ok(header), Ok(called)) = (ExtraHeader::new(&name, HeaderValue::UserName), DisplayName::parse(&person)) {
            let facts = Facts { profile: Some(Profile { email: None, name: called }), ..facts("a@b.example", "") };
            let mut out = Vec::new();
            header.write(UserId::parse(USER).unwrap(), Timestamp::NEVER, &facts, &mut out);
            let breaks = out.iter().filter(|b| b.is_ascii_control()).count();
            prop_assert!(out.is_empty() || (out.ends_with(b"\r\n") && breaks == 2 && out.is_ascii()));
            prop_assert!(out.len() <= header.longest());
        }
    }
}
