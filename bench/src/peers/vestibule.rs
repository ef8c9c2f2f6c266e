//! Vestibule as it stands beside the others: over TCP as they do, and over its unix socket.

use anyhow::Context as _;
use vestibule_gate::verdict::HeaderPrefix;

use crate::Bench;
use crate::process::Process;
use crate::server::{Place, ask, cookie};

use super::door::{Dialect, Door};

/// A running Vestibule with a live session.
pub(super) struct Vestibule {
    process: Process,
    place: Place,
    dialect: Dialect,
    cookie: String,
    user: String,
}

impl Vestibule {
    /// Starts one with as many sessions in its store as in the chapter `doors`.
    pub(super) fn start(bench: &Bench<'_>) -> anyhow::Result<Self> {
        let (place, secrets) = bench.seeded("vestibule", 1_000)?;
        let process = place.serve(bench.options)?;
        // The second name of the list is the user's id; the door takes the first for it.
        let mut answer: Vec<String> = HeaderPrefix::default().names().collect();
        answer.swap(0, 1);
        let cookie = cookie(secrets[0].expose());
        let head = ask(&place.resolver(), &cookie)?;
        let user = head.lines().find_map(|line| line.strip_prefix(&answer[0])?.strip_prefix(": "));
        let user = user.with_context(|| format!("a live session is nobody's:\n{head}"))?.to_owned();
        // Nobody is an answer, too: the application decides what a visitor without a session may see.
        let dialect = Dialect { path: "/_resolver/resolve", told: &[], answer, stranger: "200" };
        Ok(Self { process, place, dialect, cookie, user })
    }

    /// Its two doors; over TCP is the first.
    pub(super) fn doors(&self) -> Vec<Door<'_>> {
        let door = |name, what, address| Door {
            name,
            what,
            address,
            kept: true,
            dialect: &self.dialect,
            cookie: &self.cookie,
            user: &self.user,
            authenticator: &self.process,
            store: None,
        };
        vec![
            door("vestibule_tcp", "Vestibule", self.place.address().to_string()),
            door("vestibule_unix", "Vestibule, unix socket", format!("unix:{}", self.place.resolver().display())),
        ]
    }
}
