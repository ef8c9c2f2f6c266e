//! An application sends its user to our settings: only to open them, or to have one thing done there and to hear that it
//! was (Authgear's `settings-action`).

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use url::form_urlencoded;
use vestibule_gate::grant::authorize::{LoginHint, SettingsAction};
use vestibule_gate::grant::{ErrorCode, Refused};
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes::{opens_for, start_app_session};
use vestibule_ledger::{Fault, UserRef, queries};

use crate::oauth::continuation::address;
use crate::oauth::{consent, redirect};
use crate::web::{page, problem};

use super::{Asked, Word};

impl Asked<'_> {
    /// An application that holds a refresh token opens our settings for its user.
    pub(super) async fn open_settings(&self, word: Word) -> Result<Response, Fault> {
        let opened = self.with_app_session(self.it.to.url().as_str(), word).await?;
        Ok(opened.unwrap_or_else(|| problem::answer(self.visit, StatusCode::BAD_REQUEST)))
    }

    /// Sends the person to the page where it is done, and answers the client once it was.
    pub(super) async fn settings_action(&self, action: &SettingsAction, word: Word) -> Result<Response, Fault> {
        let refuse = |code, why| redirect::refuse(self.visit, &self.it.to, Refused::new(code, why));
        let page = match action {
            SettingsAction::ChangePassword => "/settings/password",
            SettingsAction::DeleteAccount | SettingsAction::Other(_) => {
                return Ok(refuse(ErrorCode::InvalidRequest, "this action is not offered here"));
            }
        };
        if let Some(who) = self.somebody().await?
            && who.authentication.is_some()
        {
            return match who.present.hinted {
                Some(false) => {
                    Ok(refuse(ErrorCode::LoginRequired, "somebody else did it than the one who was hinted at"))
                }
                Some(true) | None => self.grant(who).await,
            };
        }
        if self.it.request.prompt.is_none() {
            return Ok(refuse(ErrorCode::InteractionRequired, "the person has to do it"));
        }
        let back = address(self.visit, self.parameters);
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &back).finish();
        let there = self.visit.path(&format!("{page}?{query}"));
        if let Some(opened) = self.with_app_session(&there, word).await? {
            return Ok(opened);
        }
        // The token was used: whoever was let in by it and comes here again is here still.
        let here = self.visit.identity.as_ref().map(|identity| identity.user().to_string());
        Ok(if here.is_some() && here == self.hinted_user() {
            page::see_other(&there)
        } else {
            refuse(ErrorCode::LoginRequired, "sign in again")
        })
    }

    /// Lets the browser in as the user of the app session token of the request, and sends it to a page of ours. `None`:
    /// there is no such token, or it was used, or it is another client's.
    ///
    /// Whoever follows a link from elsewhere, or is here as somebody else, is asked first: an attacker could sign them in
    /// as the attacker otherwise.
    async fn with_app_session(&self, there: &str, word: Word) -> Result<Option<Response>, Fault> {
        let Some(LoginHint::AppSessionToken(token)) = &self.it.request.login_hint else { return Ok(None) };
        let ledger = self.visit.site.ledger();
        let token = token.expose().as_bytes();
        if !is_tagged(SecretKind::OneTime, token, ledger.tag_key()) {
            return Ok(None);
        }
        let Some((user, client)) = opens_for(ledger, TokenHash::of(token)).await? else { return Ok(None) };
        if client != self.record().client.id {
            return Ok(None);
        }
        let is_other = self.visit.identity.as_ref().is_some_and(|identity| identity.user() != user);
        if word == Word::Nothing && (is_other || !self.visit.is_same_site()) {
            let user = queries::user(ledger, &UserRef::Id(user)).await?;
            return Ok(user.map(|user| consent::continue_as(self, &user)));
        }
        let Some(opened) = start_app_session(ledger, TokenHash::of(token)).await? else { return Ok(None) };
        let mut response = page::see_other(there);
        let life = opened.expires_at.since(ledger.now());
        self.visit.set_cookies(&mut response, self.visit.settings.cookies.app_session(&opened.secret, life));
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        Ok(Some(response))
    }
}
