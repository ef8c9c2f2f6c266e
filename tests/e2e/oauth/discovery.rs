//! Rows K1 to K10, and L5: what the discovery document promises.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;
use vestibule_tests::http::Response;
use vestibule_tests::oauth::CALLBACK;
use vestibule_tests::server::Setup;

const ISSUER: &str = "https://auth.example.com/auth";

/// The document and the keys of a server that is reached over https.
fn published() -> &'static (Response, Response) {
    static PUBLISHED: OnceLock<(Response, Response)> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let vestibule = Setup::default().origin("https://auth.example.com").start();
        let mut nobody = vestibule.person();
        (nobody.get("/.well-known/openid-configuration"), nobody.get("/oauth2/jwks"))
    })
}

fn document() -> Value {
    published().0.json()
}

fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    list.iter().map(|value| value.as_str().expect("a text")).collect()
}

#[test]
fn k1_the_document_is_json_where_the_issuer_says() {
    let (answer, _) = published();
    assert_eq!(answer.status, 200, "{}", answer.head);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "applications read it across origins");
}

#[test]
fn k2_the_issuer_is_the_prefix_of_the_document_s_address() {
    assert_eq!(document()["issuer"], ISSUER);
}

#[test]
fn k3_every_member_has_the_type_that_the_specification_gives_it() {
    let document = document();
    for (name, value) in document.as_object().expect("an object") {
        let fits = match name.as_str() {
            "issuer" | "jwks_uri" => value.is_string(),
            name if name.ends_with("_endpoint") => value.is_string(),
            name if name.ends_with("_parameter_supported") || name == "require_request_uri_registration" => {
                value.is_boolean()
            }
            name if name.ends_with("_supported") => {
                value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
            }
            _ => false,
        };
        assert!(fits, "{name}: {value}");
    }
}

#[test]
fn k4_an_openid_response_type_a_subject_type_and_rs256() {
    let document = document();
    assert!(texts(&document["response_types_supported"]).contains(&"code"));
    assert_eq!(texts(&document["subject_types_supported"]), ["public"]);
    assert!(texts(&document["id_token_signing_alg_values_supported"]).contains(&"RS256"));
}

#[test]
fn k5_every_endpoint_is_there_and_https() {
    let document = document();
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint"] {
        assert!(document[name].is_string(), "{name}");
    }
    for (name, value) in document.as_object().expect("an object") {
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            let address = value.as_str().expect("a text");
            assert!(address.starts_with(&format!("{ISSUER}/oauth2/")), "{name}: {address}");
        }
    }
}

#[test]
fn k6_the_keys_are_public_and_have_names_of_their_own() {
    let (_, answer) = published();
    assert_eq!(answer.status, 200, "{}", answer.head);
    let keys = answer.json()["keys"].as_array().cloned().expect("a list of keys");
    let names: BTreeSet<&str> = keys.iter().map(|key| key["kid"].as_str().expect("every key has a name")).collect();
    assert!(!keys.is_empty() && names.len() == keys.len(), "{keys:?}");
    for key in &keys {
        assert!(["RSA", "EC", "OKP"].contains(&key["kty"].as_str().expect("a type")), "{key}");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "a key shows its `{private}`");
        }
        for member in ["n", "e", "x", "y"].into_iter().filter_map(|name| key[name].as_str()) {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            assert!(!member.is_empty() && member.bytes().all(plain), "not base64url without padding: {member}");
        }
    }
}

#[test]
fn k7_openid_is_among_the_scopes() {
    let document = document();
    let scopes = texts(&document["scopes_supported"]);
    assert!(scopes.contains(&"openid") && scopes.contains(&"offline_access"), "{scopes:?}");
    let legal = |scope: &&str| scope.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'));
    assert!(scopes.iter().all(legal), "{scopes:?}");
}

#[test]
fn k8_claims_and_grants_are_named() {
    let document = document();
    assert!(texts(&document["claims_supported"]).contains(&"sub"));
    let grants = texts(&document["grant_types_supported"]);
    assert!(grants.contains(&"authorization_code"), "{grants:?}");
    assert!(!grants.contains(&"implicit") && !grants.contains(&"password"), "{grants:?}");
}

#[test]
fn k9_challenge_methods_are_a_list_and_languages_are_tags() {
    let document = document();
    assert_eq!(texts(&document["code_challenge_methods_supported"]), ["S256"], "plain protects nobody");
    for language in texts(&document["ui_locales_supported"]) {
        let fits = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(language.split('-').all(fits), "{language}");
    }
}

#[test]
fn k10_request_uri_is_said_not_to_be_supported() {
    let document = document();
    assert_eq!(document["request_uri_parameter_supported"], false, "left out it would mean yes");
    assert_eq!(document["request_parameter_supported"], false);
}

#[test]
fn l5_there_is_an_end_session_endpoint() {
    assert_eq!(document()["end_session_endpoint"], format!("{ISSUER}/oauth2/end_session"));
}

#[test]
fn the_document_is_found_by_both_rules_for_a_path() {
    let vestibule = Setup::default().start();
    let document = vestibule.person().get("/.well-known/openid-configuration").json();
    for path in ["/auth/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/auth"] {
        assert_eq!(vestibule.person().get_path(path).json(), document, "{path}");
    }
    assert!(!document.to_string().contains(CALLBACK), "clients are nobody's business");
}
