//! OpenID clients that others wrote, unchanged, against the built binary. They talk to the endpoints themselves; the
//! browser in between is ours. `make test-clients` runs this program, which installs them into `target/clients` once.

mod apache;
mod assertion;
mod conversation;
mod install;
mod libraries;
mod oauth2_proxy;
mod remote_user;

use vestibule_tests::server::{Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

/// A server with somebody who can sign in.
fn server() -> Vestibule {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &["--name", "Ada", "--verified"]);
    vestibule
}
