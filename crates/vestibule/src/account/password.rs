//! `GET` and `POST /settings/password`, where `/.well-known/change-password` leads.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::Password;
use vestibule_gate::grant::authorize::{ResponseType, SettingsAction};
use vestibule_gate::id::UserId;
use vestibule_gate::time::Span;
use vestibule_ledger::User;
use vestibule_ledger::changes::{self, ChangePasswordError, ConfirmError, NewPasswordError};

use crate::login::{busy, password_error, weak};
use crate::oauth::continuation::Continuation;
use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{account, current_password, not_confirmed, waiting};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    l: Layout,
    refused: Refusal,
    done: bool,
    email: String,
    /// The application that waits for it, and its request.
    waiting: Option<(String, String)>,
}

/// Shows the form.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings/password").await {
        Ok((_, user)) if user.anonymous => page::see_other(&visit.path("/settings")),
        Ok((_, user)) => match Awaited::of(&visit, visit.asked("return_to")).await {
            Ok(awaited) => {
                show(&visit, &user, &awaited, StatusCode::OK, visit.asked("done").is_some(), Refusal::default())
            }
            Err(response) => response,
        },
        Err(response) => response,
    }
}

/// `302` from `/.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub async fn well_known(visit: Visit) -> Response {
    let mut response = page::see_other(&visit.path("/settings/password"));
    *response.status_mut() = StatusCode::FOUND;
    response
}

/// Changes the password, and ends every other session.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings/password").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let awaited = match Awaited::of(visit, form.optional("return_to")).await {
        Ok(awaited) => awaited,
        Err(response) => return response,
    };
    let refuse = |status, refused| show(visit, &user, &awaited, status, false, refused);
    let new = Password::parse(form.field("new_password"));
    let new = new.map_err(|error| password_error(&visit.texts, "new_password", error));
    let (current, new) = match both(current_password(&form), new) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    let (ledger, offered) = (visit.site.ledger(), new.clone());
    match changes::change_password(ledger, identity.user(), identity.session(), Some(current), new).await {
        Ok(()) => awaited.answer(visit, identity.user()).await,
        Err(ChangePasswordError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, mut refused, wait)) => {
                if matches!(error, ConfirmError::WrongPassword)
                    && let Some(too) = weakness(visit, &user, offered).await
                {
                    refused = refused.and(too);
                }
                waiting(refuse(status, refused), wait)
            }
            Err(response) => response,
        },
        Err(ChangePasswordError::New(NewPasswordError::TooWeak(why))) => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, weak(&visit.texts, "new_password", &why))
        }
        Err(ChangePasswordError::New(NewPasswordError::Busy)) => {
            let response = refuse(StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts));
            waiting(response, Some(Span::from_seconds(5)))
        }
        Err(ChangePasswordError::New(NewPasswordError::Fault(fault))) => problem::fault(visit, &fault),
    }
}

/// What is wrong with the new password besides: the ledger asks for the current one first and looks no further, and
/// nobody should be told one thing at a time. Asked only after an attempt that was counted, so nobody gets it for free.
async fn weakness(visit: &Visit, user: &User, new: Password) -> Option<Refusal> {
    match changes::require_strong(visit.site.ledger(), new, user.known_words()).await {
        Err(NewPasswordError::TooWeak(why)) => Some(weak(&visit.texts, "new_password", &why)),
        Ok(()) | Err(NewPasswordError::Busy | NewPasswordError::Fault(_)) => None,
    }
}

/// The application that sent the person here, if one did and waits for the word that it is done.
struct Awaited(Option<(String, Continuation)>);

impl Awaited {
    async fn of(visit: &Visit, asked: Option<&str>) -> Result<Self, Response> {
        let to = visit.return_to(asked);
        let found = Continuation::of(visit, &to).await.map_err(|fault| problem::fault(visit, &fault))?;
        let wanted = ResponseType::SettingsAction(SettingsAction::ChangePassword);
        let found = found.filter(|continuation| continuation.request.response_type == wanted);
        Ok(Self(found.map(|continuation| (to.as_str().to_owned(), continuation))))
    }

    /// Where it goes on after the change.
    async fn answer(&self, visit: &Visit, user: UserId) -> Response {
        let Some((there, continuation)) = &self.0 else {
            return page::see_other(&visit.path("/settings/password?done=1"));
        };
        let proof = continuation.proof();
        match changes::action_done(visit.site.ledger(), user, vec!["pwd"], proof).await {
            Ok(secret) => {
                let mut response = page::see_other(there);
                let line = visit.settings.cookies.authentication(&visit.path("/oauth2"), &proof, &secret);
                visit.set_cookies(&mut response, line.into_iter().collect());
                response
            }
            Err(fault) => problem::fault(visit, &fault),
        }
    }
}

fn show(visit: &Visit, user: &User, awaited: &Awaited, status: StatusCode, done: bool, refused: Refusal) -> Response {
    let email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    let waiting = awaited.0.as_ref();
    let leads_to = waiting.map(|(_, continuation)| continuation.form_action());
    let waiting = waiting.map(|(there, continuation)| (continuation.record.client.name.clone(), there.clone()));
    let page = PasswordPage { l: Layout::of(visit), refused, done, email, waiting };
    page::show(status, &page, leads_to.as_deref())
}
