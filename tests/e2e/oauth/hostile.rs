//! Clients, pages and neighbours that mean harm. Each test names the attack.

use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use vestibule_tests::oauth::Application;
use vestibule_tests::server::PASSWORD;
use vestibule_tests::wait;

use super::{EMAIL, portal, server, spa};

const FULL: &str = "openid offline_access https://authgear.com/scopes/full-access";
const ORIGIN: &str = "http://app.localhost:9999";

#[test]
fn cors_a_third_party_s_page_reads_nothing_by_somebody_s_cookie() {
    let vestibule = server();
    let _third = Application::register(&vestibule, "third", "third-party", &[]);
    let ask = |person: &mut vestibule_tests::person::Person| {
        person.headers.push(("Origin".to_owned(), ORIGIN.to_owned()));
        let answer = person.get("/oauth2/userinfo");
        person.headers.pop();
        answer
    };
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    assert_eq!(ask(&mut ada).header("access-control-allow-origin"), None);
    // The same page, once it is a first party's.
    let _spa = spa(&vestibule);
    let answer = ask(&mut ada);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.json()["email"], EMAIL);
}

#[test]
fn cors_nobody_reads_what_the_authorization_endpoint_answers() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut nobody = vestibule.person();
    nobody.headers.push(("Origin".to_owned(), ORIGIN.to_owned()));
    let answer = spa.ask(&mut nobody, &spa.request());
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn csrf_a_link_from_elsewhere_signs_nobody_out() {
    let vestibule = server();
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    for site in ["cross-site", "none"] {
        ada.headers.push(("Sec-Fetch-Site".to_owned(), site.to_owned()));
        // The strict cookie does not travel with a link from another site.
        let strict = ada.cookie("same_site_strict").unwrap().to_owned();
        ada.drop_cookie("same_site_strict");
        let answer = ada.get("/oauth2/end_session");
        assert_eq!(answer.status, 200, "{site}: it asks");
        ada.set_cookie("same_site_strict", &strict);
        ada.headers.pop();
    }
    assert_eq!(ada.get("/settings").status, 200, "still here");
}

#[test]
fn login_csrf_a_sign_in_for_one_request_is_none_for_another() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut attacker = vestibule.person();
    let alone = spa.request().with("x_sso_enabled", "false");
    // The attacker stops where the browser would go back to the application.
    let first = spa.ask(&mut attacker, &alone);
    let page = attacker.open(first.header("location").unwrap());
    assert_eq!(page.status, 200);
    let back = vestibule.url(&format!("/oauth2/authorize?{}", alone.query()));
    let fields = [("email", EMAIL), ("password", PASSWORD), ("return_to", back.as_str())];
    assert_eq!(attacker.post("/login", &fields).status, 303);
    let planted = attacker.cookie_that_begins("authentication_").unwrap();
    // Another state is another request: the planted cookie counts for nothing.
    let mut victim = vestibule.person();
    let others = alone.clone().with("state", "the victim's");
    victim.set_cookie(&planted.0, &planted.1);
    let answer = spa.ask(&mut victim, &others);
    assert!(answer.header("location").unwrap().contains("/login"), "{}", answer.head);
    // And it is good for once.
    let returned = spa.told(&mut attacker, &alone);
    assert!(returned.get("code").is_some());
    attacker.set_cookie(&planted.0, &planted.1);
    assert!(spa.ask(&mut attacker, &alone).header("location").unwrap().contains("/login"));
}

#[test]
fn duplicate_parameters_are_refused_everywhere() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut person = vestibule.person();
    let answer = person.get(&format!("/oauth2/authorize?{}&client_id=portal", portal.request().query()));
    assert_eq!((answer.status, answer.header("location")), (400, None));
    let twice = [("grant_type", "refresh_token"), ("refresh_token", "a"), ("refresh_token", "b")];
    let answer = portal.token(&twice);
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_request")));
}

#[test]
fn jwt_confusion_what_nobody_signed_is_nobody() {
    let vestibule = server();
    let jwt = Application::register(&vestibule, "jwt", "spa", &["--jwt-access-tokens"]);
    let tokens = jwt.sign_in(&mut vestibule.person(), EMAIL, &jwt.request().with("scope", FULL));
    assert!(jwt.resolves(&tokens));
    let token = tokens["access_token"].as_str().unwrap();
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let said: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let with = |name: &str, value: &str| {
        let mut header = said.clone();
        header[name] = json!(value);
        part(header)
    };
    let forged = [
        format!("{}.{payload}.", with("alg", "none")),
        format!("{}.{payload}.{signature}", with("alg", "none")),
        format!("{}.{payload}.{signature}", with("alg", "HS256")),
        format!("{}.{payload}.{signature}", with("kid", "../../dev/null")),
        format!("{}.{payload}.{signature}", with("jku", "https://evil.example/keys")),
        format!("{}.{payload}.{signature}", with("typ", "JWT")),
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 256])),
        format!("{header}.{payload}"),
        tokens["id_token"].as_str().unwrap().to_owned(),
    ];
    for token in forged {
        assert!(!jwt.resolves(&json!({ "access_token": token })), "{token}");
    }
    assert!(jwt.resolves(&tokens));
}

#[test]
fn a_storm_of_refreshes_with_one_token_is_one_family_and_no_fault() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let tokens = spa.sign_in(&mut vestibule.person(), EMAIL, &spa.request().with("scope", FULL));
    let token = tokens["refresh_token"].as_str().unwrap();
    let answers: Vec<_> = thread::scope(|scope| {
        let storm = || {
            let mut after = Duration::ZERO;
            let mut ask = || {
                let (answer, took) = wait::measured(|| spa.refresh(token));
                after += took;
                (answer, after)
            };
            (0..50).map(|_| ask()).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(storm)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), 1000);
    let first = answers[0].0.json();
    for (answer, after) in &answers {
        assert!(matches!(answer.status, 200 | 400), "{}", answer.head);
        // On a slow machine the storm outlasts the time in which a repeat gets the same.
        if *after < Duration::from_secs(9) {
            assert_eq!(answer.status, 200, "{}", answer.head);
            assert_eq!(answer.json()["refresh_token"], first["refresh_token"], "one successor");
        }
    }
}

#[test]
fn a_client_that_is_somebody_else_is_nobody() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let other = Application::register(&vestibule, "other", "confidential", &["--no-pkce"]);
    let secret = other.secret.clone().unwrap();
    let mut person = vestibule.person();
    let code = portal.walk(&mut person, EMAIL, &portal.request()).returned.code().to_owned();
    let fields = |id: &'static str| [("grant_type", "authorization_code"), ("code", code.as_str()), ("client_id", id)];
    let ask = |fields: &[(&str, &str)]| vestibule.person().post_as("/oauth2/token", fields, &[]);
    assert_eq!(ask(&fields("portal")).status, 401, "without its secret");
    let with = [&fields("portal")[..], &[("client_secret", secret.as_str())]].concat();
    assert_eq!(ask(&with).json()["error"], "invalid_client", "with another's");
}
