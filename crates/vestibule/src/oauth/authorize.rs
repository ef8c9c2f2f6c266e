//! `GET` and `POST /oauth2/authorize` (RFC 6749 section 3.1; OpenID Connect Core section 3.1.2): what has to happen before
//! a client gets what it asks for. `gate::grant` decides it; this file does it.

mod grant;
mod present;
mod settings;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use http::StatusCode;
use url::form_urlencoded;
use vestibule_gate::grant::authorize::{
    AuthorizeRequest, FirstPage, LoginHint, ResponseType, ReturnAddress, addressee,
};
use vestibule_gate::grant::need::{Present, Step, decide};
use vestibule_gate::grant::{ClientKind, ErrorCode, Parameters, Refused};
use vestibule_ledger::queries;
use vestibule_ledger::{ClientRecord, Fault};

use crate::web::{Site, Visit, body, page, problem};

use super::continuation::{Continuation, address, bound_to, own_settings};
use super::{consent, redirect};

/// What a sign-in leads back to, in bytes; a longer address would be forgotten on the way.
const MAX_RETURN_TO: usize = vestibule_gate::grant::return_to::MAX_BYTES;

/// Answers a request in the address.
pub async fn get(mut visit: Visit) -> Response {
    match Parameters::parse(visit.query_text().as_bytes()) {
        Ok(parameters) => {
            visit.texts = visit.texts.or_of(parameters.get("ui_locales"));
            answer(visit, &parameters, Word::Nothing).await
        }
        Err(_) => problem::answer(&visit, StatusCode::BAD_REQUEST),
    }
}

/// A request in a form becomes one in the address: it may come from another site, and our cookies do not travel with a
/// POST from there. Without them it would be decided that nobody is signed in.
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
        Ok(parameters) => page::see_other(&address(&visit, &parameters)),
        Err(_) => problem::answer(&visit, StatusCode::BAD_REQUEST),
    }
}

/// What the person has just said on a page of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing yet.
    Nothing,
    /// "Continue as me."
    Continue,
    /// "Allow." It answers "continue as" as well.
    Allow,
}

/// Answers a request.
pub(super) async fn answer(visit: Visit, parameters: &Parameters, word: Word) -> Response {
    match Asked::read(&visit, parameters).await {
        Ok(asked) => {
            let unknown = || Refused::new(ErrorCode::TemporarilyUnavailable, "try again in a moment");
            match asked.take_step(word).await {
                Ok(response) => response,
                Err(fault) => {
                    tracing::error!(%fault, "an authorization request was not answered");
                    redirect::refuse(&visit, &asked.it.to, unknown())
                }
            }
        }
        Err(response) => *response,
    }
}

/// A request that can be answered, and the visit that brought it.
pub(super) struct Asked<'v> {
    pub(super) visit: &'v Visit,
    pub(super) parameters: &'v Parameters,
    pub(super) it: Continuation,
}

impl<'v> Asked<'v> {
    /// Reads a request. What has no address to go back to is a page of ours, and everything else goes to the client.
    pub(super) async fn read(visit: &'v Visit, parameters: &'v Parameters) -> Result<Self, Box<Response>> {
        let nowhere = |why: &str| {
            tracing::info!(why, "an authorization request leads nowhere");
            Box::new(problem::client(visit, why))
        };
        let id = addressee(parameters).map_err(|why| nowhere(&why.to_string()))?;
        let found = queries::client(visit.site.ledger(), &id).await;
        let record = found.map_err(|fault| Box::new(problem::fault(visit, &fault)))?;
        let record = record.ok_or_else(|| nowhere("no application is registered under this client_id"))?;
        let own = own_settings(&visit.site, parameters);
        let to = ReturnAddress::decide(parameters, &record.client, Some(&own));
        let to = to.map_err(|why| nowhere(&why.to_string()))?;
        let request = AuthorizeRequest::read(parameters, &record.client);
        let request = request.map_err(|refused| Box::new(redirect::refuse(visit, &to, refused)))?;
        Ok(Self { visit, parameters, it: Continuation { record, to, request, bound_to: bound_to(parameters) } })
    }

    pub(super) const fn record(&self) -> &ClientRecord {
        &self.it.record
    }

    async fn take_step(&self, word: Word) -> Result<Response, Fault> {
        if self.it.to.is_own_settings() {
            return self.open_settings(word).await;
        }
        let Continuation { record, request, .. } = &self.it;
        if let ResponseType::SettingsAction(action) = &request.response_type {
            return self.settings_action(action, word).await;
        }
        let somebody = self.somebody().await?;
        let consented = match &somebody {
            // What was allowed before does not count where it is to be asked again.
            Some(_) if request.prompt.asks().consent && word != Word::Allow => false,
            Some(who) if word != Word::Allow => {
                let ledger = self.visit.site.ledger();
                queries::has_consented(ledger, who.user.id, &record.client.id, &request.would_know()).await?
            }
            Some(_) => true,
            None => false,
        };
        let chosen = word != Word::Nothing;
        let present = somebody.as_ref().map(|who| Present { chosen, ..who.present });
        let now = self.visit.site.ledger().now();
        let step = decide(request, &record.client, present.as_ref(), now, consented);
        match (self.never_silently(step, present.as_ref()), somebody) {
            (Step::Grant, Some(who)) => {
                self.remember(&who, word).await?;
                self.grant(who).await
            }
            (Step::Consent, Some(who)) => Ok(consent::ask(self, &who.user)),
            (Step::Continue, Some(who)) => Ok(consent::continue_as(self, &who.user)),
            (Step::LogIn { reauthenticate, .. }, _) => Ok(self.log_in(reauthenticate)),
            (Step::Refuse(refused), _) => Ok(redirect::refuse(self.visit, &self.it.to, refused)),
            (Step::Grant | Step::Consent | Step::Continue, None) => Ok(self.log_in(false)),
        }
    }

    /// Any program on a device can stand at a native client's address, unless that is a web page of the client's own (RFC
    /// 8252 section 8.6): what was granted before is granted to it again only by a person.
    fn never_silently(&self, step: Step, present: Option<&Present>) -> Step {
        let claimed = self.record().client.kind != ClientKind::Native || self.it.to.url().scheme() == "https";
        let asked = present.is_some_and(|present| present.is_fresh || present.chosen);
        match step {
            Step::Grant if claimed || asked => Step::Grant,
            Step::Grant if self.it.request.prompt.is_none() => {
                Step::Refuse(Refused::new(ErrorCode::InteractionRequired, "a person has to continue"))
            }
            Step::Grant => Step::Continue,
            other => other,
        }
    }

    /// Sends the person to sign in, and back here.
    fn log_in(&self, again: bool) -> Response {
        let request = &self.it.request;
        let back = address(self.visit, self.parameters);
        if back.len() > MAX_RETURN_TO {
            let refused = Refused::new(ErrorCode::InvalidRequest, "the request is too long to be signed in for");
            return redirect::refuse(self.visit, &self.it.to, refused);
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("return_to", &back);
        let new = request.prompt.asks().create || request.page == Some(FirstPage::Signup);
        let is_guest = matches!(request.login_hint, Some(LoginHint::Anonymous { .. }));
        // A guest has nothing to prove it with once more.
        let again = again && !is_guest;
        if again {
            query.append_pair("again", "1");
        } else {
            // Whoever is signed in is not who was asked for, or single sign-on is not wanted.
            query.append_pair("other", "1");
        }
        match &request.login_hint {
            Some(LoginHint::LoginId { email: Some(email), .. } | LoginHint::Other(email)) => {
                query.append_pair("email", email);
            }
            Some(LoginHint::LoginId { .. } | LoginHint::Anonymous { .. } | LoginHint::AppSessionToken(_)) | None => {}
        }
        let page = if (new || is_guest) && !again && self.visit.settings.signup { "/signup" } else { "/login" };
        page::see_other(&self.visit.path(&format!("{page}?{}", query.finish())))
    }
}
