//! `claims`: single claims that a client asks for, beside those of its scopes (OpenID Connect Core section 5.5).
//! It is JSON inside of a URL: at most 4 KiB, and a name that comes twice is refused.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::super::refused::{ErrorCode, Refused};

/// The longest one, in bytes. JSON in it can nest no deeper than its reader follows (128 levels).
const MAX_BYTES: usize = 4096;

/// Claims that were asked for by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ClaimsParameter {
    /// At the userinfo endpoint.
    #[serde(default, deserialize_with = "asked")]
    pub userinfo: Vec<AskedClaim>,
    /// In the ID token.
    #[serde(default, deserialize_with = "asked")]
    pub id_token: Vec<AskedClaim>,
}

/// One claim that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedClaim {
    /// Its name.
    pub name: String,
    /// Whether the client says that it cannot do without. Nothing is refused for want of one, but an `acr`.
    pub essential: bool,
    /// The values that will do, of `sub` and `acr` only, in the client's order. A `sub` here is as good as an
    /// `id_token_hint` of that person (section 5.5.1).
    pub values: Vec<String>,
}

impl ClaimsParameter {
    pub(super) fn read(text: Option<&str>) -> Result<Self, Refused> {
        let Some(text) = text else { return Ok(Self::default()) };
        let refused = Refused::new(ErrorCode::InvalidRequest, "claims is not a JSON object of claims in 4096 bytes");
        if text.len() > MAX_BYTES {
            return Err(refused);
        }
        serde_json::from_str(text).map(|Object(read)| read).map_err(|_| refused)
    }
}

/// What stands behind a claim's name.
#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    essential: bool,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

impl Wish {
    fn of(self, name: String) -> AskedClaim {
        let counts = matches!(name.as_str(), "sub" | "acr");
        let values = self.value.into_iter().chain(self.values.into_iter().flatten());
        let text = |value| if let Value::String(text) = value { Some(text) } else { None };
        AskedClaim { name, essential: self.essential, values: values.filter(|_| counts).filter_map(text).collect() }
    }
}

/// A member that is there and `null` asks for no claim.
fn asked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AskedClaim>, D::Error> {
    Ok(Option::<Asked>::deserialize(deserializer)?.map(|Asked(claims)| claims).unwrap_or_default())
}

/// An object from names to wishes, each name once.
struct Asked(Vec<AskedClaim>);

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByName)
    }
}

struct ByName;

impl<'de> Visitor<'de> for ByName {
    type Value = Asked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Asked, A::Error> {
        let mut claims: Vec<AskedClaim> = Vec::new();
        while let Some((name, wish)) = map.next_entry::<String, Option<Object<Wish>>>()? {
            if claims.iter().any(|known| known.name == name) {
                return Err(A::Error::custom("a claim comes twice"));
            }
            claims.push(wish.map(|Object(wish)| wish).unwrap_or_default().of(name));
        }
        Ok(Asked(claims))
    }
}

/// A struct that is read from an object and from nothing else: what serde derives takes an array of its members, too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnlyObject(PhantomData))
    }
}

struct OnlyObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyObject<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AskedClaim, ClaimsParameter};

    fn read(text: &str) -> ClaimsParameter {
        ClaimsParameter::read(Some(text)).unwrap()
    }

    fn claim(name: &str, essential: bool, values: &[&str]) -> AskedClaim {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        AskedClaim { name: name.to_owned(), essential, values }
    }

    /// The example of section 5.5, shortened.
    #[test]
    fn claims_are_asked_for_by_name() {
        let asked = read(
            r#"{"userinfo": {"given_name": {"essential": true}, "picture": null, "http://example.info/claims/groups": null},
                "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]},
                "sub": {"value": "248289761001"}}, "later": 7}"#,
        );
        let groups = claim("http://example.info/claims/groups", false, &[]);
        assert_eq!(asked.userinfo, [claim("given_name", true, &[]), claim("picture", false, &[]), groups]);
        let acr = claim("acr", false, &["urn:mace:incommon:iap:silver"]);
        assert_eq!(asked.id_token, [claim("auth_time", true, &[]), acr, claim("sub", false, &["248289761001"])]);
        assert_eq!(ClaimsParameter::read(None), Ok(ClaimsParameter::default()));
        assert_eq!(read(r#"{"userinfo": null}"#), read("{}"));
    }

    #[test]
    fn only_sub_and_acr_keep_their_values() {
        let asked = read(r#"{"id_token":{"email":{"value":"a@b"},"acr":{"values":[1,"x",null],"other":{}}}}"#);
        assert_eq!(asked.id_token, [claim("email", false, &[]), claim("acr", false, &["x"])]);
    }

    #[test]
    fn a_claims_parameter_with_two_readings_is_refused() {
        let deep = format!(r#"{{"id_token":{{"x":{{"value":{}}}}}}}"#, "[".repeat(2000) + &"]".repeat(2000));
        let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(4096));
        for bad in [
            "x",
            "null",
            "[]",
            "[{},{}]",
            "{",
            "{} {}",
            r#"{"userinfo":{},"userinfo":{}}"#,
            r#"{"userinfo":{"a":null,"\u0061":null}}"#,
            r#"{"userinfo":{"a":{"essential":true,"essential":false}}}"#,
            r#"{"userinfo":{"a":{"essential":"true"}}}"#,
            r#"{"userinfo":{"a":true}}"#,
            r#"{"userinfo":{"a":[true]}}"#,
            r#"{"userinfo":[]}"#,
            &deep,
            &long,
        ] {
            assert!(ClaimsParameter::read(Some(bad)).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\{\"(userinfo|id_token)\":)?[\\[\\]{}\":,a-z0-9 ]{0,60}") {
            if let Ok(read) = ClaimsParameter::read(Some(&text)) {
                prop_assert!(read.userinfo.iter().chain(&read.id_token).all(|claim| text.contains(&claim.name)));
            }
        }
    }
}
