//! What a request is answered with once nothing stands in its way, and when the person does not allow it.

use axum::response::Response;
use vestibule_gate::grant::authorize::ResponseType;
use vestibule_gate::grant::{ErrorCode, Refused};
use vestibule_ledger::Fault;
use vestibule_ledger::changes::{self, CodePurpose, Granted, issue_code, use_authentication};

use crate::oauth::continuation::Continuation;
use crate::oauth::redirect;

use super::present::Somebody;
use super::{Asked, Word};

impl Asked<'_> {
    /// Remembers what has just been allowed.
    pub(super) async fn remember(&self, who: &Somebody, word: Word) -> Result<(), Fault> {
        if word != Word::Allow {
            return Ok(());
        }
        let (client, scopes) = (&self.record().client.id, self.it.request.would_know());
        changes::consent(self.visit.site.ledger(), who.user.id, client, &scopes).await
    }

    /// Gives the client what it asked for.
    pub(super) async fn grant(&self, who: Somebody) -> Result<Response, Fault> {
        let Continuation { record, request, to, .. } = &self.it;
        let ledger = self.visit.site.ledger();
        let expired = || redirect::refuse(self.visit, to, Refused::new(ErrorCode::LoginRequired, "sign in again"));
        let (authentication, amr, authenticated_at) = match who.authentication {
            Some((hash, made)) => (Some(hash), made.amr, made.authenticated_at),
            None => match &self.visit.session {
                Some(identity) => (None, identity.facts().amr.clone(), identity.authenticated_at()),
                None => return Ok(expired()),
            },
        };
        let purpose = match request.response_type {
            ResponseType::Code => CodePurpose::Tokens,
            ResponseType::SettingsAction(_) => CodePurpose::SettingsAction,
            ResponseType::None => {
                if let Some(authentication) = authentication {
                    use_authentication(ledger, authentication).await?;
                }
                return Ok(self.done(redirect::to_client(self.visit, to, &[])));
            }
        };
        let granted = Granted {
            client: record.client.id.clone(),
            user: who.user.id,
            parent: who.session.filter(|_| request.single_sign_on),
            purpose,
            redirect_uri: to.presented().map(str::to_owned),
            scope: request.scopes.as_text(),
            challenge: request.challenge.as_ref().map(|challenge| challenge.as_str().to_owned()),
            nonce: request.nonce.clone(),
            claims: self.parameters.get("claims").map(str::to_owned),
            auth_time_asked: request.max_age.is_some(),
            amr,
            authenticated_at,
            authentication,
        };
        Ok(match issue_code(ledger, granted).await? {
            Some(code) => self.done(redirect::to_client(self.visit, to, &[("code", code.expose())])),
            None => expired(),
        })
    }

    /// The person does not allow it: the sign-in that was made for the request is used up, too.
    pub(in crate::oauth) async fn cancel(&self) -> Result<Response, Fault> {
        if let Some((hash, _)) = self.authentication().await? {
            use_authentication(self.visit.site.ledger(), hash).await?;
        }
        let refused = Refused::new(ErrorCode::AccessDenied, "the person did not allow it");
        Ok(self.done(redirect::refuse(self.visit, &self.it.to, refused)))
    }

    /// Takes back the cookie of the sign-in, which is used up.
    fn done(&self, mut response: Response) -> Response {
        let path = self.visit.path("/oauth2");
        let line = self.visit.settings.cookies.no_authentication(&path, &self.it.proof());
        self.visit.set_cookies(&mut response, line.into_iter().collect());
        response
    }
}
