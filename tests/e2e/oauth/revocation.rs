//! Rows S22 and S23: revocation and introspection.

use serde_json::Value;
use vestibule_tests::oauth::Application;
use vestibule_tests::server::Vestibule;

use super::{EMAIL, portal, server, spa};

fn full(spa: &Application<'_>, vestibule: &Vestibule) -> Value {
    let scope = "openid offline_access https://authgear.com/scopes/full-access";
    spa.sign_in(&mut vestibule.person(), EMAIL, &spa.request().with("scope", scope))
}

#[test]
fn s22_revoking_a_refresh_token_ends_its_access_tokens_at_once() {
    for kind in [&[][..], &["--jwt-access-tokens"]] {
        let vestibule = server();
        let spa = Application::register(&vestibule, "spa", "spa", kind);
        let tokens = full(&spa, &vestibule);
        assert!(spa.resolves(&tokens), "{kind:?}");
        let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
        let answer = vestibule.person().post_as("/oauth2/revoke", &[("token", refresh)], &[]);
        assert_eq!((answer.status, answer.body.len()), (200, 0), "the SDK takes nothing else");
        assert!(!spa.resolves(&tokens), "{kind:?}: the access token is good on the next request");
        assert_eq!(spa.refresh(refresh).json()["error"], "invalid_grant");
    }
}

#[test]
fn s22_revoking_what_is_unknown_is_no_error_and_another_client_s_token_stays() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let spa = spa(&vestibule);
    let tokens = full(&spa, &vestibule);
    for token in ["", "x", "vbr_x", "a.b.c"] {
        let answer = vestibule.person().post_as("/oauth2/revoke", &[("token", token)], &[]);
        assert!(answer.status == 200 || token.is_empty(), "{token}: {}", answer.head);
    }
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    portal.post("/oauth2/revoke", &[("token", refresh)]);
    assert!(spa.resolves(&tokens), "another client has ended the tokens");
    let access = tokens["access_token"].as_str().expect("an access token");
    assert_eq!(spa.post("/oauth2/revoke", &[("token", access)]).status, 200);
    assert!(!spa.resolves(&tokens));
}

#[test]
fn s23_introspection_is_for_clients_that_authenticate_and_for_their_own_tokens() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let other = Application::register(&vestibule, "other", "confidential", &["--no-pkce"]);
    let spa = spa(&vestibule);
    let request = portal.request().with("scope", "openid offline_access");
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &request);
    for member in ["access_token", "refresh_token"] {
        let token = [("token", tokens[member].as_str().expect("a token"))];
        let nobody = vestibule.person().post_as("/oauth2/introspect", &token, &[]);
        assert_eq!(nobody.status, 401, "{}", nobody.text());
        assert_eq!(spa.post("/oauth2/introspect", &token).status, 401, "everybody can be a public client");
        let foreign = other.post("/oauth2/introspect", &token).json();
        assert_eq!(foreign, serde_json::json!({ "active": false }));
        let own = portal.post("/oauth2/introspect", &token).json();
        assert_eq!(own["active"], true, "{member}: {own}");
        assert_eq!(own["client_id"], "portal");
        assert_eq!(own["sub"], portal.id_token(&tokens).claims["sub"]);
    }
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    portal.post("/oauth2/revoke", &[("token", refresh)]);
    for member in ["access_token", "refresh_token"] {
        let token = [("token", tokens[member].as_str().expect("a token"))];
        assert_eq!(portal.post("/oauth2/introspect", &token).json(), serde_json::json!({ "active": false }));
    }
}
