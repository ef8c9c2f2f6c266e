//! What is told of a user to clients: by scope, and by the `claims` parameter (OpenID Connect Core sections 5.4, 5.5).

use serde_json::{Map, Value, json};
use vestibule_gate::grant::Scopes;
use vestibule_gate::grant::scope::of_claim;
use vestibule_ledger::User;

/// The claims that were asked for by name.
#[derive(Debug, Clone, Default)]
pub(super) struct AskedClaims {
    userinfo: Vec<String>,
    id_token: Vec<String>,
}

impl AskedClaims {
    /// From the parameter as it was stored: it was read when the request was.
    pub(super) fn stored(parameter: Option<&str>) -> Self {
        let read: Option<Map<String, Value>> = parameter.and_then(|text| serde_json::from_str(text).ok());
        let names = |place: &str| {
            let members = read.as_ref().and_then(|read| read.get(place)).and_then(Value::as_object);
            members.map(|members| members.keys().cloned().collect()).unwrap_or_default()
        };
        Self { userinfo: names("userinfo"), id_token: names("id_token") }
    }

    pub(super) fn at_userinfo(&self) -> &[String] {
        &self.userinfo
    }

    pub(super) fn in_id_token(&self) -> &[String] {
        &self.id_token
    }
}

/// The standard claims of a user (OpenID Connect Core section 5.1), as far as they are known.
pub(super) fn standard(user: &User) -> Map<String, Value> {
    let mut claims = Map::new();
    if !user.name.as_str().is_empty() {
        claims.insert("name".into(), user.name.as_str().into());
    }
    if let Some(email) = &user.email {
        claims.insert("preferred_username".into(), email.shown().into());
        claims.insert("email".into(), email.shown().into());
        claims.insert("email_verified".into(), user.verified.into());
    }
    claims.insert("updated_at".into(), user.updated_at.unwrap_or(user.created_at).unix_seconds().into());
    let mut address = Map::new();
    for (name, value) in user.profile.iter() {
        match name.strip_prefix("address.") {
            Some(part) => address.insert(part.into(), value.into()),
            None => claims.insert(name.into(), value.into()),
        };
    }
    if !address.is_empty() {
        claims.insert("address".into(), address.into());
    }
    if claims.contains_key("phone_number") {
        claims.insert("phone_number_verified".into(), false.into());
    }
    claims
}

/// Those of the standard claims that these scopes open, or that were asked for by name.
pub(super) fn within(user: &User, scopes: &Scopes, asked: &[String]) -> Map<String, Value> {
    let by_scope = |name: &str| of_claim(name).is_some_and(|scope| scopes.contains(scope));
    let mut claims = standard(user);
    claims.retain(|name, _| by_scope(name) || asked.contains(name));
    claims
}

/// The claims that Authgear's SDK knows users by.
pub(super) fn of_authgear(user: &User) -> Map<String, Value> {
    let roles: Vec<String> =
        user.roles.header_value().split(',').filter(|r| !r.is_empty()).map(str::to_owned).collect();
    let claims = json!({
        "https://authgear.com/claims/user/is_anonymous": user.anonymous,
        "https://authgear.com/claims/user/is_verified": user.verified,
        "https://authgear.com/claims/user/can_reauthenticate": user.has_password,
        "https://authgear.com/claims/user/roles": roles,
    });
    claims.as_object().cloned().unwrap_or_default()
}
