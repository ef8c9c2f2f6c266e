use vestibule_gate::claims::{CookieNames, CookiePrefix};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::{Secret, SecretKind, TagKey};
use vestibule_ledger::changes::{NewSession, SignedIn};

use super::{CookieRules, domains_of, same_site_tag};

const ID: &str = "0190a5f8-7b7c-7d4e-8f00-0123456789ab";

fn rules(host: &str, domain: Option<&str>) -> CookieRules {
    let names = CookieNames::new(&CookiePrefix::default());
    CookieRules::new(names, host, host != "localhost", domain.map(str::to_owned), false)
}

fn set(rules: &CookieRules) -> String {
    let key = TagKey::new(&[1; 32]);
    let signed_in = SignedIn {
        user: UserId::parse(ID).unwrap(),
        session: Some(NewSession {
            id: SessionId::parse(ID).unwrap(),
            secret: Secret::seal(SecretKind::Session, &[7; 24], &key),
            expires_at: Timestamp::from_millis(3_600_000),
        }),
        authentication: None,
        device: Some("vbd_x".to_owned()),
    };
    shown(&rules.signed_in(&signed_in, &key, Timestamp::from_millis(0)))
}

fn shown(lines: &[http::HeaderValue]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.to_str().unwrap()).collect();
    lines.join("\n")
}

#[test]
fn a_sign_in_sets_each_cookie_once_and_clears_every_other_form() {
    insta::assert_snapshot!(set(&rules("id.example.co.uk", None)));
}

#[test]
fn a_cookie_for_a_domain_clears_the_host_only_one() {
    insta::assert_snapshot!(set(&rules("id.example.com", Some(".Example.com"))));
}

#[test]
fn on_localhost_nothing_is_cleared_that_was_just_set() {
    insta::assert_snapshot!(set(&rules("localhost", None)));
}

#[test]
fn a_sign_out_clears_every_form_and_keeps_the_device() {
    insta::assert_snapshot!(shown(&rules("id.example.com", None).signed_out()));
}

#[test]
fn a_domain_that_nobody_can_register_is_never_named() {
    for (host, expected) in [
        ("localhost", &[][..]),
        ("127.0.0.1", &[]),
        ("[::1]", &[]),
        ("github.io", &[]),
        ("me.github.io", &["me.github.io"]),
        ("example.com", &["example.com"]),
        ("Auth.Corp.Internal", &["auth.corp.internal", "corp.internal"]),
        (
            "a.b.c.d.e.f.example.com",
            &["a.b.c.d.e.f.example.com", "b.c.d.e.f.example.com", "f.example.com", "example.com"],
        ),
    ] {
        assert_eq!(domains_of(host), expected, "{host}");
    }
}

#[test]
fn a_same_site_tag_belongs_to_one_session() {
    let key = TagKey::new(&[1; 32]);
    let other = SessionId::parse("0190a5f8-7b7c-7d4e-8f00-0123456789ac").unwrap();
    assert_ne!(same_site_tag(SessionId::parse(ID).unwrap(), &key), same_site_tag(other, &key));
}

#[test]
fn the_device_is_read_byte_for_byte() {
    let rules = rules("localhost", None);
    let read = |lines: &[&str]| {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        rules.device(&lines)
    };
    assert_eq!(read(&["a=b; device=vbd_x"]).as_deref(), Some("vbd_x"));
    assert_eq!(read(&["a=b", "device=1; device=2"]).as_deref(), Some("1"));
    assert_eq!(read(&["Device=x; device =y; xdevice=z"]), None);
}
