//! `vestibule client ...`.

use serde_json::{Value, json};
use vestibule_tests::server::{Setup, Vestibule};

use super::running_and_stopped;

const CALLBACK: &str = "https://shop.example.com/callback";

/// Adds a client and returns what was printed.
fn add(vestibule: &Vestibule, id: &str, kind: &str, more: &[&str]) -> Value {
    let args = [&["client", "add", id, "--kind", kind, "--json"], more].concat();
    serde_json::from_str(&vestibule.cli(&args).expect_code(0).out).expect("a JSON object")
}

fn shown(vestibule: &Vestibule, id: &str) -> Value {
    serde_json::from_str(&vestibule.cli(&["client", "show", id, "--json"]).expect_code(0).out).expect("a JSON object")
}

#[test]
fn a_client_is_added_shown_listed_and_deleted() {
    running_and_stopped(|vestibule| {
        let more = ["--redirect-uri", CALLBACK, "--scope", "orders:read", "--name", "The shop"];
        let added = add(&vestibule, "shop", "third-party", &more);
        let secret = added["client_secret"].as_str().expect("a secret").to_owned();
        assert!(secret.starts_with("vbk_") && secret.len() == 52, "{secret:?}");
        for (key, value) in [
            ("client_id", json!("shop")),
            ("kind", json!("third-party")),
            ("name", json!("The shop")),
            ("redirect_uris", json!([CALLBACK])),
            ("scopes", json!(["orders:read"])),
            ("pkce", json!(true)),
            ("rotate_refresh_tokens", json!(false)),
            ("full_access", json!(false)),
            ("access_token_lifetime", json!(1800)),
            ("refresh_token_lifetime", Value::Null),
        ] {
            assert_eq!(added[key], value, "{key}");
        }
        for args in [&["client", "list"][..], &["client", "list", "--json"], &["client", "show", "shop"]] {
            let said = vestibule.cli(args).expect_code(0).out;
            assert!(said.contains("shop") && said.contains(CALLBACK), "{said}");
            assert!(!said.contains(&secret), "a secret is shown once");
        }
        assert_eq!(shown(&vestibule, "shop").get("client_secret"), None);
        vestibule.cli(&["client", "add", "shop", "--kind", "machine"]).expect_code(1);
        vestibule.cli(&["client", "delete", "shop"]).expect_code(0);
        for gone in [&["client", "show", "shop"][..], &["client", "delete", "shop"]] {
            let said = vestibule.cli(gone).expect_code(1);
            assert!(said.err.contains("no such client"), "{}", said.err);
        }
    });
}

#[test]
fn who_can_keep_no_secret_gets_none_and_rotates() {
    let vestibule = Setup::default().prepare();
    for kind in ["spa", "web", "native"] {
        let added = add(&vestibule, kind, kind, &["--redirect-uri", CALLBACK]);
        assert_eq!(added.get("client_secret"), None, "{kind}");
        assert_eq!((&added["pkce"], &added["rotate_refresh_tokens"]), (&json!(true), &json!(true)), "{kind}");
        vestibule.cli(&["client", "secret", "rotate", kind]).expect_code(1);
    }
    let machine = add(&vestibule, "machine", "machine", &[]);
    assert!(machine["client_secret"].is_string() && machine["service"].is_string(), "{machine}");
}

#[test]
fn a_secret_for_people_is_said_to_be_shown_once() {
    let vestibule = Setup::default().prepare();
    let said = vestibule.cli(&["client", "add", "jobs", "--kind", "machine"]).expect_code(0);
    assert!(said.out.contains("client secret:") && said.out.contains("vbk_"), "{}", said.out);
    assert!(said.err.contains("this once"), "{}", said.err);
    let rotated = vestibule.cli(&["client", "secret", "rotate", "jobs", "--overlap", "0", "--json"]).expect_code(0).out;
    let rotated: Value = serde_json::from_str(&rotated).expect("a JSON object");
    let fresh = rotated["client_secret"].as_str().expect("a secret");
    assert!(fresh.starts_with("vbk_") && !said.out.contains(fresh), "another one");
}

#[test]
fn set_changes_what_it_names_and_nothing_else() {
    running_and_stopped(|vestibule| {
        let more = ["--redirect-uri", CALLBACK, "--scope", "a", "--scope", "b", "--full-access", "--no-pkce"];
        let mut before = add(&vestibule, "shop", "confidential", &more);
        before.as_object_mut().expect("an object").remove("client_secret");
        let set = |more: &[&str]| _ = vestibule.cli(&[&["client", "set", "shop"], more].concat()).expect_code(0);
        set(&["--access-token-lifetime", "10m", "--refresh-token-lifetime", "30d", "--jwt-access-tokens"]);
        set(&["--no-scopes", "--pkce", "--full-access=false", "--tos-uri", "https://shop.example.com/terms"]);
        for (key, value) in [
            ("access_token_lifetime", json!(600)),
            ("refresh_token_lifetime", json!(2_592_000)),
            ("jwt_access_tokens", json!(true)),
            ("scopes", json!([])),
            ("pkce", json!(true)),
            ("full_access", json!(false)),
            ("tos_uri", json!("https://shop.example.com/terms")),
        ] {
            before[key] = value;
        }
        assert_eq!(shown(&vestibule, "shop"), before);
        set(&["--refresh-token-lifetime", "0", "--tos-uri", ""]);
        assert_eq!(shown(&vestibule, "shop")["refresh_token_lifetime"], Value::Null);
        assert_eq!(shown(&vestibule, "shop")["tos_uri"], Value::Null);
        vestibule.cli(&["client", "set", "shop"]).expect_code(2);
        vestibule.cli(&["client", "set", "nobody", "--name", "x"]).expect_code(1);
    });
}

#[test]
fn what_cannot_be_a_client_is_refused_with_its_option() {
    let vestibule = Setup::default().prepare();
    for (kind, more, told) in [
        ("spa", &[][..], "--redirect-uri: a spa client needs at least one"),
        ("spa", &["--redirect-uri", "http://shop.example.com/"], "--redirect-uri: `http://shop.example.com/`"),
        ("machine", &["--redirect-uri", CALLBACK], "--redirect-uri: a machine client"),
        ("spa", &["--redirect-uri", CALLBACK, "--no-pkce"], "--no-pkce: a spa client"),
        ("third-party", &["--redirect-uri", CALLBACK, "--full-access"], "--full-access: a third-party client"),
        ("spa", &["--redirect-uri", CALLBACK, "--scope", "a b"], "--scope: `a b`"),
        ("spa", &["--redirect-uri", CALLBACK, "--tos-uri", "javascript:alert(1)"], "--tos-uri: "),
        ("spa", &["--redirect-uri", CALLBACK, "--access-token-lifetime", "2d"], "--access-token-lifetime: "),
    ] {
        let said = vestibule.cli(&[&["client", "add", "shop", "--kind", kind], more].concat()).expect_code(1);
        assert!(said.err.contains(told), "{told} is not in {}", said.err);
    }
    for wrong in [&["a b", "--kind", "spa"][..], &["shop", "--kind", "SPA"], &["shop"]] {
        vestibule.cli(&[&["client", "add"], wrong].concat()).expect_code(2);
    }
    assert_eq!(vestibule.cli(&["client", "list", "--json"]).expect_code(0).out, "");
}
