//! Rows O36, S2 and S21: what a client may be, and how it proves that it is the one.

use vestibule_tests::oauth::{Application, CALLBACK};

use super::{EMAIL, portal, server};

#[test]
fn o36_client_secret_in_the_body() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let code = portal.walk(&mut vestibule.person(), EMAIL, &portal.request().without_pkce()).returned;
    let secret = portal.secret.as_deref().expect("a secret");
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code.code()), ("redirect_uri", CALLBACK)];
    let post = |fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        vestibule.person().post_as("/oauth2/token", fields, headers)
    };
    fields.push(("client_id", "portal"));
    let answer = post(&fields, &[]);
    assert_eq!((answer.status, &answer.json()["error"]), (401, &"invalid_client".into()), "no secret");
    assert!(answer.header("www-authenticate").is_none(), "it did not try Basic");
    let wrong = [&fields[..], &[("client_secret", "vbk_wrong")]].concat();
    assert_eq!(post(&wrong, &[]).status, 401);
    fields.push(("client_secret", secret));
    let basic = portal.basic().expect("a secret");
    let answer = post(&fields, &[("Authorization", &basic)]);
    assert_eq!(answer.json()["error"], "invalid_request", "two ways at once (RFC 6749 section 2.3)");
    assert_eq!(post(&fields, &[]).status, 200);
}

#[test]
fn a_wrong_secret_is_answered_with_the_challenge_that_was_tried() {
    let vestibule = server();
    let mut portal = portal(&vestibule);
    portal.secret = Some("vbk_wrong".to_owned());
    let answer = portal.refresh("vbr_x");
    assert_eq!((answer.status, &answer.json()["error"]), (401, &"invalid_client".into()));
    assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")), "{}", answer.head);
}

#[test]
fn s2_no_redirect_uri_over_plain_http() {
    let vestibule = server();
    for uri in
        ["http://app.example.com/callback", "http://10.0.0.1/callback", "http://localhost.example.com/", "ftp://x/"]
    {
        for kind in ["spa", "web", "native", "confidential", "third-party"] {
            let said = vestibule.cli(&["client", "add", "app", "--kind", kind, "--redirect-uri", uri]);
            assert_ne!(said.code, 0, "{kind} {uri}: {}", said.out);
            assert!(said.err.contains("https"), "{}", said.err);
        }
    }
    for uri in ["http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost/callback"] {
        vestibule.cli(&["client", "add", "app", "--kind", "native", "--redirect-uri", uri]).expect_code(0);
        vestibule.cli(&["client", "delete", "app"]).expect_code(0);
    }
}

#[test]
fn s21_a_secret_is_long_and_two_are_good_while_it_changes() {
    let vestibule = server();
    let mut portal = portal(&vestibule);
    let first = portal.secret.clone().expect("a secret");
    // 128 bits are 22 characters of base64url.
    assert!(first.len() >= 4 + 22, "{first}");
    let said = vestibule.cli(&["client", "secret", "rotate", "portal", "--json"]).expect_code(0);
    let added: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let second = added["client_secret"].as_str().expect("a secret").to_owned();
    assert_ne!(first, second);
    for secret in [first, second] {
        portal.secret = Some(secret);
        assert_eq!(portal.refresh("vbr_x").json()["error"], "invalid_grant", "the client is known");
    }
    let stored = std::fs::read(vestibule.data_dir().join("vestibule.db")).expect("the database");
    let secret = portal.secret.as_deref().expect("a secret").as_bytes();
    assert!(!stored.windows(secret.len()).any(|bytes| bytes == secret), "a secret is stored as it is");
}

#[test]
fn a_machine_has_no_way_through_the_pages() {
    let vestibule = server();
    let machine = Application::register(&vestibule, "machine", "machine", &[]);
    assert_eq!(machine.ask(&mut vestibule.person(), &machine.request()).status, 400);
}
