//! ID tokens (OpenID Connect Core section 2), and access tokens in the form of JWTs (RFC 9068).

use vestibule_gate::grant::Client;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{self, AccessTokenClaims, IdTokenClaims, StandardClaims, TokenType, UserClaims};
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::changes::Issued;
use vestibule_ledger::{SessionInfo, User};

use crate::web::Site;

use super::claims::{AskedClaims, standard};
use super::problem::OAuthError;

/// It says who signed in, and lets nobody in: five minutes are enough to read it.
const LIFETIME: Span = Span::from_seconds(300);

/// Whom and what an ID token is about.
pub(super) struct About<'a> {
    pub(super) user: &'a User,
    pub(super) session: &'a SessionInfo,
    pub(super) nonce: Option<&'a str>,
    pub(super) asked: AskedClaims,
}

/// Makes an ID token for a client.
pub(super) fn make(site: &Site, client: &Client, about: &About<'_>) -> Result<String, OAuthError> {
    let issuer = site.settings().public_url.to_string();
    let now = site.ledger().now();
    let (subject, sid) = (about.user.id.to_string(), sid(about.session));
    let roles = roles(about.user);
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    // It travels in addresses as id_token_hint: what is not asked for by name is told at the userinfo endpoint only.
    let mut told = standard(about.user);
    told.retain(|name, _| about.asked.in_id_token().contains(name));
    let claims = IdTokenClaims {
        iss: &issuer,
        sub: &subject,
        aud: client.id.as_str(),
        azp: Some(client.id.as_str()),
        iat: now.unix_seconds(),
        exp: now.plus(LIFETIME).unix_seconds(),
        auth_time: auth_time(about.session.authenticated_at),
        nonce: about.nonce,
        sid: Some(&sid),
        acr: None,
        amr: &about.session.amr,
        user: user_claims(about.user, &roles),
        standard: StandardClaims::new(told),
    };
    Ok(site.ledger().sign(TokenType::Id, &claims)?)
}

/// Makes the JWT around the `jti` of an access token.
pub(super) fn make_access(site: &Site, client: &Client, issued: &Issued) -> Result<String, OAuthError> {
    let issuer = site.settings().public_url.to_string();
    let subject = issued.user.id.to_string();
    let roles = roles(&issued.user);
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let is_machine = issued.session.kind == SessionKind::Machine;
    let claims = AccessTokenClaims {
        iss: &issuer,
        aud: issued.audience.as_deref().unwrap_or(&issuer),
        sub: &subject,
        client_id: client.id.as_str(),
        scope: &issued.scope,
        jti: issued.access.secret.expose(),
        iat: issued.access.issued_at.unix_seconds(),
        exp: issued.access.expires_at.unix_seconds(),
        // Nobody has signed in for a machine.
        auth_time: auth_time(issued.session.authenticated_at).filter(|_| !is_machine),
        amr: &issued.session.amr,
        user: (!is_machine).then(|| user_claims(&issued.user, &roles)),
    };
    Ok(site.ledger().sign(TokenType::Access, &claims)?)
}

/// Names a session.
pub(super) fn sid(session: &SessionInfo) -> String {
    jwt::sid(session.id, session.kind)
}

fn auth_time(at: Timestamp) -> Option<i64> {
    (at != Timestamp::NEVER).then(|| at.unix_seconds())
}

fn roles(user: &User) -> Vec<String> {
    user.roles.header_value().split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect()
}

fn user_claims<'c>(user: &User, roles: &'c [&'c str]) -> UserClaims<'c> {
    UserClaims {
        is_anonymous: user.anonymous,
        is_verified: user.verified,
        can_reauthenticate: user.has_password,
        roles,
    }
}
