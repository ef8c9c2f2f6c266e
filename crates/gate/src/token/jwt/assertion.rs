//! What an assertion says: the facts of the identity headers, for one application and for some minutes.

use serde::Serialize;

use crate::account::{Role, Roles};

/// The claims of an assertion. What is not known is left out, never empty, but for the lists of roles and methods: an
/// application looks into them without asking whether they are there.
#[derive(Debug, Clone, Serialize)]
pub struct AssertionClaims<'c> {
    /// `public_url`.
    pub iss: &'c str,
    /// The application that may believe it.
    pub aud: &'c str,
    /// The user's id.
    pub sub: &'c str,
    /// Names the session, as an ID token does.
    pub sid: &'c str,
    /// When it was signed.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// When the session ends at the latest, or the token that was presented: no connection should stay open longer.
    pub session_exp: i64,
    /// The last real authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How the user authenticated (RFC 8176).
    pub amr: &'c [&'c str],
    /// The authentication context class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'c str>,
    /// Role keys.
    #[serde(serialize_with = "keys_of")]
    pub roles: &'c Roles,
    /// A guest.
    pub anonymous: bool,
    /// Owns a verified address.
    pub verified: bool,
    /// Has something to authenticate with again.
    pub can_reauthenticate: bool,
    /// The client that a token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<&'c str>,
    /// The address, in its normal form, of a verified user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'c str>,
    /// What a verified user calls themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'c str>,
    /// The method of the one request that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub htm: Option<&'c str>,
    /// The SHA-256 of that request's path, as it was sent and without the query, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_hash: Option<&'c str>,
}

fn keys_of<S: serde::Serializer>(roles: &Roles, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(roles.iter().map(Role::as_str))
}
