//! `GET` and `POST /settings/tokens`: API tokens that people make for their scripts, where `[api_tokens] enabled` lets them.
//! A new one is on the page that answers the form, and on no other.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::DisplayName;
use vestibule_gate::id::SessionId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::verdict::{Identity, SessionKind};
use vestibule_ledger::changes::{self, ApiTokenError};
use vestibule_ledger::{SessionInfo, User, queries};

use crate::texts::Texts;
use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem, when};

use super::{account, current_password, gone, not_confirmed, waiting};

/// How long a token may live, in days; the second is offered first.
const LIFETIMES: [u16; 4] = [7, 30, 90, 365];
const OFFERED: u16 = LIFETIMES[1];

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    l: Layout,
    refused: Refusal,
    revoked: bool,
    fresh: Option<String>,
    tokens: Vec<Line>,
    label: String,
    email: String,
    /// Days, what they are called, and whether they are chosen.
    lifetimes: Vec<(u16, String, bool)>,
}

struct Line {
    id: String,
    label: String,
    scopes: String,
    by_cli: bool,
    made: String,
    made_machine: String,
    seen: Option<String>,
    seen_machine: String,
    ends: String,
    ends_machine: String,
}

/// Lists the tokens, with a form for another.
pub async fn get(visit: Visit) -> Response {
    match owner(&visit).await {
        Ok((_, user)) => {
            let revoked = visit.asked("revoked").is_some();
            show(&visit, &user, StatusCode::OK, Shown { revoked, ..Shown::default() }).await
        }
        Err(response) => response,
    }
}

/// Makes one, and shows it.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match owner(visit).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Some(days) = form.field("days").parse().ok().filter(|days| LIFETIMES.contains(days)) else {
        return problem::answer(visit, StatusCode::BAD_REQUEST);
    };
    let typed = Shown { label: form.field("label"), days: Some(days), ..Shown::default() };
    let refuse = async |status, refused| show(visit, &user, status, Shown { refused, ..typed.clone() }).await;
    let (label, current) = match both(label(&form), current_password(&form)) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused).await,
    };
    let lifetime = Span::from_seconds(i64::from(days) * 86_400);
    let ledger = visit.site.ledger();
    match changes::create_own_api_token(ledger, identity.user(), Some(current), label, lifetime).await {
        Ok((secret, _)) => {
            let fresh = Some(secret.expose().to_owned());
            show(visit, &user, StatusCode::OK, Shown { fresh, ..Shown::default() }).await
        }
        Err(ApiTokenError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, refused, wait)) => waiting(refuse(status, refused).await, wait),
            Err(response) => response,
        },
        Err(ApiTokenError::TooMany) => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, Refusal::whole(visit.texts.get("tokens-too-many"))).await
        }
        Err(ApiTokenError::NoSuchUser | ApiTokenError::Disabled | ApiTokenError::Name) => gone(visit),
        Err(ApiTokenError::Fault(fault)) => problem::fault(visit, &fault),
    }
}

/// Ends one.
pub async fn revoke(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, _) = match owner(visit).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Ok(session) = SessionId::parse(form.field("session")) else {
        return problem::answer(visit, StatusCode::BAD_REQUEST);
    };
    match changes::revoke_session(visit.site.ledger(), identity.user(), session).await {
        // One that is gone already is gone: the list says so.
        Ok(_) => page::see_other(&visit.path("/settings/tokens?revoked=1")),
        Err(fault) => problem::fault(visit, &fault),
    }
}

/// Whose page it is. It is nobody's where people make no tokens, and a guest has no password to make one with.
async fn owner(visit: &Visit) -> Result<(Identity, User), Response> {
    if !visit.settings.api_tokens {
        return Err(problem::answer(visit, StatusCode::NOT_FOUND));
    }
    let (identity, user) = account(visit, "/settings/tokens").await?;
    if user.anonymous { Err(page::see_other(&visit.path("/settings"))) } else { Ok((identity, user)) }
}

/// What it is for: without that nobody knows later which one to revoke.
fn label(form: &SameOriginForm) -> Result<DisplayName, Refusal> {
    let refused = || Refusal::of("label", form.visit.texts.get("tokens-label-bad"));
    let label = DisplayName::parse(form.field("label")).map_err(|_| refused())?;
    if label.as_str().is_empty() { Err(refused()) } else { Ok(label) }
}

/// What the page shows besides the list.
#[derive(Clone, Default)]
struct Shown<'t> {
    refused: Refusal,
    revoked: bool,
    fresh: Option<String>,
    label: &'t str,
    days: Option<u16>,
}

async fn show(visit: &Visit, user: &User, status: StatusCode, shown: Shown<'_>) -> Response {
    let ledger = visit.site.ledger();
    let sessions = match queries::sessions(ledger, user.id).await {
        Ok(sessions) => sessions,
        Err(fault) => return problem::fault(visit, &fault),
    };
    let now = ledger.now();
    let tokens = sessions.iter().filter(|session| session.kind == SessionKind::Api);
    let chosen = shown.days.unwrap_or(OFFERED);
    let lifetime = |days: u16| (days, visit.texts.count("tokens-days", i64::from(days)), days == chosen);
    let page = TokensPage {
        l: Layout::of(visit),
        refused: shown.refused,
        revoked: shown.revoked,
        fresh: shown.fresh,
        tokens: tokens.map(|token| line(&visit.texts, token, now)).collect(),
        label: shown.label.chars().take(300).collect(),
        email: user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default(),
        lifetimes: LIFETIMES.map(lifetime).to_vec(),
    };
    page::show(status, &page, None)
}

fn line(texts: &Texts, token: &SessionInfo, now: Timestamp) -> Line {
    let was_used = token.last_seen_at > token.created_at;
    Line {
        id: token.id.to_string(),
        label: token.label.clone(),
        scopes: token.scope.replace(' ', ", "),
        by_cli: token.by_cli,
        made: when::ago(texts, token.created_at, now),
        made_machine: when::machine(token.created_at),
        seen: was_used.then(|| when::ago(texts, token.last_seen_at, now)),
        seen_machine: when::machine(token.last_seen_at),
        ends: when::left(texts, token.expires_at, now),
        ends_machine: when::machine(token.expires_at),
    }
}
