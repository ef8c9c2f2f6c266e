//! `GET /settings/sessions`, and ending one's own sessions there. What ends is refused on the very next resolve.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::grant::{Client, ClientKind};
use vestibule_gate::id::SessionId;
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::{ClientRecord, SessionInfo, changes, queries};

use crate::texts::Texts;
use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, Visit, problem, when};

use super::{browser_name, owner};

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    l: Layout,
    ended: Option<&'static str>,
    sessions: Vec<Line>,
}

struct Line {
    id: String,
    device: Device,
    this: bool,
    /// An application's that takes this browser's session along when it ends.
    takes_this: bool,
    by_cli: bool,
    since: String,
    since_machine: String,
    seen: String,
    seen_machine: String,
    address: Option<String>,
}

impl Line {
    /// Whether nobody signed in for it.
    const fn is_made(&self) -> bool {
        self.by_cli || matches!(self.device, Device::Token(_))
    }
}

/// What a session runs in.
enum Device {
    Known(String),
    Unknown,
    /// The operator's command line, as far as anybody knows.
    CommandLine,
    /// An application, and the browser that it signed in with.
    Application {
        name: String,
        kind: &'static str,
        browser: Option<String>,
    },
    /// An API token, by what its owner calls it.
    Token(String),
}

impl Device {
    fn of(texts: &Texts, session: &SessionInfo, clients: &[ClientRecord]) -> Self {
        if session.kind == SessionKind::Api {
            return Self::Token(session.label.clone());
        }
        let browser = browser_name::of(texts, &session.user_agent);
        match (client(session, clients), browser) {
            (Some(client), browser) => {
                Self::Application { name: client.name.clone(), kind: kind(client.kind), browser }
            }
            (None, Some(name)) => Self::Known(name),
            (None, None) if session.by_cli => Self::CommandLine,
            (None, None) => Self::Unknown,
        }
    }
}

/// The application that a session is of, if it is of one.
fn client<'c>(session: &SessionInfo, clients: &'c [ClientRecord]) -> Option<&'c Client> {
    let id = session.client.as_ref()?;
    clients.iter().map(|record| &record.client).find(|client| client.id == *id)
}

/// What kind of application it is, for whoever has never heard of clients.
const fn kind(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Spa | ClientKind::Web => "sessions-app-page",
        ClientKind::Native => "sessions-app-device",
        ClientKind::Confidential | ClientKind::Machine => "sessions-app-server",
        ClientKind::ThirdParty => "sessions-app-third",
    }
}

/// Lists the sessions.
pub async fn get(visit: Visit) -> Response {
    let identity = match owner(&visit, "/settings/sessions") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let ledger = visit.site.ledger();
    let found = async { Ok((queries::sessions(ledger, identity.user()).await?, queries::clients(ledger).await?)) };
    let (sessions, clients) = match found.await {
        Ok(found) => found,
        Err(fault) => return problem::fault(&visit, &fault),
    };
    let of = Of { visit: &visit, this: identity.session(), clients: &clients, now: ledger.now() };
    let mut lines: Vec<Line> = sessions.iter().map(|session| of.line(session)).collect();
    lines.sort_by_key(|line| !line.this);
    let page = SessionsPage { l: Layout::of(&visit), ended: ended(&visit), sessions: lines };
    page::show(StatusCode::OK, &page, None)
}

/// What has just been ended.
fn ended(visit: &Visit) -> Option<&'static str> {
    match visit.asked("ended") {
        Some("one") => Some("sessions-ended-one"),
        Some("others") => Some("sessions-ended-others"),
        Some(_) | None => None,
    }
}

/// What a line is read with.
struct Of<'v> {
    visit: &'v Visit,
    this: SessionId,
    clients: &'v [ClientRecord],
    now: Timestamp,
}

impl Of<'_> {
    fn line(&self, session: &SessionInfo) -> Line {
        let texts = &self.visit.texts;
        let is_ours = client(session, self.clients).is_some_and(|client| client.kind.is_first_party());
        Line {
            id: session.id.to_string(),
            device: Device::of(texts, session, self.clients),
            this: session.id == self.this,
            takes_this: is_ours && session.parent == Some(self.this),
            by_cli: session.by_cli,
            since: when::ago(texts, session.created_at, self.now),
            since_machine: when::machine(session.created_at),
            seen: when::ago(texts, session.last_seen_at, self.now),
            seen_machine: when::machine(session.last_seen_at),
            address: session.address.map(|address| address.to_string()),
        }
    }
}

/// Ends one.
pub async fn revoke(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let identity = match owner(visit, "/settings/sessions") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let Ok(session) = SessionId::parse(form.field("session")) else {
        return problem::answer(visit, StatusCode::BAD_REQUEST);
    };
    match changes::revoke_session(visit.site.ledger(), identity.user(), session).await {
        // One that is gone already is gone: the list says so.
        Ok(_) => page::see_other(&visit.path("/settings/sessions?ended=one")),
        Err(fault) => problem::fault(visit, &fault),
    }
}

/// Ends all but this one.
pub async fn revoke_others(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let identity = match owner(visit, "/settings/sessions") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    match changes::revoke_others(visit.site.ledger(), identity.user(), identity.session()).await {
        Ok(_) => page::see_other(&visit.path("/settings/sessions?ended=others")),
        Err(fault) => problem::fault(visit, &fault),
    }
}
