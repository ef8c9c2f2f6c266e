//! `GET /settings/sessions`, and ending one's own sessions there. What ends is refused on the very next resolve.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::id::SessionId;
use vestibule_gate::time::Timestamp;
use vestibule_ledger::{SessionInfo, changes, queries};

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
    by_cli: bool,
    since: String,
    since_machine: String,
    seen: String,
    seen_machine: String,
    address: Option<String>,
}

/// What a session runs in.
enum Device {
    Known(String),
    Unknown,
    /// The operator's command line, as far as anybody knows.
    CommandLine,
}

impl Device {
    fn of(texts: &Texts, session: &SessionInfo) -> Self {
        match browser_name::of(texts, &session.user_agent) {
            Some(name) => Self::Known(name),
            None if session.by_cli => Self::CommandLine,
            None => Self::Unknown,
        }
    }
}

/// Lists the sessions.
pub async fn get(visit: Visit) -> Response {
    let identity = match owner(&visit, "/settings/sessions") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let ledger = visit.site.ledger();
    match queries::sessions(ledger, identity.user()).await {
        Ok(sessions) => {
            let now = ledger.now();
            let mut lines: Vec<Line> = sessions.iter().map(|s| line(&visit, s, identity.session(), now)).collect();
            lines.sort_by_key(|line| !line.this);
            let page = SessionsPage { l: Layout::of(&visit), ended: ended(&visit), sessions: lines };
            page::show(StatusCode::OK, &page, None)
        }
        Err(fault) => problem::fault(&visit, &fault),
    }
}

/// What has just been ended.
fn ended(visit: &Visit) -> Option<&'static str> {
    match visit.asked("ended") {
        Some("one") => Some("sessions-ended-one"),
        Some("others") => Some("sessions-ended-others"),
        Some(_) | None => None,
    }
}

fn line(visit: &Visit, session: &SessionInfo, this: SessionId, now: Timestamp) -> Line {
    Line {
        id: session.id.to_string(),
        device: Device::of(&visit.texts, session),
        this: session.id == this,
        by_cli: session.by_cli,
        since: when::ago(&visit.texts, session.created_at, now),
        since_machine: when::machine(session.created_at),
        seen: when::ago(&visit.texts, session.last_seen_at, now),
        seen_machine: when::machine(session.last_seen_at),
        address: session.address.map(|address| address.to_string()),
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
