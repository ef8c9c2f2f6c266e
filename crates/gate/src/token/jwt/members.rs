//! The members of a JSON object, read so that nobody can read them otherwise: no name twice, whole numbers only, not
//! deep. The JSON library takes the last of two members with one name, other readers the first.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Arrays and objects within one another; a token of ours has an object with an array in it.
const DEEPEST: usize = 8;
/// The largest number that every reader of JSON reads alike (RFC 7493 section 2.2).
const LARGEST: i64 = (1 << 53) - 1;

/// Reads one object and nothing behind it.
pub(super) fn read(json: &[u8]) -> Option<Map<String, Value>> {
    let mut source = serde_json::Deserializer::from_slice(json);
    let value = Within(DEEPEST).deserialize(&mut source).ok()?;
    source.end().ok()?;
    match value {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// A value that has at most so many arrays and objects within one another.
#[derive(Clone, Copy)]
struct Within(usize);

impl Within {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("too deep"))
    }
}

impl<'d> DeserializeSeed<'d> for Within {
    type Value = Value;

    fn deserialize<D: Deserializer<'d>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'d> Visitor<'d> for Within {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON that has one reading")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if (-LARGEST..=LARGEST).contains(&value) { Ok(value.into()) } else { Err(E::custom("a number out of range")) }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("not a whole number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'d>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inside)?;
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a name twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        assert!(read(br#"{"a":1,"b":{"a":1},"c":[true,null,"\u0061"]}"#).is_some());
        for bad in [
            &br#"{"a":1,"a":1}"#[..],
            br#"{"a":1,"\u0061":2}"#,
            br#"{"b":{"a":1,"a":2}}"#,
            br#"{"a":[{"b":1,"b":1}]}"#,
            br#"{"a":1.0}"#,
            br#"{"a":1e3}"#,
            br#"{"a":9007199254740992}"#,
            br#"{"a":-9007199254740992}"#,
            br#"{"a":18446744073709551616}"#,
            br#"{"a":1}{}"#,
            br#"{"a":1,}"#,
            br#"{a:1}"#,
            b"[]",
            b"1",
            b"",
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
        ] {
            assert_eq!(read(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(7).as_bytes()).is_some());
        assert_eq!(read(nested(8).as_bytes()), None);
        assert_eq!(read(nested(4000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(json in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&json);
        }

        #[test]
        fn what_is_read_is_what_the_library_reads(json in "\\{(\"[a-c]\":([0-9]{1,4}|\"x\"|\\[1\\]|null)(,\"[d-f]\":true)?)?\\}") {
            if let Some(members) = read(json.as_bytes()) {
                prop_assert_eq!(serde_json::Value::Object(members), serde_json::from_str::<serde_json::Value>(&json).unwrap());
            }
        }
    }
}
