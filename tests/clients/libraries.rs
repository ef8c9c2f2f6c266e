//! Libraries for applications: each signs in, reads userinfo, refreshes, revokes, and signs out, as a public client and
//! with a secret in both places.

use std::process::Command;

use vestibule_tests::oauth::Application;
use vestibule_tests::skip;

use super::install::{node, python};
use super::{EMAIL, conversation, server};

type Installed = Result<Command, &'static str>;

#[track_caller]
fn works(test: &str, client: fn() -> Installed, kind: &str, method: &str) {
    let program = match client() {
        Ok(program) => program,
        Err(reason) => return skip(test, reason),
    };
    let vestibule = server();
    let application = Application::register(&vestibule, "library", kind, &[]);
    let found = conversation::run(program, &vestibule, &application, method);
    assert_eq!(found["info"]["email"], EMAIL, "{found}");
    assert_eq!(found["info"]["email_verified"], true, "{found}");
    assert_eq!(found["info"]["sub"], found["sub"], "{found}");
}

fn openid_client() -> Installed {
    node("openid-client.mjs")
}

fn oauth4webapi() -> Installed {
    node("oauth4webapi.mjs")
}

fn authlib() -> Installed {
    python("authlib_client.py")
}

#[test]
fn openid_client_as_a_public_client() {
    works("openid_client_as_a_public_client", openid_client, "spa", "none");
}

#[test]
fn openid_client_with_a_secret_in_the_header() {
    works("openid_client_with_a_secret_in_the_header", openid_client, "confidential", "client_secret_basic");
}

#[test]
fn openid_client_with_a_secret_in_the_body_as_a_third_party() {
    let name = "openid_client_with_a_secret_in_the_body_as_a_third_party";
    works(name, openid_client, "third-party", "client_secret_post");
}

#[test]
fn oauth4webapi_as_a_public_client() {
    works("oauth4webapi_as_a_public_client", oauth4webapi, "native", "none");
}

#[test]
fn oauth4webapi_with_a_secret_in_the_header() {
    works("oauth4webapi_with_a_secret_in_the_header", oauth4webapi, "confidential", "client_secret_basic");
}

#[test]
fn oauth4webapi_with_a_secret_in_the_body() {
    works("oauth4webapi_with_a_secret_in_the_body", oauth4webapi, "confidential", "client_secret_post");
}

#[test]
fn authlib_as_a_public_client() {
    works("authlib_as_a_public_client", authlib, "web", "none");
}

#[test]
fn authlib_with_a_secret_in_the_header() {
    works("authlib_with_a_secret_in_the_header", authlib, "confidential", "client_secret_basic");
}

#[test]
fn authlib_with_a_secret_in_the_body() {
    works("authlib_with_a_secret_in_the_body", authlib, "confidential", "client_secret_post");
}
