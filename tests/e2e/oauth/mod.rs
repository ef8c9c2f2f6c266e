//! The provider as its clients see it. A test carries the name of its row in `docs/conformance.md`.

mod claims;
mod code_flow;
mod codes;
mod discovery;
mod hostile;
mod logout;
mod neighbours;
mod pages;
mod prompts;
mod redirects;
mod refresh;
mod registration;
mod requests;
mod revocation;
mod settings_action;
mod tokens;

use vestibule_tests::oauth::Application;
use vestibule_tests::server::{Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

/// A server with one person who has everything that can be told of somebody.
fn server() -> Vestibule {
    let vestibule = Setup::default().start();
    add_ada(&vestibule);
    vestibule
}

fn add_ada(vestibule: &Vestibule) {
    vestibule.add_user(EMAIL, &["--name", "Ada", "--verified"]);
}

/// An ordinary OpenID client: a server of our own with a secret, which may do without PKCE.
fn portal(vestibule: &Vestibule) -> Application<'_> {
    Application::register(vestibule, "portal", "confidential", &["--no-pkce"])
}

/// A single-page application.
fn spa(vestibule: &Vestibule) -> Application<'_> {
    Application::register(vestibule, "spa", "spa", &[])
}
