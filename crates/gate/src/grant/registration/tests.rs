//! What an operator may say of a client, and how a refusal names it.

use super::super::client::{Client, ClientId};
use super::super::kind::ClientKind;
use super::{Part, RefreshLifetime, Registration, RegistrationError};
use crate::time::Span;

const CALLBACK: &str = "https://app.example.com/callback";

fn id() -> ClientId {
    ClientId::parse("app").unwrap()
}

/// What a kind of client needs, and nothing else.
fn least(kind: ClientKind) -> Registration {
    let redirect_uris = (kind != ClientKind::Machine).then(|| vec![CALLBACK.to_owned()]);
    Registration { redirect_uris, ..Registration::default() }
}

fn made(kind: ClientKind, more: impl FnOnce(&mut Registration)) -> Result<Client, RegistrationError> {
    let mut registration = least(kind);
    more(&mut registration);
    registration.client(id(), kind)
}

#[test]
fn what_is_not_said_is_the_careful_choice() {
    for kind in ClientKind::ALL {
        let client = made(kind, |_| ()).unwrap();
        assert_eq!(client.name, "app");
        assert!(client.pkce_required && !client.full_access && !client.jwt_access_tokens, "{kind}");
        assert_eq!(client.rotates_refresh_tokens, kind.is_public(), "{kind}");
        assert_eq!((client.access_token_lifetime, client.refresh_token_lifetime), (Span::from_seconds(1800), None));
    }
}

#[test]
fn everybody_but_a_machine_has_somewhere_to_return_to() {
    for kind in ClientKind::ALL {
        let is_machine = kind == ClientKind::Machine;
        let without = Registration::default().client(id(), kind);
        assert_eq!(without.is_ok(), is_machine, "{kind}");
        let with = made(kind, |said| said.redirect_uris = Some(vec![CALLBACK.to_owned()]));
        assert_eq!(with.is_ok(), !is_machine, "{kind}");
    }
}

#[test]
fn a_secret_is_what_may_stand_for_pkce() {
    for kind in ClientKind::ALL {
        let without = made(kind, |said| said.pkce = Some(false));
        let may = matches!(kind, ClientKind::Confidential | ClientKind::ThirdParty);
        assert_eq!(without.map(|client| client.requires_pkce()).ok(), may.then_some(false), "{kind}");
    }
}

#[test]
fn full_access_is_never_registered_for_a_third_party() {
    for kind in [ClientKind::ThirdParty, ClientKind::Machine] {
        let refused = made(kind, |said| said.full_access = Some(true)).unwrap_err();
        assert_eq!(refused.part, Part::FullAccess, "{kind}");
    }
    assert!(made(ClientKind::Confidential, |said| said.full_access = Some(true)).unwrap().may_have_full_access());
    let scope = "https://authgear.com/scopes/full-access".to_owned();
    let refused = made(ClientKind::ThirdParty, |said| said.scopes = Some(vec!["a".to_owned(), scope])).unwrap_err();
    assert_eq!(refused.part, Part::Scope(1));
}

#[test]
fn a_refusal_names_what_was_said() {
    let refused = |more: fn(&mut Registration)| made(ClientKind::Spa, more).unwrap_err();
    let bad_uri = refused(|said| said.redirect_uris = Some(vec![CALLBACK.to_owned(), "http://a.example/".to_owned()]));
    assert_eq!((bad_uri.part, bad_uri.part.key()), (Part::RedirectUri(Some(1)), "redirect_uris"));
    assert!(bad_uri.to_string().starts_with("--redirect-uri: `http://a.example/`: "), "{bad_uri}");
    for (more, part) in [
        ((|said| said.name = Some(" ".to_owned())) as fn(&mut Registration), Part::Name),
        (|said| said.name = Some("a\nb".to_owned()), Part::Name),
        (|said| said.redirect_uris = Some(Vec::new()), Part::RedirectUri(None)),
        (|said| said.post_logout_redirect_uris = Some(vec!["/".to_owned()]), Part::PostLogoutRedirectUri(Some(0))),
        (|said| said.scopes = Some(vec!["a b".to_owned()]), Part::Scope(0)),
        (|said| said.scopes = Some(vec![String::new()]), Part::Scope(0)),
        (|said| said.scopes = Some(vec!["a\"".to_owned()]), Part::Scope(0)),
        (|said| said.access_token_lifetime = Some(Span::from_seconds(0)), Part::AccessTokenLifetime),
        (|said| said.access_token_lifetime = Some(Span::from_seconds(86_401)), Part::AccessTokenLifetime),
        (|said| said.client_uri = Some("javascript:alert(1)".to_owned()), Part::ClientUri),
        (|said| said.policy_uri = Some("/policy".to_owned()), Part::PolicyUri),
        (|said| said.tos_uri = Some("https://a.example/ä".to_owned()), Part::TosUri),
    ] {
        assert_eq!(refused(more).part, part);
    }
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let before = made(ClientKind::ThirdParty, |said| {
        said.scopes = Some(vec!["orders:read".to_owned()]);
        said.pkce = Some(false);
        said.refresh_token_lifetime = Some(RefreshLifetime::For(Span::from_seconds(60)));
        said.tos_uri = Some("https://example.com/terms".to_owned());
    })
    .unwrap();
    assert_eq!(Registration::default().change(before.clone()).unwrap(), before);
    let said = Registration {
        name: Some("Orders".to_owned()),
        scopes: Some(Vec::new()),
        refresh_token_lifetime: Some(RefreshLifetime::Session),
        tos_uri: Some(String::new()),
        ..Registration::default()
    };
    let after = said.change(before.clone()).unwrap();
    assert_eq!((after.name.as_str(), after.scopes.len(), after.tos_uri), ("Orders", 0, None));
    assert_eq!((after.refresh_token_lifetime, after.pkce_required), (None, false));
    assert_eq!(after.redirect_uris, before.redirect_uris);
}
