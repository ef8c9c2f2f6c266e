//! `GET` and `POST /logout`: a page with a button; a GET alone never signs anybody out.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::changes;

use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, Visit, problem};

#[derive(Template)]
#[template(path = "logout.html")]
struct LogOutPage {
    l: Layout,
    signed_in: bool,
    return_to: Option<String>,
    destination: String,
}

/// Asks.
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    let page = LogOutPage {
        l: Layout::of(&visit),
        signed_in: visit.identity.is_some(),
        return_to: to.asked_for().map(str::to_owned),
        destination: to.as_str().to_owned(),
    };
    page::show(StatusCode::OK, &page, to.other_origin().as_deref())
}

/// Ends the sessions that the request's cookies name, and clears the cookies.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    if let Err(fault) = changes::log_out(visit.site.ledger(), visit.secrets()).await {
        return problem::fault(visit, &fault);
    }
    let to = visit.return_to(form.optional("return_to"));
    let own = visit.path("/login?signed_out=1");
    let mut response = page::see_other(to.asked_for().unwrap_or(&own));
    visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    response
}
