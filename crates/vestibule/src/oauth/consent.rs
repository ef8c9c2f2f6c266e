//! The two questions on the way to a client: "continue as", and what a third party may know.
//!
//! Both forms carry the request itself, and the answer is decided from it anew: nothing in between is trusted.

use askama::Template;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use vestibule_gate::grant::Parameters;
use vestibule_gate::id::UserId;
use vestibule_ledger::User;

use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, problem};

use super::authorize::{Asked, Word, answer};
use super::continuation::address;
use super::shared::Shared;

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    l: Layout,
    client: String,
    host: String,
    who: String,
    shared: Vec<Shared>,
    about: Option<String>,
    policy: Option<String>,
    tos: Option<String>,
    request: String,
    person: String,
    other: String,
}

#[derive(Template)]
#[template(path = "continue_as.html")]
struct ContinueAsPage {
    l: Layout,
    client: String,
    who: Option<String>,
    request: String,
    person: String,
    other: String,
}

/// Asks whether a client may have what it wants.
pub(super) fn ask(asked: &Asked<'_>, user: &User) -> Response {
    let client = &asked.record().client;
    let page = ConsentPage {
        l: Layout::of(asked.visit),
        client: client.name.clone(),
        host: asked.it.host(),
        who: shown(user).unwrap_or_default(),
        shared: asked.it.request.would_know().iter().map(Shared::of).collect(),
        about: client.client_uri.clone(),
        policy: client.policy_uri.clone(),
        tos: client.tos_uri.clone(),
        request: query(asked),
        person: tag(asked, user.id),
        other: other(asked),
    };
    page::show(StatusCode::OK, &page, Some(&asked.it.form_action()))
}

/// Asks whether it is this account that goes on.
pub(super) fn continue_as(asked: &Asked<'_>, user: &User) -> Response {
    let page = ContinueAsPage {
        l: Layout::of(asked.visit),
        client: asked.record().client.name.clone(),
        who: shown(user),
        request: query(asked),
        person: tag(asked, user.id),
        other: other(asked),
    };
    page::show(StatusCode::OK, &page, Some(&asked.it.form_action()))
}

/// `POST /oauth2/consent`: the person's word.
pub async fn post(form: SameOriginForm) -> Response {
    let mut visit = form.visit.clone();
    let Ok(parameters) = Parameters::parse(form.field("request").as_bytes()) else {
        return problem::answer(&visit, StatusCode::BAD_REQUEST);
    };
    visit.texts = visit.texts.or_of(parameters.get("ui_locales"));
    let word = match form.field("x_action") {
        "continue" => Word::Continue,
        "consent" => Word::Allow,
        "cancel" => return cancel(&form, &parameters).await,
        _ => return problem::answer(&visit, StatusCode::BAD_REQUEST),
    };
    match is_the_same_person(&form, &parameters).await {
        Ok(true) => answer(visit, &parameters, word).await,
        // Somebody else has signed in meanwhile, in another tab: the word was not theirs.
        Ok(false) => answer(visit, &parameters, Word::Nothing).await,
        Err(response) => *response,
    }
}

async fn cancel(form: &SameOriginForm, parameters: &Parameters) -> Response {
    let asked = match Asked::read(&form.visit, parameters).await {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    match asked.cancel().await {
        Ok(response) => response,
        Err(fault) => problem::fault(&form.visit, &fault),
    }
}

/// Whether the page that was answered was shown to whom the request would be granted to now.
async fn is_the_same_person(form: &SameOriginForm, parameters: &Parameters) -> Result<bool, Box<Response>> {
    let asked = Asked::read(&form.visit, parameters).await?;
    let person = asked.person().await.map_err(|fault| Box::new(problem::fault(&form.visit, &fault)))?;
    let Ok(shown) = URL_SAFE_NO_PAD.decode(form.field("person")) else { return Ok(false) };
    let key = form.visit.site.ledger().tag_key();
    Ok(person.is_some_and(|person| key.verify(TAG, &parts(&asked, &person.to_string()), &shown)))
}

const TAG: &str = "consent";

/// Ties a page to the person whom it is shown to, and to the request.
fn tag(asked: &Asked<'_>, user: UserId) -> String {
    let key = asked.visit.site.ledger().tag_key();
    URL_SAFE_NO_PAD.encode(key.tag(TAG, &parts(asked, &user.to_string())))
}

fn parts<'p>(asked: &'p Asked<'_>, user: &'p str) -> [&'p [u8]; 2] {
    [user.as_bytes(), asked.it.bound_to.bytes()]
}

fn shown(user: &User) -> Option<String> {
    user.email.as_ref().map(|email| email.shown().to_owned())
}

fn query(asked: &Asked<'_>) -> String {
    let address = address(asked.visit, asked.parameters);
    address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
}

/// The way to sign in as somebody else.
fn other(asked: &Asked<'_>) -> String {
    let back = address(asked.visit, asked.parameters);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("other", "1")
        .append_pair("return_to", &back)
        .finish();
    asked.visit.path(&format!("/login?{query}"))
}
