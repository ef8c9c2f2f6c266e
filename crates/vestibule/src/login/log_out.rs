//! `GET` and `POST /logout`: a page with a button; a GET alone never signs anybody out.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::{User, changes};

use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, Visit, problem};

use super::somebody;

#[derive(Template)]
#[template(path = "logout.html")]
struct LogOutPage {
    l: Layout,
    somebody: Option<User>,
    return_to: Option<String>,
    destination: String,
}

/// Asks.
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    let somebody = match somebody(&visit).await {
        Ok(somebody) => somebody,
        Err(response) => return response,
    };
    let page = LogOutPage {
        l: Layout::of(&visit),
        somebody,
        return_to: to.asked_for().map(str::to_owned),
        destination: to.as_str().to_owned(),
    };
    page::show(StatusCode::OK, &page, to.other_origin().as_deref())
}

/// Ends the sessions that the request's cookies name, and clears the cookies.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    if let Err(fault) = changes::log_out(visit.site.ledger(), &visit.known_by()).await {
        return problem::fault(visit, &fault);
    }
    let to = visit.return_to(form.optional("return_to"));
    let own = visit.path("/login?signed_out=1");
    let mut response = page::see_other(to.asked_for().unwrap_or(&own));
    visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    response
}
