//! Who is there for an authorization request, and whether it means them.

use vestibule_gate::grant::authorize::{LoginHint, ResponseType};
use vestibule_gate::grant::need::Present;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::token::jwt::{Audience, Expected, Expiry, TokenType, verify};
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes;
use vestibule_ledger::queries::{self, Authentication};
use vestibule_ledger::{Fault, User, UserRef};

use super::Asked;

/// Who is there.
pub(super) struct Somebody {
    pub(super) user: User,
    pub(super) authentication: Option<(TokenHash, Authentication)>,
    /// The browser's session, where single sign-on may use it.
    pub(super) session: Option<SessionId>,
    pub(super) present: Present,
}

impl Asked<'_> {
    /// Whom the request would be granted to now, or whose settings it would open.
    pub(in crate::oauth) async fn person(&self) -> Result<Option<UserId>, Fault> {
        match &self.it.request.login_hint {
            Some(LoginHint::AppSessionToken(token)) if self.leads_to_settings() => {
                let token = TokenHash::of(token.expose().as_bytes());
                let opens_for = changes::opens_for(self.visit.site.ledger(), token).await?;
                Ok(opens_for.map(|(user, _)| user))
            }
            _ => self.user().await,
        }
    }

    fn leads_to_settings(&self) -> bool {
        self.it.to.is_own_settings() || matches!(self.it.request.response_type, ResponseType::SettingsAction(_))
    }

    async fn user(&self) -> Result<Option<UserId>, Fault> {
        Ok(self.somebody().await?.map(|who| who.user.id))
    }

    /// Whether the request means this user, as far as it says: by an ID token of ours, or by subject. A hint that cannot
    /// be verified means nobody, until somebody has signed in for this very request.
    fn means(&self, user: UserId, is_fresh: bool) -> Option<bool> {
        let request = &self.it.request;
        let by_subject = request.subjects().map(|subjects| subjects.contains(&user.to_string()));
        let by_hint = request.id_token_hint.as_ref().and_then(|_| match self.hinted_user() {
            Some(hinted) => Some(hinted == user.to_string()),
            None => (!is_fresh).then_some(false),
        });
        match (by_subject, by_hint) {
            (Some(one), Some(other)) => Some(one && other),
            (one, other) => one.or(other),
        }
    }

    /// The user whom an ID token of ours names.
    pub(super) fn hinted_user(&self) -> Option<String> {
        let hint = self.it.request.id_token_hint.as_ref()?;
        let ledger = self.visit.site.ledger();
        let expected = Expected {
            token_type: TokenType::Id,
            issuer: &self.visit.settings.public_url.to_string(),
            audience: Audience::Anybody,
            expiry: Expiry::Ignored,
        };
        let verified = verify(hint.expose(), &ledger.keyring().published(), &expected, ledger.now()).ok()?;
        Some(verified.subject().to_owned())
    }

    /// Who has signed in for this request, or who is signed in here, if single sign-on may use that.
    pub(super) async fn somebody(&self) -> Result<Option<Somebody>, Fault> {
        let ledger = self.visit.site.ledger();
        let authentication = self.authentication().await?;
        let identity = self.visit.session.as_ref().filter(|_| self.it.request.single_sign_on);
        let (id, authenticated_at) = match (&authentication, identity) {
            (Some((_, made)), _) => (made.user, made.authenticated_at),
            (None, Some(identity)) => (identity.user(), identity.authenticated_at()),
            (None, None) => return Ok(None),
        };
        let Some(user) = queries::user(ledger, &UserRef::Id(id)).await?.filter(|user| !user.disabled) else {
            return Ok(None);
        };
        // A sign-in belongs to the session that began with it, whoever is here by now.
        let session = match &authentication {
            Some((_, made)) => made.session,
            None => identity.map(|identity| identity.session()),
        };
        let present = Present {
            user: id,
            authenticated_at,
            is_fresh: authentication.is_some(),
            chosen: false,
            hinted: self.means(id, authentication.is_some()),
            anonymous: user.anonymous,
        };
        Ok(Some(Somebody { user, authentication, session, present }))
    }

    /// The sign-in that was made for this request, or the proof that what it wants is done.
    pub(super) async fn authentication(&self) -> Result<Option<(TokenHash, Authentication)>, Fault> {
        let ledger = self.visit.site.ledger();
        let name = self.visit.settings.cookies.names.authentication(&self.it.proof());
        let Some(secret) = self.visit.cookie(&name) else { return Ok(None) };
        if !is_tagged(SecretKind::Authentication, secret.as_bytes(), ledger.tag_key()) {
            return Ok(None);
        }
        let hash = TokenHash::of(secret.as_bytes());
        let found = queries::authentication(ledger, hash, self.it.proof()).await?;
        Ok(found.map(|authentication| (hash, authentication)))
    }
}
