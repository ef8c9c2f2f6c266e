//! How an authorization's answer reaches its client: a redirect with the answer in the query or in the fragment, or a form
//! that the browser posts (OAuth 2.0 Form Post Response Mode).

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::grant::authorize::ReturnAddress;
use vestibule_gate::grant::{Refused, Response as Answer, respond};

use crate::web::Visit;

use super::continuation::form_action;
use crate::web::page::{self, Layout};

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage {
    l: Layout,
    action: String,
    fields: Vec<(String, String)>,
}

/// Sends the browser back with an answer. `iss` says who gave it (RFC 9207), on success and on refusal alike.
pub(super) fn to_client(visit: &Visit, to: &ReturnAddress, pairs: &[(&str, &str)]) -> Response {
    let issuer = visit.settings.public_url.to_string();
    let mut all: Vec<(&str, &str)> = pairs.to_vec();
    all.push(("iss", &issuer));
    match respond(to, &all) {
        Answer::Redirect(location) => page::see_other(&location),
        Answer::FormPost { action, fields } => {
            let page = FormPostPage { l: Layout::of(visit), action, fields };
            page::show(StatusCode::OK, &page, Some(&form_action(to.url())))
        }
    }
}

/// Tells a client that it does not get what it asked for.
pub(super) fn refuse(visit: &Visit, to: &ReturnAddress, refused: Refused) -> Response {
    to_client(visit, to, &refused.pairs())
}
