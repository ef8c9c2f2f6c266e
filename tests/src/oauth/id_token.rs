//! A signed token as a client reads it: verified with the published keys, as RFC 7515 has it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

/// What a token says, when its signature is right.
#[derive(Debug, Clone)]
pub struct IdToken {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
}

impl IdToken {
    /// Verifies an RS256 signature with the key of a set that has the token's `kid`. Says nothing of times.
    ///
    /// # Panics
    /// When the token is not signed with one of the keys.
    #[must_use]
    #[track_caller]
    pub fn verified(token: &str, keys: &Value) -> Self {
        let header = part(token, 0);
        let kid = header["kid"].as_str().expect("a token names its key");
        let key = keys["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["kid"] == kid));
        let key = key.unwrap_or_else(|| panic!("no key is called {kid}: {keys}"));
        let member = |name: &str| key[name].as_str().unwrap_or_else(|| panic!("{name}: {key}")).to_owned();
        let key = DecodingKey::from_rsa_components(&member("n"), &member("e")).expect("an RSA key");
        let mut rules = Validation::new(Algorithm::RS256);
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let read = jsonwebtoken::decode::<Value>(token, &key, &rules);
        Self { header, claims: read.unwrap_or_else(|error| panic!("{error}: {token}")).claims }
    }

    /// A text among the claims.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    #[track_caller]
    pub fn text(&self, claim: &str) -> &str {
        self.claims[claim].as_str().unwrap_or_else(|| panic!("no {claim}: {}", self.claims))
    }

    /// A number among the claims.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    #[track_caller]
    pub fn number(&self, claim: &str) -> i64 {
        self.claims[claim].as_i64().unwrap_or_else(|| panic!("no {claim}: {}", self.claims))
    }
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).expect("a token has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url without padding")).expect("JSON")
}
