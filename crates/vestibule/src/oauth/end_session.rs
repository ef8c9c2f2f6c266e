//! `GET` and `POST /oauth2/end_session` (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A link never signs anybody out by itself, but for two cases: a first party's client shows the ID token of this very
//! session, or a page of our own site asks. Everybody else is shown a button.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use http::StatusCode;
use url::{Url, form_urlencoded};
use vestibule_gate::grant::{Client, ClientId, Parameters};
use vestibule_gate::token::jwt::{Audience, Expected, Expiry, TokenType, Verified, verify};
use vestibule_ledger::{Fault, changes, queries};

use crate::web::page::{self, Layout};
use crate::web::{SameOriginForm, Site, Visit, body, problem};

use super::continuation::form_action;
use super::id_token::sid;

#[derive(Template)]
#[template(path = "end_session.html")]
struct EndSessionPage {
    l: Layout,
    who: Option<String>,
    request: String,
}

/// Signs out where it may, and asks where it must.
pub async fn get(visit: Visit) -> Response {
    match Parameters::parse(visit.query_text().as_bytes()) {
        Ok(parameters) => answer(&visit, &parameters, false).await,
        Err(_) => problem::answer(&visit, StatusCode::BAD_REQUEST),
    }
}

/// A request in a form becomes one in the address: from another site our cookies do not come with it.
pub async fn post(State(site): State<Site>, request: Request) -> Response {
    let (mut parts, content) = request.into_parts();
    let visit = match Visit::from_request_parts(&mut parts, &site).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let bytes = match body::form(&parts.headers, content).await {
        Ok(bytes) => bytes,
        Err(status) => return problem::answer(&visit, status),
    };
    match Parameters::parse(&bytes) {
        Ok(parameters) => {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters.iter()).finish();
            page::see_other(&visit.path(&format!("/oauth2/end_session?{query}")))
        }
        Err(_) => problem::answer(&visit, StatusCode::BAD_REQUEST),
    }
}

/// `POST /oauth2/end_session/confirm`: the button.
pub async fn confirm(form: SameOriginForm) -> Response {
    match Parameters::parse(form.field("request").as_bytes()) {
        Ok(parameters) => answer(&form.visit, &parameters, true).await,
        Err(_) => problem::answer(&form.visit, StatusCode::BAD_REQUEST),
    }
}

async fn answer(visit: &Visit, parameters: &Parameters, confirmed: bool) -> Response {
    match end(visit, parameters, confirmed).await {
        Ok(response) => response,
        Err(fault) => problem::fault(visit, &fault),
    }
}

async fn end(visit: &Visit, parameters: &Parameters, confirmed: bool) -> Result<Response, Fault> {
    let hint = Hint::read(visit, parameters).await?;
    let to = destination(visit, parameters, &hint).await?;
    let proven = matches!(&hint, Hint::Good { is_this_session: true, client, .. } if client.kind.is_first_party())
        || (matches!(hint, Hint::None) && visit.is_same_site());
    // Two cookies that contradict each other are nobody, and yet sessions that a link from elsewhere must not end.
    if confirmed || proven || !queries::is_known(visit.site.ledger(), &visit.known_by()).await? {
        return sign_out(visit, to.as_deref()).await;
    }
    Ok(ask(visit, parameters, to.as_deref()).await)
}

async fn sign_out(visit: &Visit, to: Option<&str>) -> Result<Response, Fault> {
    changes::log_out(visit.site.ledger(), &visit.known_by()).await?;
    let own = visit.path("/login?signed_out=1");
    let mut response = page::see_other(to.unwrap_or(&own));
    visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    Ok(response)
}

async fn ask(visit: &Visit, parameters: &Parameters, to: Option<&str>) -> Response {
    let user = match &visit.identity {
        Some(identity) => {
            let who = vestibule_ledger::UserRef::Id(identity.user());
            queries::user(visit.site.ledger(), &who).await.ok().flatten()
        }
        None => None,
    };
    let request = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters.iter()).finish();
    let who = user.and_then(|user| user.email).map(|email| email.shown().to_owned());
    let origin = to.and_then(|to| Url::parse(to).ok()).map(|url| form_action(&url));
    page::show(StatusCode::OK, &EndSessionPage { l: Layout::of(visit), who, request }, origin.as_deref())
}

/// What the `id_token_hint` is worth.
enum Hint {
    /// There is none.
    None,
    /// Not one of ours.
    Bad,
    /// One of ours, over or not.
    Good { client: Box<Client>, is_this_session: bool },
}

impl Hint {
    async fn read(visit: &Visit, parameters: &Parameters) -> Result<Self, Fault> {
        let Some(text) = parameters.get("id_token_hint") else { return Ok(Self::None) };
        let ledger = visit.site.ledger();
        let expected = Expected {
            token_type: TokenType::Id,
            issuer: &visit.settings.public_url.to_string(),
            audience: Audience::Anybody,
            expiry: Expiry::Ignored,
        };
        let Ok(verified) = verify(text, &ledger.keyring().published(), &expected, ledger.now()) else {
            return Ok(Self::Bad);
        };
        let audience = verified.audiences().next().and_then(|id| ClientId::parse(id).ok());
        let Some(id) = audience else { return Ok(Self::Bad) };
        let Some(record) = queries::client(ledger, &id).await? else { return Ok(Self::Bad) };
        let is_this_session = is_of_this_group(visit, &verified).await?;
        Ok(Self::Good { client: Box::new(record.client), is_this_session })
    }
}

/// Whether the ID token names the session that is here, or one that belongs to it.
async fn is_of_this_group(visit: &Visit, verified: &Verified) -> Result<bool, Fault> {
    let (Some(identity), Some(named)) = (&visit.identity, verified.text("sid")) else { return Ok(false) };
    if verified.subject() != identity.user().to_string() {
        return Ok(false);
    }
    let sessions = queries::sessions(visit.site.ledger(), identity.user()).await?;
    let this = identity.session();
    Ok(sessions.iter().any(|one| (one.id == this || one.parent == Some(this)) && sid(one) == named))
}

/// Where a signed-out person is sent: an address that its client has registered, or nowhere. Who names no client may name
/// an address of any first party's.
async fn destination(visit: &Visit, parameters: &Parameters, hint: &Hint) -> Result<Option<String>, Fault> {
    let Some(asked) = parameters.get("post_logout_redirect_uri") else { return Ok(None) };
    let registered = |client: &Client| client.post_logout_redirect_uris.iter().any(|uri| uri.as_str() == asked);
    let named = parameters.get("client_id").map(ClientId::parse);
    let ledger = visit.site.ledger();
    let allowed = match (hint, named) {
        (Hint::Bad, _) | (_, Some(Err(_))) => false,
        (Hint::Good { client, .. }, Some(Ok(id))) if client.id != id => false,
        (Hint::Good { client, .. }, _) => registered(client),
        (Hint::None, Some(Ok(id))) => {
            queries::client(ledger, &id).await?.is_some_and(|found| registered(&found.client))
        }
        (Hint::None, None) => {
            let clients = queries::clients(ledger).await?;
            clients.iter().any(|record| record.client.kind.is_first_party() && registered(&record.client))
        }
    };
    let url = if allowed { Url::parse(asked).ok() } else { None };
    Ok(url.map(|mut url| {
        if let Some(state) = parameters.get("state") {
            url.query_pairs_mut().append_pair("state", state);
        }
        url.into()
    }))
}
