use proptest::prelude::*;

use super::{ResponseMode, ReturnAddress, Unaddressed, addressee};
use crate::grant::examples::{client, parameters};
use crate::grant::kind::ClientKind;
use crate::grant::redirect_uri::RedirectUri;

const SETTINGS: &str = "https://id.example.com/settings";
const TOKEN: (&str, &str) =
    ("login_hint", "https://authgear.com/login_hint?type=app_session_token&app_session_token=vbo_x");

fn decide(kind: ClientKind, further: &[(&str, &str)]) -> Result<ReturnAddress, Unaddressed> {
    ReturnAddress::decide(&parameters(further), &client(kind), Some(SETTINGS))
}

fn goes_to(kind: ClientKind, further: &[(&str, &str)]) -> Result<String, Unaddressed> {
    decide(kind, further).map(|address| address.url().to_string())
}

#[test]
fn a_request_says_which_client_it_comes_from() {
    assert_eq!(addressee(&parameters(&[])).unwrap().as_str(), "app");
    assert_eq!(addressee(&parameters(&[("client_id", "")])), Err(Unaddressed::NoClient));
    assert_eq!(addressee(&parameters(&[("client_id", "a b")])), Err(Unaddressed::UnknownClient));
}

#[test]
fn the_redirect_uri_is_one_of_the_registered_ones() {
    let callback = "https://app.example.com/callback";
    for kind in ClientKind::ALL {
        assert_eq!(goes_to(kind, &[]).unwrap(), callback);
        assert_eq!(decide(kind, &[]).unwrap().presented(), Some(callback));
        for stranger in ["https://evil.example/", "https://app.example.com/callback/more", "https://id.example.com/"] {
            assert_eq!(goes_to(kind, &[("redirect_uri", stranger)]), Err(Unaddressed::RedirectUri));
        }
    }
}

#[test]
fn a_missing_redirect_uri_is_the_only_one() {
    let mut own = client(ClientKind::Confidential);
    let asked = parameters(&[("redirect_uri", "")]);
    assert_eq!(ReturnAddress::decide(&asked, &own, None), Err(Unaddressed::NoRedirectUri), "two are registered");
    own.redirect_uris.truncate(1);
    let address = ReturnAddress::decide(&asked, &own, None).unwrap();
    assert_eq!((address.url().as_str(), address.presented()), ("https://app.example.com/callback", None));
    own.redirect_uris.clear();
    assert_eq!(ReturnAddress::decide(&asked, &own, None), Err(Unaddressed::NoRedirectUri), "none is registered");
}

#[test]
fn a_native_client_is_answered_at_the_port_that_it_listens_on() {
    let mut own = client(ClientKind::Native);
    own.redirect_uris = vec![RedirectUri::register("http://127.0.0.1/cb", ClientKind::Native).unwrap()];
    let asked = parameters(&[("redirect_uri", "http://127.0.0.1:49152/cb")]);
    assert_eq!(ReturnAddress::decide(&asked, &own, None).unwrap().url().as_str(), "http://127.0.0.1:49152/cb");
}

#[test]
fn an_unknown_response_mode_is_answered_nowhere() {
    let mode = |text| decide(ClientKind::Spa, &[("response_mode", text)]).map(|address| address.mode());
    assert_eq!(mode(""), Ok(ResponseMode::Query));
    assert_eq!(mode("query"), Ok(ResponseMode::Query));
    assert_eq!(mode("fragment"), Ok(ResponseMode::Fragment));
    assert_eq!(mode("form_post"), Ok(ResponseMode::FormPost));
    assert_eq!(mode("cookie"), Err(Unaddressed::ResponseMode));
}

/// The conformance suite's `prompt-none-not-logged-in` sends 128 characters.
#[test]
fn the_state_is_kept_as_it_came() {
    let state = "aä \"&=#".repeat(19);
    assert_eq!(decide(ClientKind::Spa, &[("state", &state)]).unwrap().state(), Some(state.as_str()));
    assert_eq!(decide(ClientKind::Spa, &[]).unwrap().state(), None);
}

#[test]
fn our_own_settings_are_opened_by_an_app_session_token() {
    for page in
        ["?", "", "/sessions", "/change_password?x_state=a&ui_locales=de%20en", "?redirect_uri=https://evil.example"]
    {
        let uri = format!("{SETTINGS}{page}");
        let address = decide(ClientKind::Spa, &[("redirect_uri", &uri), ("response_type", "none"), TOKEN]).unwrap();
        assert!(address.is_own_settings());
        assert_eq!(address.url().as_str(), uri);
    }
    assert!(!decide(ClientKind::Spa, &[]).unwrap().is_own_settings());
}

#[test]
fn a_code_never_goes_to_a_page_of_ours() {
    let settings = ("redirect_uri", "https://id.example.com/settings?");
    for response_type in ["", "code", "token", "code none", "urn:authgear:params:oauth:response-type:settings-action"] {
        let refused = goes_to(ClientKind::Spa, &[settings, ("response_type", response_type), TOKEN]);
        assert_eq!(refused, Err(Unaddressed::RedirectUri), "{response_type}");
    }
    for hint in ["", "ada@example.com", "https://authgear.com/login_hint?type=anonymous&promotion_code=x"] {
        let refused = goes_to(ClientKind::Spa, &[settings, ("response_type", "none"), ("login_hint", hint)]);
        assert_eq!(refused, Err(Unaddressed::RedirectUri), "{hint}");
    }
    let asked = parameters(&[settings, ("response_type", "none"), TOKEN]);
    assert_eq!(ReturnAddress::decide(&asked, &client(ClientKind::Spa), None), Err(Unaddressed::RedirectUri));
}

#[test]
fn no_other_page_of_ours_is_an_address() {
    for uri in [
        "https://id.example.com/",
        "https://id.example.com/settingsx",
        "https://id.example.com/settings.evil.example",
        "https://id.example.com/settings/../logout",
        "https://id.example.com/settings/%2e%2e/logout",
        "https://id.example.com/settings/..%2flogout",
        "https://id.example.com/settings/..\\logout",
        "https://id.example.com/settings//evil.example",
        "https://id.example.com/settings//evil",
        "https://id.example.com/settings#x",
        "https://id.example.com/settings?#x",
        "https://id.example.com/settings? ",
        "https://id.example.com/settings?\n",
        "https://id.example.com/Settings",
        "https://ID.example.com/settings",
        "https://user@id.example.com/settings",
        "http://id.example.com/settings",
    ] {
        let refused = goes_to(ClientKind::Spa, &[("redirect_uri", uri), ("response_type", "none"), TOKEN]);
        assert_eq!(refused, Err(Unaddressed::RedirectUri), "{uri:?}");
    }
}

proptest! {
    #[test]
    fn an_answer_goes_to_a_registered_place_or_nowhere(
        uri in "https://(app|id)\\.example\\.com(/(callback|other|settings))?[a-z/?=.%#@\\\\]{0,8}",
        response_type in "(code|none)",
    ) {
        let decided = decide(ClientKind::Spa, &[("redirect_uri", &uri), ("response_type", &response_type), TOKEN]);
        if let Ok(address) = decided {
            let registered = ["https://app.example.com/callback", "https://app.example.com/other?a=b"];
            let is_own = address.is_own_settings() && response_type == "none" && address.url().path().starts_with("/settings");
            prop_assert!(registered.contains(&uri.as_str()) || is_own);
            prop_assert_eq!(address.url().as_str(), uri);
        }
    }
}
