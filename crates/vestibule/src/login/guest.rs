//! `POST /login/guest`: continue as a guest.

use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::changes::{GuestError, continue_as_guest};

use crate::web::{SameOriginForm, page, problem};

use super::signed_in;

/// Makes a guest and signs them in.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let to = visit.return_to(form.optional("return_to"));
    // A second click, or a page from an old tab: nobody loses who they are by it.
    if visit.identity.is_some() {
        return page::see_other(to.as_str());
    }
    match continue_as_guest(visit.site.ledger(), visit.browser()).await {
        Ok(session) => signed_in(visit, &session, &to),
        Err(GuestError::Closed) => problem::answer(visit, StatusCode::NOT_FOUND),
        Err(GuestError::Limited(wait)) => {
            let mut response = problem::answer(visit, StatusCode::TOO_MANY_REQUESTS);
            problem::retry_after(&mut response, wait.retry_after);
            response
        }
        Err(GuestError::Fault(fault)) => problem::fault(visit, &fault),
    }
}
