//! `GET /settings/apps`: the applications that a person is signed in to or has allowed something, and taking that back.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::grant::ClientId;
use vestibule_gate::id::UserId;
use vestibule_gate::time::Timestamp;
use vestibule_ledger::{ClientRecord, Fault, Ledger, changes, queries};

use crate::oauth::shared::Shared;
use crate::texts::Texts;
use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, Visit, problem, when};

use super::owner;

#[derive(Template)]
#[template(path = "apps.html")]
struct AppsPage {
    l: Layout,
    revoked: bool,
    apps: Vec<App>,
}

/// An application as the page shows it.
struct App {
    id: String,
    name: String,
    third_party: bool,
    page: Option<String>,
    since: String,
    since_machine: String,
    /// The last use; `None` where it has no session.
    seen: Option<String>,
    seen_machine: String,
    shared: Vec<Shared>,
}

/// Lists them, the last used one first.
pub async fn get(visit: Visit) -> Response {
    let identity = match owner(&visit, "/settings/apps") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let ledger = visit.site.ledger();
    match granted(ledger, identity.user()).await {
        Ok(granted) => {
            let now = ledger.now();
            let apps = granted.into_iter().map(|granted| app(&visit.texts, granted, now)).collect();
            let page = AppsPage { l: Layout::of(&visit), revoked: visit.asked("revoked").is_some(), apps };
            page::show(StatusCode::OK, &page, None)
        }
        Err(fault) => problem::fault(&visit, &fault),
    }
}

/// Ends an application's sessions, and forgets what it was allowed.
pub async fn revoke(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let identity = match owner(visit, "/settings/apps") {
        Ok(identity) => identity,
        Err(response) => return response,
    };
    let Ok(client) = ClientId::parse(form.field("client")) else {
        return problem::answer(visit, StatusCode::BAD_REQUEST);
    };
    match changes::revoke_client(visit.site.ledger(), identity.user(), &client).await {
        // One that had nothing has nothing now: the list says so.
        Ok(_) => page::see_other(&visit.path("/settings/apps?revoked=1")),
        Err(fault) => problem::fault(visit, &fault),
    }
}

/// All that one application has of a person.
struct Granted {
    record: ClientRecord,
    since: Timestamp,
    seen: Option<Timestamp>,
    scopes: Vec<String>,
}

impl Granted {
    /// Adds a consent, or a session that was `seen`.
    fn add(&mut self, scopes: &str, since: Timestamp, seen: Option<Timestamp>) {
        self.since = self.since.min(since);
        self.seen = self.seen.max(seen);
        for scope in scopes.split_ascii_whitespace() {
            if !self.scopes.iter().any(|known| known == scope) {
                self.scopes.push(scope.to_owned());
            }
        }
    }
}

/// From what was allowed and from the sessions, together by application.
async fn granted(ledger: &Ledger, user: UserId) -> Result<Vec<Granted>, Fault> {
    let clients = queries::clients(ledger).await?;
    let consents = queries::consents(ledger, user).await?;
    let sessions = queries::sessions(ledger, user).await?;
    let of_consents = consents.into_iter().map(|(client, scope, since)| (client, scope, since, None));
    let of_sessions = sessions.into_iter().filter_map(|session| {
        let client = session.client?;
        Some((client, session.scope, session.created_at, Some(session.last_seen_at)))
    });
    let mut all: Vec<Granted> = Vec::new();
    for (client, scope, since, seen) in of_consents.chain(of_sessions) {
        if let Some(known) = all.iter_mut().find(|granted| granted.record.client.id == client) {
            known.add(&scope, since, seen);
        } else if let Some(record) = clients.iter().find(|record| record.client.id == client) {
            let mut granted = Granted { record: record.clone(), since, seen, scopes: Vec::new() };
            granted.add(&scope, since, seen);
            all.push(granted);
        }
    }
    all.sort_by_key(|granted| std::cmp::Reverse(granted.seen));
    Ok(all)
}

fn app(texts: &Texts, granted: Granted, now: Timestamp) -> App {
    let Granted { record, since, seen, scopes } = granted;
    let client = record.client;
    App {
        id: client.id.to_string(),
        name: client.name,
        third_party: !client.kind.is_first_party(),
        page: client.client_uri,
        since: when::ago(texts, since, now),
        since_machine: when::machine(since),
        seen: seen.map(|seen| when::ago(texts, seen, now)),
        seen_machine: seen.map(when::machine).unwrap_or_default(),
        shared: scopes.iter().map(|scope| Shared::of(scope)).collect(),
    }
}
