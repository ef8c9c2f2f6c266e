//! `GET /login?max_age=SECONDS&amr=METHODS`: somebody is signed in, and what they want is only for those who proved who
//! they are lately, or by certain means. They prove it on the page that applications ask for by `max_age` and `prompt`,
//! or go on at once, or are told that their account cannot do it; nobody goes round in a circle.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::step_up::{Demand, Next, Proven, Why};
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::Identity;

use crate::web::page::{self, Layout};
use crate::web::{Visit, problem};

use super::{Destination, continue_as};

#[derive(Template)]
#[template(path = "cannot.html")]
struct CannotPage {
    l: Layout,
    why: &'static str,
    who: String,
    more: String,
}

/// The answer to somebody of whom this is asked; `None`: they have to prove it once more.
pub(super) fn answer(visit: &Visit, destination: &Destination, demand: &Demand, who: &str) -> Option<Response> {
    let now = visit.site.ledger().now();
    let next = |identity: &Identity| demand.of(&proven(identity), now);
    match next(visit.identity.as_ref()?) {
        Next::Pass => Some(send_on(visit, destination, who)),
        Next::Refuse(why) => Some(refuse(visit, destination, why, who)),
        // Only the browser's own session is renewed here, and it is fresh: what counts instead is an application's.
        Next::Prove if visit.session.as_ref().is_some_and(|own| next(own) == Next::Pass) => {
            Some(continue_as::show(visit, destination, who, Some(CIRCLE)))
        }
        Next::Prove => None,
    }
}

fn proven(identity: &Identity) -> Proven<'_> {
    let facts = identity.facts();
    Proven { at: identity.authenticated_at(), amr: &facts.amr, has_password: facts.can_reauthenticate }
}

/// To where they want to go, without a question; but whoever comes back from there at once is asked by somebody who looks
/// at another credential, such as a cookie of that host alone, and would be for ever.
fn send_on(visit: &Visit, destination: &Destination, who: &str) -> Response {
    let place = TokenHash::of(destination.query('?').as_bytes()).to_text();
    if visit.cookie(visit.settings.cookies.names.step_up()).as_ref() == Some(&place) {
        return continue_as::show(visit, destination, who, Some(CIRCLE));
    }
    let mut response = page::see_other(destination.to.as_str());
    let line = visit.settings.cookies.step_up(&visit.path("/login"), place);
    visit.set_cookies(&mut response, line.into_iter().collect());
    response
}

fn refuse(visit: &Visit, destination: &Destination, why: Why, who: &str) -> Response {
    if visit.wants_json {
        return problem::answer(visit, StatusCode::FORBIDDEN);
    }
    let page = CannotPage {
        l: Layout::of(visit),
        why: match why {
            Why::NoPassword => "step-up-no-password",
            Why::NoSuchMethod => "step-up-no-method",
        },
        who: who.to_owned(),
        more: destination.query('&'),
    };
    page::show(StatusCode::FORBIDDEN, &page, None)
}

/// The text for whoever has proven it and is asked all the same.
const CIRCLE: &str = "step-up-circle";
