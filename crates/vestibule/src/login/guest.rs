//! `POST /login/guest`: continue as a guest.

use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::changes::{GuestError, continue_as_guest};

use crate::web::{SameOriginForm, page, problem};

use super::{Destination, signed_in};

/// Makes a guest and signs them in.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let destination = match Destination::of(visit, |name| form.optional(name)).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    // A second click, or a page from an old tab: nobody loses who they are by it.
    let alone = destination.continuation.as_ref().is_some_and(|continuation| !continuation.request.single_sign_on);
    if visit.identity.is_some() && !alone {
        return page::see_other(destination.to.as_str());
    }
    match continue_as_guest(visit.site.ledger(), destination.browser(visit)).await {
        Ok(session) => signed_in(visit, &session, &destination),
        Err(GuestError::Closed) => problem::answer(visit, StatusCode::NOT_FOUND),
        Err(GuestError::Limited(wait)) => {
            let mut response = problem::answer(visit, StatusCode::TOO_MANY_REQUESTS);
            problem::retry_after(&mut response, wait.retry_after);
            response
        }
        Err(GuestError::Fault(fault)) => problem::fault(visit, &fault),
    }
}
