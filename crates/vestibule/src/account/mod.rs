//! A person's own account: a file an endpoint. Whoever is not signed in is sent to sign in and back.

pub mod apps;
pub mod browser_name;
pub mod delete;
pub mod email;
pub mod home;
pub mod name;
pub mod password;
pub mod sessions;
pub mod tokens;

use axum::response::Response;
use http::StatusCode;
use url::form_urlencoded;
use vestibule_gate::account::Password;
use vestibule_gate::time::Span;
use vestibule_gate::verdict::Identity;
use vestibule_ledger::changes::ConfirmError;
use vestibule_ledger::{User, UserRef, queries};

use crate::login::{busy, limited};
use crate::web::{Refusal, SameOriginForm, Visit, page, problem};

/// Who is signed in, or the way to sign in and come back to `page`.
fn owner(visit: &Visit, page: &str) -> Result<Identity, Response> {
    visit.identity.clone().ok_or_else(|| {
        let back = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &visit.path(page)).finish();
        page::see_other(&visit.path(&format!("/login?{back}")))
    })
}

/// The signed-in person's account.
async fn account(visit: &Visit, page: &str) -> Result<(Identity, User), Response> {
    let identity = owner(visit, page)?;
    match queries::user(visit.site.ledger(), &UserRef::Id(identity.user())).await {
        Ok(Some(user)) => Ok((identity, user)),
        Ok(None) => Err(gone(visit)),
        Err(fault) => Err(problem::fault(visit, &fault)),
    }
}

/// The account went while its owner was here, and the session with it.
fn gone(visit: &Visit) -> Response {
    page::see_other(&visit.path("/login"))
}

/// The current password as it was typed, to be confirmed.
fn current_password(form: &SameOriginForm) -> Result<Password, Refusal> {
    let texts = &form.visit.texts;
    let typed = form.optional("current_password");
    let typed = typed.ok_or_else(|| Refusal::of("current_password", texts.get("current-password-empty")))?;
    // Too long to be anybody's: as wrong as any other.
    Password::attempt(typed).ok_or_else(|| Refusal::of("current_password", texts.get("password-wrong")))
}

/// How a page says that the current password was not confirmed: a status, the error, and when to come back.
fn not_confirmed(visit: &Visit, error: &ConfirmError) -> Result<(StatusCode, Refusal, Option<Span>), Response> {
    match error {
        ConfirmError::WrongPassword => {
            let refused = Refusal::of("current_password", visit.texts.get("password-wrong"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, refused, None))
        }
        ConfirmError::Limited(wait) => {
            let refused = limited(&visit.texts, wait.retry_after);
            Ok((StatusCode::TOO_MANY_REQUESTS, refused, Some(wait.retry_after)))
        }
        ConfirmError::Busy => Ok((StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts), Some(Span::from_seconds(5)))),
        ConfirmError::NoSuchUser => Err(gone(visit)),
        ConfirmError::Fault(fault) => Err(problem::fault(visit, fault)),
    }
}

/// Adds when to come back, if there is such a time.
fn waiting(mut response: Response, wait: Option<Span>) -> Response {
    if let Some(wait) = wait {
        problem::retry_after(&mut response, wait);
    }
    response
}
