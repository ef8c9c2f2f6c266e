use proptest::prelude::*;

use super::{AuthorizeRequest, Display, FirstPage, ResponseType, SettingsAction};
use crate::grant::authorize::{LoginHint, Prompt};
use crate::grant::examples::{CHALLENGE, client, parameters};
use crate::grant::kind::ClientKind;
use crate::grant::refused::{ErrorCode, Refused};
use crate::grant::scope::FULL_ACCESS;

fn read(kind: ClientKind, further: &[(&str, &str)]) -> Result<AuthorizeRequest, Refused> {
    AuthorizeRequest::read(&parameters(further), &client(kind))
}

fn spa(further: &[(&str, &str)]) -> AuthorizeRequest {
    read(ClientKind::Spa, further).unwrap()
}

fn refused(kind: ClientKind, further: &[(&str, &str)]) -> ErrorCode {
    read(kind, further).unwrap_err().code
}

const NO_PKCE: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

#[test]
fn an_ordinary_request_is_read() {
    let request = spa(&[("nonce", "n"), ("scope", "openid email"), ("ui_locales", "de en"), ("acr_values", "1 2")]);
    assert_eq!(request.response_type, ResponseType::Code);
    assert_eq!(request.scopes.as_text(), "openid email");
    assert_eq!(request.challenge.unwrap().as_str(), CHALLENGE);
    assert_eq!(request.nonce.as_deref(), Some("n"));
    assert_eq!(
        (request.ui_locales, request.acr_values),
        (vec!["de".into(), "en".into()], vec!["1".into(), "2".into()])
    );
    assert!(request.single_sign_on && request.prompt == Prompt::Unsaid && request.max_age.is_none());
}

/// OpenID Connect Core section 5.5.1.1. By `acr_values` the same is a wish (O31).
#[test]
fn a_class_that_a_client_cannot_do_without_is_refused_and_a_wish_is_not() {
    for demanded in [r#"{"essential":true,"value":"mfa"}"#, r#"{"essential":true,"values":["mfa","pwd"]}"#] {
        let claims = format!(r#"{{"id_token":{{"acr":{demanded}}}}}"#);
        assert_eq!(refused(ClientKind::Spa, &[("claims", &claims)]), ErrorCode::UnmetAuthenticationRequirements);
    }
    for wished in [r#"{"values":["mfa"]}"#, r#"{"essential":true}"#, "null"] {
        spa(&[("claims", &format!(r#"{{"id_token":{{"acr":{wished}}}}}"#)), ("acr_values", "mfa")]);
    }
    spa(&[("claims", r#"{"userinfo":{"acr":{"essential":true,"value":"mfa"}}}"#)]);
}

/// OpenID Connect Core section 6: a request object that is ignored could have said something else.
#[test]
fn a_request_object_is_refused_by_name_and_never_ignored() {
    let kind = ClientKind::Confidential;
    assert_eq!(refused(kind, &[("request", "x"), ("response_type", "")]), ErrorCode::RequestNotSupported);
    assert_eq!(refused(kind, &[("request_uri", "urn:x")]), ErrorCode::RequestUriNotSupported);
    assert_eq!(refused(kind, &[("registration", "{}")]), ErrorCode::RegistrationNotSupported);
}

/// The conformance suite's `response-type-missing`; RFC 9700 section 2.1.2 for the implicit ones.
#[test]
fn a_response_type_is_one_of_three() {
    assert_eq!(refused(ClientKind::Spa, &[("response_type", "")]), ErrorCode::InvalidRequest);
    for unknown in ["token", "id_token", "code id_token", "code token", "CODE", "code none"] {
        let asked = [("response_type", unknown)];
        assert_eq!(refused(ClientKind::Confidential, &asked), ErrorCode::UnsupportedResponseType, "{unknown}");
    }
    assert_eq!(spa(&[("response_type", "none")]).response_type, ResponseType::None);
}

#[test]
fn a_machine_speaks_for_nobody() {
    for response_type in ["code", "none"] {
        assert_eq!(refused(ClientKind::Machine, &[("response_type", response_type)]), ErrorCode::UnauthorizedClient);
    }
}

#[test]
fn a_settings_action_is_for_those_who_may_do_everything() {
    let asked = [("response_type", ResponseType::SETTINGS_ACTION), ("x_settings_action", "change_password")];
    let change = ResponseType::SettingsAction(SettingsAction::ChangePassword);
    assert_eq!(spa(&asked).response_type, change);
    for kind in [ClientKind::Confidential, ClientKind::ThirdParty, ClientKind::Machine] {
        assert_eq!(refused(kind, &asked), ErrorCode::UnauthorizedClient, "{kind}");
    }
    assert_eq!(refused(ClientKind::Spa, &asked[..1]), ErrorCode::InvalidRequest);
    assert_eq!(refused(ClientKind::Spa, &[&asked, &NO_PKCE[..]].concat()), ErrorCode::InvalidRequest);
    let other =
        spa(&[asked[0], ("x_settings_action", "add_email"), ("x_settings_action_query", "q_login_id=undefined")]);
    assert_eq!(other.response_type, ResponseType::SettingsAction(SettingsAction::Other("add_email".to_owned())));
    assert_eq!(refused(ClientKind::ThirdParty, &[("response_type", "none")]), ErrorCode::UnauthorizedClient);
}

#[test]
fn a_code_needs_openid_and_scopes_that_the_client_may_have() {
    for bad in ["", "email", "openid x", "openid \"", "open id"] {
        assert_eq!(refused(ClientKind::Confidential, &[("scope", bad)]), ErrorCode::InvalidScope, "{bad}");
    }
    let full = format!("openid {FULL_ACCESS}");
    assert_eq!(refused(ClientKind::ThirdParty, &[("scope", &full)]), ErrorCode::InvalidScope);
    assert!(spa(&[("scope", &full)]).scopes.contains(FULL_ACCESS));
    assert!(spa(&[("scope", ""), ("response_type", "none")]).scopes.is_empty());
    assert_eq!(refused(ClientKind::Spa, &[("scope", "x"), ("response_type", "none")]), ErrorCode::InvalidScope);
}

/// The conformance suite's `server` sends no challenge, `ensure-request-with-valid-pkce-succeeds` does, both with a
/// secret; RFC 9700 section 2.1.1 for `plain`.
#[test]
fn pkce_is_required_of_public_clients_and_accepted_from_all() {
    for kind in [ClientKind::Spa, ClientKind::Web, ClientKind::Native] {
        assert_eq!(refused(kind, &NO_PKCE), ErrorCode::InvalidRequest, "{kind}");
        let nothing = [&NO_PKCE[..], &[("response_type", "none")]].concat();
        assert!(read(kind, &nothing).is_ok(), "{kind}: no code, nothing to prove");
    }
    for kind in [ClientKind::Confidential, ClientKind::ThirdParty] {
        assert!(read(kind, &NO_PKCE).unwrap().challenge.is_none(), "{kind}");
        assert!(read(kind, &[]).unwrap().challenge.is_some(), "{kind}");
        assert_eq!(refused(kind, &[("code_challenge_method", "plain")]), ErrorCode::InvalidRequest);
        assert_eq!(refused(kind, &[("code_challenge_method", "")]), ErrorCode::InvalidRequest);
        let mut strict = client(kind);
        strict.pkce_required = true;
        assert!(AuthorizeRequest::read(&parameters(&NO_PKCE), &strict).is_err(), "{kind}");
    }
}

#[test]
fn max_age_is_a_number_and_goes_with_every_prompt() {
    assert_eq!(spa(&[("max_age", "0"), ("prompt", "none")]).max_age, Some(0));
    assert_eq!(spa(&[("max_age", "10000")]).max_age, Some(10_000));
    for bad in ["-1", "+1", "1.5", "1 ", "x", "99999999999999999999"] {
        assert_eq!(refused(ClientKind::Spa, &[("max_age", bad)]), ErrorCode::InvalidRequest, "{bad}");
    }
    assert_eq!(refused(ClientKind::Spa, &[("prompt", "none login")]), ErrorCode::InvalidRequest);
}

/// The conformance suite's `display-popup`, `ensure-request-with-unknown-parameter-succeeds`, `ui-locales`,
/// `claims-locales`, `login-hint` and `ensure-request-with-acr-values-succeeds`, and what Authgear's clients send.
#[test]
fn what_means_nothing_to_us_is_ignored() {
    let request = spa(&[
        ("extra", "foobar"),
        ("display", "hologram"),
        ("login_hint", "buffy@id.example.com"),
        ("claims_locales", "se"),
        ("acr_values", "1 2"),
        ("x_state", "x"),
        ("x_color_scheme", "dark"),
        ("x_platform", "web"),
        ("x_wechat_redirect_uri", "https://evil.example"),
        ("x_page", "x"),
    ]);
    assert_eq!((request.display, request.page), (None, None));
    assert_eq!(request.login_hint, Some(LoginHint::Other("buffy@id.example.com".to_owned())));
    assert_eq!(spa(&[("display", "popup"), ("x_page", "signup")]).display, Some(Display::Popup));
    assert_eq!(spa(&[("x_page", "signup")]).page, Some(FirstPage::Signup));
    assert_eq!(spa(&[("x_oauth_provider_alias", "hub")]).provider_alias.as_deref(), Some("hub"));
}

#[test]
fn single_sign_on_is_said_by_the_new_name_then_the_old_one() {
    let (sso, suppress) = ("x_sso_enabled", "x_suppress_idp_session_cookie");
    for (further, expected) in [
        (vec![], true),
        (vec![(sso, "true")], true),
        (vec![(sso, "false")], false),
        (vec![(sso, "x")], false),
        (vec![(suppress, "true")], false),
        (vec![(suppress, "false")], true),
        (vec![(sso, "true"), (suppress, "true")], true),
        (vec![(sso, "false"), (suppress, "false")], false),
    ] {
        assert_eq!(spa(&further).single_sign_on, expected, "{further:?}");
    }
}

/// The conformance suite's `claims-essential`.
#[test]
fn claims_are_read_or_refused() {
    let request = spa(&[("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)]);
    assert!(request.claims.userinfo[0].essential);
    assert_eq!(refused(ClientKind::Spa, &[("claims", "{")]), ErrorCode::InvalidRequest);
}

#[test]
fn a_request_prints_no_secret() {
    let hint = "https://authgear.com/login_hint?type=app_session_token&app_session_token=vbo_secret";
    let shown = format!("{:?}", spa(&[("login_hint", hint), ("id_token_hint", "eyJ.secret")]));
    assert!(!shown.contains("secret"), "{shown}");
}

proptest! {
    #[test]
    fn what_is_granted_was_allowed(
        kind in prop::sample::select(&ClientKind::ALL[..]),
        names in prop::collection::btree_map(
            "(response_type|scope|prompt|max_age|claims|code_challenge|code_challenge_method|x_settings_action)",
            "(code|none|login|openid( profile)?|https://authgear\\.com/scopes/full-access|[0-9]{1,4}|\\{\\}|plain|\\PC{0,9})",
            0..6,
        ),
    ) {
        let further: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match read(kind, &further) {
            Ok(request) => {
                prop_assert!(kind != ClientKind::Machine);
                prop_assert!(request.response_type == ResponseType::None || request.challenge.is_some() || !kind.is_public());
                prop_assert!(!request.scopes.contains(FULL_ACCESS) || client(kind).may_have_full_access());
                prop_assert!(request.response_type != ResponseType::Code || request.scopes.contains("openid"));
            }
            Err(refused) => {
                let plain = |b: u8| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\';
                prop_assert!(refused.description.bytes().all(plain), "{}", refused.description);
            }
        }
    }
}
