//! "You are signed in as X": the page for somebody who is here already.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use crate::web::Visit;
use crate::web::page::{self, Layout};

use super::Destination;

#[derive(Template)]
#[template(path = "continue.html")]
struct ContinuePage {
    l: Layout,
    notice: Option<&'static str>,
    who: String,
    application: Option<String>,
    destination: String,
    more: String,
}

/// Offers the way on, and another account. `notice` is the text that says what is the matter, if something is.
pub(super) fn show(visit: &Visit, destination: &Destination, who: &str, notice: Option<&'static str>) -> Response {
    let page = ContinuePage {
        l: Layout::of(visit),
        notice,
        who: who.to_owned(),
        application: destination.application(visit),
        destination: destination.to.as_str().to_owned(),
        more: destination.query('&'),
    };
    page::show(StatusCode::OK, &page, None)
}
