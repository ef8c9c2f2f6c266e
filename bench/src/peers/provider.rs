//! An OpenID provider for the sign-in: the example server of zitadel's OpenID library, with the client and the
//! user that it brings.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::front::{free_port, start_on};
use crate::process::Process;

use super::browser::{Answer, Browser};

/// The client that the example registers: its id and its secret.
pub(super) const CLIENT: (&str, &str) = ("web", "secret");

/// The subject of the person who signs in.
pub(super) const USER: &str = "id1";

/// A running provider. It listens on every address of the machine, so it ends when everybody has signed in.
pub(super) struct Provider {
    process: Process,
    issuer: String,
}

impl Provider {
    /// Starts it for a client with these callbacks.
    pub(super) fn start(program: &Path, log: &Path, callbacks: &[String]) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(program);
        command.env_clear().env("PORT", port.to_string()).env("REDIRECT_URI", callbacks.join(","));
        let process = start_on(port, &mut command, log)?;
        Ok(Self { process, issuer: format!("http://localhost:{port}/") })
    }

    /// Who it says it is.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Fills in its form, and goes to wherever that leads.
    pub(super) fn sign_in(&self, browser: &mut Browser, form: &Answer) -> anyhow::Result<Answer> {
        let id = form.url.split_once("authRequestID=").with_context(|| format!("not the provider's form: {form:?}"))?.1;
        let fields = format!("id={id}&username=test-user%40localhost&password=verysecure");
        browser.visit(&format!("{}login/username", self.issuer), Some(&fields))
    }

    /// Ends it.
    pub(super) fn end(self) -> anyhow::Result<()> {
        self.process.end()
    }
}
