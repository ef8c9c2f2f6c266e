//! `GET` and `POST /signup`: open an account. A guest keeps their id, unless they choose to start fresh.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{DisplayName, EmailAddress, Password};
use vestibule_gate::grant::authorize::LoginHint;
use vestibule_gate::id::UserId;
use vestibule_gate::time::Span;
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::Fault;
use vestibule_ledger::changes::{SignUp, SignUpError, promoted_guest, sign_up};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{Destination, Presence, busy, email_error, limited, name_error, password_error, signed_in, somebody, weak};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    l: Layout,
    refused: Refusal,
    open: bool,
    presence: Presence,
    application: Option<String>,
    is_client: bool,
    name: String,
    email: String,
    fresh: bool,
    carried: Vec<(&'static str, String)>,
    query: String,
}

/// Shows the form, or says that accounts are made by the operator.
pub async fn get(mut visit: Visit) -> Response {
    let destination = match Destination::of(&visit, |name| visit.asked(name)).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    visit.texts = destination.texts;
    match somebody(&visit).await {
        Ok(user) => {
            // A guest's name is not asked for twice.
            let name = user.filter(|user| user.anonymous).map(|guest| guest.name).unwrap_or_default();
            let promoted = match promoted(&visit, &destination).await {
                Ok(guest) => guest.is_some(),
                Err(fault) => return problem::fault(&visit, &fault),
            };
            let typed = Typed { name: name.as_str(), email: "", fresh: false, promoted };
            show(&visit, &destination, StatusCode::OK, &typed, Refusal::default())
        }
        Err(response) => response,
    }
}

/// Opens an account and signs its owner in.
pub async fn post(mut form: SameOriginForm) -> Response {
    let destination = match Destination::of(&form.visit, |name| form.optional(name)).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    form.visit.texts = destination.texts;
    let visit = &form.visit;
    let mut typed = Typed::of(&form);
    let mut attempt = match parse(&form, &destination) {
        Ok(attempt) => attempt,
        Err(refused) => return show(visit, &destination, StatusCode::UNPROCESSABLE_ENTITY, &typed, refused),
    };
    match promoted(visit, &destination).await {
        Ok(guest) => {
            typed.promoted = guest.is_some();
            attempt.guest = guest.filter(|_| !typed.fresh).or(attempt.guest);
        }
        Err(fault) => return problem::fault(visit, &fault),
    }
    let email = attempt.email.clone();
    let (status, refused, wait) = match sign_up(visit.site.ledger(), attempt).await {
        Ok(session) => return signed_in(visit, &session, &destination),
        Err(SignUpError::Fault(fault)) => return problem::fault(visit, &fault),
        Err(SignUpError::Closed) => (StatusCode::FORBIDDEN, Refusal::default(), None),
        Err(SignUpError::Taken) => {
            // The same form twice, by two clicks: its account is open, and this is its owner.
            match somebody(visit).await {
                Ok(Some(user)) if user.email.as_ref() == Some(&email) => {
                    return page::see_other(destination.to.as_str());
                }
                Ok(_) => {}
                Err(response) => return response,
            }
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::of("email", visit.texts.get("signup-taken")), None)
        }
        Err(SignUpError::TooWeak(why)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, weak(&visit.texts, "password", &why), None)
        }
        Err(SignUpError::Limited(wait)) => {
            let refused = limited(&visit.texts, wait.retry_after);
            (StatusCode::TOO_MANY_REQUESTS, refused, Some(wait.retry_after))
        }
        Err(SignUpError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts), Some(Span::from_seconds(5))),
    };
    let mut response = show(visit, &destination, status, &typed, refused);
    if let Some(wait) = wait {
        problem::retry_after(&mut response, wait);
    }
    response
}

fn parse(form: &SameOriginForm, destination: &Destination) -> Result<SignUp, Refusal> {
    let visit = &form.visit;
    let name = DisplayName::parse(form.field("name")).map_err(|_| name_error(&visit.texts));
    let email = EmailAddress::parse(form.field("email")).map_err(|error| email_error(&visit.texts, error));
    let password = Password::parse(form.field("password"));
    let password = password.map_err(|error| password_error(&visit.texts, "password", error));
    let (name, (email, password)) = both(name, both(email, password))?;
    let keeps = !Typed::of(form).fresh;
    let guest = visit.identity.as_ref().filter(|identity| identity.is_anonymous() && keeps).map(|guest| guest.user());
    Ok(SignUp { email, name, password, guest, browser: destination.browser(visit) })
}

/// The guest whom the application's request names: its code was issued to the application that has them.
async fn promoted(visit: &Visit, destination: &Destination) -> Result<Option<UserId>, Fault> {
    let hint = destination.continuation.as_ref().and_then(|continuation| continuation.request.login_hint.as_ref());
    let Some(LoginHint::Anonymous { promotion_code }) = hint else { return Ok(None) };
    let (ledger, code) = (visit.site.ledger(), promotion_code.expose().as_bytes());
    if !is_tagged(SecretKind::OneTime, code, ledger.tag_key()) {
        return Ok(None);
    }
    promoted_guest(ledger, TokenHash::of(code)).await
}

/// What was typed and is shown again.
struct Typed<'t> {
    name: &'t str,
    email: &'t str,
    fresh: bool,
    /// The application has named the guest who becomes this user.
    promoted: bool,
}

impl<'t> Typed<'t> {
    fn of(form: &'t SameOriginForm) -> Self {
        let fresh = form.optional("start_fresh").is_some();
        Self { name: form.field("name"), email: form.field("email"), fresh, promoted: false }
    }
}

fn show(visit: &Visit, destination: &Destination, status: StatusCode, typed: &Typed<'_>, refused: Refusal) -> Response {
    let page = SignUpPage {
        l: Layout::of(visit),
        refused,
        open: visit.settings.signup,
        presence: if typed.promoted { Presence::Guest } else { Presence::of(visit) },
        application: destination.application(visit),
        is_client: destination.continuation.is_some(),
        name: typed.name.chars().take(300).collect(),
        email: typed.email.chars().take(300).collect(),
        fresh: typed.fresh,
        carried: destination.carried(),
        query: destination.query('?'),
    };
    page::show(status, &page, destination.form_action().as_deref())
}
