//! What our tokens say. Times are whole seconds since 1970; what is not known is left out, never empty.

use serde::Serialize;
use serde_json::{Map, Value};

/// The claims of an access token (RFC 9068 section 2.2, with those that Authgear adds).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccessTokenClaims<'c> {
    /// `public_url`.
    pub iss: &'c str,
    /// The resource that it is for.
    pub aud: &'c str,
    /// The user's id, or what stands for a machine.
    pub sub: &'c str,
    /// The client that it was issued to.
    pub client_id: &'c str,
    /// Scopes, separated by spaces.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub scope: &'c str,
    /// A secret of ours, whose hash the store keeps: so that one token can be revoked.
    pub jti: &'c str,
    /// When it was made.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// The last real authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How the user authenticated (RFC 8176).
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'c [&'c str],
    /// What the identity headers say of the user; a machine has none.
    #[serde(flatten)]
    pub user: Option<UserClaims<'c>>,
}

/// The claims of an ID token (OpenID Connect Core section 2, with those that Authgear adds).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdTokenClaims<'c> {
    /// `public_url`.
    pub iss: &'c str,
    /// The user's id.
    pub sub: &'c str,
    /// The client that it was issued to.
    pub aud: &'c str,
    /// The same once more, for those who ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azp: Option<&'c str>,
    /// When it was made.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// The last real authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// What the client sent, to know its own request again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'c str>,
    /// Names the session, to sign out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'c str>,
    /// The authentication context class. An empty one is against the specification.
    #[serde(skip_serializing_if = "is_absent")]
    pub acr: Option<&'c str>,
    /// How the user authenticated (RFC 8176).
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'c [&'c str],
    /// What the identity headers say of the user.
    #[serde(flatten)]
    pub user: UserClaims<'c>,
    /// Name, e-mail address and the like, for clients that get them here.
    #[serde(flatten)]
    pub standard: Option<StandardClaims>,
}

/// What the identity headers say of a user, under Authgear's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UserClaims<'c> {
    /// A guest.
    #[serde(rename = "https://authgear.com/claims/user/is_anonymous")]
    pub is_anonymous: bool,
    /// Owns a verified address.
    #[serde(rename = "https://authgear.com/claims/user/is_verified")]
    pub is_verified: bool,
    /// Has something to authenticate with again.
    #[serde(rename = "https://authgear.com/claims/user/can_reauthenticate")]
    pub can_reauthenticate: bool,
    /// Role keys.
    #[serde(rename = "https://authgear.com/claims/user/roles")]
    pub roles: &'c [&'c str],
}

/// Claims about a person that never collide with those of the token.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct StandardClaims(Map<String, Value>);

impl StandardClaims {
    /// Takes claims by their names. `None` if one has a name that the token itself uses: a claim must not be there
    /// twice, and a person must not be able to say who issued a token.
    #[must_use]
    pub fn new(claims: Map<String, Value>) -> Option<Self> {
        let is_ours = |name: &String| TOKENS_OWN.contains(&name.as_str()) || name.starts_with("https://authgear.com/");
        if claims.keys().any(is_ours) { None } else { Some(Self(claims)) }
    }
}

/// Every name with a meaning for the token and not for the person (RFC 7519, OpenID Connect Core, RFC 9068).
const TOKENS_OWN: [&str; 21] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "azp",
    "auth_time",
    "nonce",
    "sid",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "s_hash",
    "ds_hash",
    "client_id",
    "scope",
    "cnf",
    "events",
];

fn is_absent(text: &Option<&str>) -> bool {
    text.is_none_or(str::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{AccessTokenClaims, IdTokenClaims, StandardClaims, UserClaims};

    const USER: UserClaims<'static> =
        UserClaims { is_anonymous: false, is_verified: true, can_reauthenticate: true, roles: &["admin"] };

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let id = IdTokenClaims {
            iss: "i",
            sub: "s",
            aud: "a",
            azp: None,
            iat: 1,
            exp: 2,
            auth_time: None,
            nonce: None,
            sid: None,
            acr: Some(""),
            amr: &[],
            user: USER,
            standard: None,
        };
        assert_eq!(
            serde_json::to_value(&id).unwrap(),
            json!({
                "iss": "i", "sub": "s", "aud": "a", "iat": 1, "exp": 2,
                "https://authgear.com/claims/user/is_anonymous": false,
                "https://authgear.com/claims/user/is_verified": true,
                "https://authgear.com/claims/user/can_reauthenticate": true,
                "https://authgear.com/claims/user/roles": ["admin"],
            })
        );
        let standard = StandardClaims::new(object(json!({ "name": "Ada", "email": "ada@example.com" })));
        let full = IdTokenClaims { azp: Some("a"), acr: Some("x"), nonce: Some("n"), amr: &["pwd"], standard, ..id };
        let full = serde_json::to_value(&full).unwrap();
        for name in ["azp", "acr", "nonce", "amr", "name", "email"] {
            assert!(full.get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_machine_s_token_says_nothing_of_a_user() {
        let machine = AccessTokenClaims {
            iss: "i",
            aud: "a",
            sub: "client_id_m",
            client_id: "m",
            scope: "",
            jti: "j",
            iat: 1,
            exp: 2,
            auth_time: None,
            amr: &[],
            user: None,
        };
        let said = json!({
            "iss": "i", "aud": "a", "sub": "client_id_m", "client_id": "m", "jti": "j", "iat": 1, "exp": 2,
        });
        assert_eq!(serde_json::to_value(&machine).unwrap(), said);
    }

    #[test]
    fn a_person_cannot_say_who_issued_a_token() {
        for name in ["iss", "sub", "aud", "exp", "https://authgear.com/claims/user/roles", "client_id"] {
            assert_eq!(StandardClaims::new(object(json!({ "name": "Ada", name: "x" }))), None, "{name}");
        }
    }
}
