//! `POST /settings/name`.

use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::DisplayName;
use vestibule_ledger::changes::{self, ChangeError};

use crate::login::name_error;
use crate::web::{SameOriginForm, page, problem};

use super::{account, gone, home};

/// Changes the name.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Ok(name) = DisplayName::parse(form.field("name")) else {
        let typed = home::Typed { name: Some(form.field("name")), email: None, refused: name_error(&visit.texts) };
        return home::show(visit, &user, StatusCode::UNPROCESSABLE_ENTITY, None, typed);
    };
    match changes::change_name(visit.site.ledger(), identity.user(), name).await {
        Ok(()) => page::see_other(&visit.path("/settings?saved=name")),
        Err(ChangeError::NoSuchUser) => gone(visit),
        Err(ChangeError::Fault(fault)) => problem::fault(visit, &fault),
    }
}
