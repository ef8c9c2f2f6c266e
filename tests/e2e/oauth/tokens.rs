//! Rows S11, S12 and S18: whom an access token is for, where it is read, and whom a machine's token speaks for.

use serde_json::Value;
use vestibule_tests::oauth::{Application, IdToken};
use vestibule_tests::server::Vestibule;

use super::{EMAIL, server, spa};

/// A machine's token, made for a resource or for us.
fn machine_token(machine: &Application<'_>, resource: Option<&str>) -> Value {
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(resource.map(|resource| ("resource", resource)));
    let answer = machine.token(&fields);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn read(vestibule: &Vestibule, tokens: &Value) -> IdToken {
    let token = tokens["access_token"].as_str().expect("a token");
    IdToken::verified(token, &vestibule.person().get("/oauth2/jwks").json())
}

#[test]
fn s11_a_token_for_another_audience_is_nobody_here() {
    for kind in [&[][..], &["--jwt-access-tokens"]] {
        let vestibule = server();
        let machine = Application::register(&vestibule, "machine", "machine", kind);
        assert!(machine.resolves(&machine_token(&machine, None)), "{kind:?}");
        assert!(machine.resolves(&machine_token(&machine, Some(&vestibule.url("")))), "{kind:?}");
        assert!(!machine.resolves(&machine_token(&machine, Some("https://api.example.com"))), "{kind:?}");
    }
}

#[test]
fn s11_an_access_token_is_for_us_and_short_lived() {
    let vestibule = server();
    let spa = Application::register(&vestibule, "spa", "spa", &["--jwt-access-tokens"]);
    let request = spa.request().with("scope", "openid https://authgear.com/scopes/full-access");
    let tokens = spa.sign_in(&mut vestibule.person(), EMAIL, &request);
    let token = read(&vestibule, &tokens);
    assert_eq!(token.header["typ"], "at+jwt");
    assert_eq!(token.claims["aud"], vestibule.url("").as_str());
    assert_eq!(token.number("exp") - token.number("iat"), 1800);
    assert!(spa.resolves(&tokens));
    let id_token = tokens["id_token"].as_str().expect("a token");
    let bearer = format!("Bearer {id_token}");
    let answer = vestibule.resolve(&[("Authorization", &bearer)]);
    assert_eq!(answer.identity("session-valid"), Some("false"), "an ID token is no access token");
}

#[test]
fn s11_an_access_token_without_full_access_speaks_for_nobody_at_the_resolver() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let tokens = spa.sign_in(&mut vestibule.person(), EMAIL, &spa.request().with("scope", "openid email"));
    assert_eq!(spa.userinfo(&tokens).status, 200);
    assert!(!spa.resolves(&tokens));
}

#[test]
fn s12_a_token_in_the_address_is_never_read() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let request = spa.request().with("scope", "openid https://authgear.com/scopes/full-access");
    let tokens = spa.sign_in(&mut vestibule.person(), EMAIL, &request);
    let token = tokens["access_token"].as_str().expect("a token");
    let query = format!("?access_token={token}");
    assert_eq!(vestibule.person().get(&format!("/oauth2/userinfo{query}")).status, 401);
    assert_eq!(vestibule.person().post(&format!("/oauth2/userinfo{query}"), &[]).status, 401);
    let revoke = format!("/oauth2/revoke?token={token}");
    assert_eq!(vestibule.person().post(&revoke, &[]).status, 400);
    let head = format!("GET /_resolver/resolve{query} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
    let answer = vestibule_tests::http::exchange(&vestibule.resolver(), head.as_bytes());
    assert_eq!(answer.identities(), [], "{}", answer.head);
    assert!(spa.resolves(&tokens));
}

#[test]
fn s18_a_machine_s_token_speaks_for_a_service_and_for_no_client_s_name() {
    let vestibule = server();
    let machine = Application::register(&vestibule, "machine", "machine", &["--jwt-access-tokens"]);
    let token = read(&vestibule, &machine_token(&machine, None));
    let subject = token.text("sub");
    assert!(subject.len() == 36 && subject.matches('-').count() == 4, "{subject} is no user's id");
    assert_eq!(token.claims["client_id"], "machine");
    assert!(token.claims.get("auth_time").is_none(), "nobody has signed in");
    let answer = machine.token(&[("grant_type", "client_credentials"), ("scope", "openid")]);
    assert_eq!(answer.json()["error"], "invalid_scope");
    let spa = spa(&vestibule);
    let answer = spa.token(&[("grant_type", "client_credentials")]);
    assert_eq!(answer.json()["error"], "unauthorized_client");
}
