use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::time::{Span, Timestamp};
use examples::{AUDIENCE, CLAIMS, JTI, NOW, Signer, access, keys, signers};

mod attacks;
mod differential;
mod examples;

#[test]
fn a_token_of_each_algorithm_is_verified() {
    for signer in signers() {
        let token = signer.access_token(CLAIMS);
        let verified = verify(&token, &keys(), &access(), NOW).unwrap();
        assert_eq!(verified.key(), signer.public.id());
        assert_eq!(verified.subject(), "ada");
        assert_eq!(verified.text("jti"), Some(JTI));
        assert_eq!(verified.text("client_id"), Some("app"));
        assert_eq!(verified.claim("auth_time").and_then(Value::as_i64), Some(1_900_000_000));
        assert_eq!(verified.audiences().collect::<Vec<_>>(), [AUDIENCE]);
        assert_eq!(verified.issued_at().unix_seconds(), 2_000_000_000);
        assert_eq!(verified.expires_at().unix_seconds(), 2_000_001_800);
    }
}

#[test]
fn a_type_has_no_case_and_may_be_a_media_type() {
    let signer = &signers()[0];
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        let token = signer.sign(&signer.header(typ), CLAIMS);
        assert!(verify(&token, &keys(), &access(), NOW).is_ok(), "{typ}");
    }
    let id = Expected { token_type: TokenType::Id, ..access() };
    for typ in ["JWT", "jwt"] {
        assert!(verify(&signer.sign(&signer.header(typ), CLAIMS), &keys(), &id, NOW).is_ok(), "{typ}");
    }
}

#[test]
fn one_of_many_audiences_is_enough() {
    let signer = &signers()[0];
    let with = |aud: &str| signer.access_token(&CLAIMS.replace(&format!("\"{AUDIENCE}\""), aud));
    let both = with(&format!("[\"https://other.example.com\",\"{AUDIENCE}\"]"));
    assert_eq!(verify(&both, &keys(), &access(), NOW).map(|token| token.audiences().count()), Ok(2));
    let other = with("[\"https://other.example.com\"]");
    assert_eq!(verify(&other, &keys(), &access(), NOW), Err(JwtError::Audience));
    let anybody = Expected { audience: Audience::Anybody, ..access() };
    assert!(verify(&other, &keys(), &anybody, NOW).is_ok());
    for bad in ["[]", "null", "1", "[1]", "{}"] {
        for expected in [access(), anybody] {
            assert_eq!(verify(&with(bad), &keys(), &expected, NOW), Err(JwtError::Claims), "{bad}");
        }
    }
}

#[test]
fn a_token_ends_with_its_last_second() {
    let token = signers()[0].access_token(CLAIMS);
    let end = Timestamp::from_millis(2_000_001_800_000);
    let last = end.minus(Span::from_millis(1));
    assert!(verify(&token, &keys(), &access(), last).is_ok());
    assert_eq!(verify(&token, &keys(), &access(), end), Err(JwtError::Expired));
    assert_eq!(peek_jti(token.as_bytes(), &keys(), last).as_deref(), Some(JTI));
    assert_eq!(peek_jti(token.as_bytes(), &keys(), end), None);
    let hint = Expected { expiry: Expiry::Ignored, ..access() };
    assert!(verify(&token, &keys(), &hint, end).is_ok());
}

#[test]
fn a_token_from_the_future_is_refused_beyond_a_minute() {
    let signer = &signers()[0];
    let minute_before = Timestamp::from_millis(2_000_000_000_000).minus(Span::from_seconds(60));
    let token = signer.access_token(CLAIMS);
    assert!(verify(&token, &keys(), &access(), minute_before).is_ok());
    let before = minute_before.minus(Span::from_millis(1));
    assert_eq!(verify(&token, &keys(), &access(), before), Err(JwtError::NotYet));
    let later = signer.access_token(&CLAIMS.replacen('{', "{\"nbf\":2000000121,", 1));
    assert_eq!(verify(&later, &keys(), &access(), NOW), Err(JwtError::NotYet));
}

/// Row K6 of the conformance suite.
#[test]
fn the_published_keys_have_ids_and_no_private_members() {
    let document: Value = serde_json::from_str(&keys().to_jwks()).unwrap();
    let listed = document["keys"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    for (key, signer) in listed.iter().zip(signers()) {
        let key = key.as_object().unwrap();
        assert_eq!(key["kid"], signer.public.id().as_str());
        assert_eq!(key["alg"], signer.public.algorithm().as_str());
        assert_eq!(key["use"], "sig");
        let own: &[&str] = match signer.public.algorithm() {
            SigningAlgorithm::Rs256 => &["n", "e"],
            SigningAlgorithm::Es256 => &["crv", "x", "y"],
            SigningAlgorithm::EdDsa => &["crv", "x"],
        };
        let allowed = [own, &["kty", "use", "alg", "kid"]].concat();
        assert!(key.keys().all(|name| allowed.contains(&name.as_str())) && key.len() == allowed.len(), "{key:?}");
        let is_unpadded = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        assert!(["n", "e", "x", "y"].iter().filter_map(|name| key.get(*name)?.as_str()).all(is_unpadded));
    }
}

#[test]
fn a_weak_or_misshapen_public_key_is_none() {
    let id = KeyId::parse("k").unwrap();
    let rsa = |n: Vec<u8>, e: &[u8]| VerifyingKey::new(id.clone(), PublicKey::Rsa { n, e: e.to_vec() }).map(|_| ());
    assert_eq!(rsa(vec![0xff; 256], &[1, 0, 1]), Ok(()));
    assert_eq!(rsa(vec![0xff; 255], &[1, 0, 1]), Err(BadKey::Public), "1024 bits and the like");
    assert_eq!(rsa([vec![0], vec![0xff; 256]].concat(), &[1, 0, 1]), Err(BadKey::Public), "a leading zero");
    for e in [&[][..], &[1], &[0, 3], &[2], &[1, 0, 0, 0, 1]] {
        assert_eq!(rsa(vec![0xff; 256], e), Err(BadKey::Public), "{e:?}");
    }
    for bad in ["", "-a", "a b", "a.b", "é", &"a".repeat(65)] {
        assert_eq!(KeyId::parse(bad), Err(BadKey::Id), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(peek_jti(&bytes, &keys(), NOW), None);
        prop_assert!(verify(&String::from_utf8_lossy(&bytes), &keys(), &access(), NOW).is_err());
    }

    #[test]
    fn any_header_and_claims_are_refused_unsigned(header in "\\{?[\":,a-zA-Z0-9+{}]{0,60}\\}?", claims in ".{0,60}") {
        let token = Signer::unsigned(&header, &claims);
        prop_assert!(verify(&token, &keys(), &access(), NOW).is_err());
        let _ = peek_jti(token.as_bytes(), &keys(), NOW);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// The last character of a part has bits that stand for nothing; set, they are refused too.
    #[test]
    fn a_token_with_any_other_byte_is_refused(which in 0_usize..3, at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let token = signers()[which].access_token(CLAIMS);
        let mut changed = token.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != token);
        prop_assert!(verify(&changed, &keys(), &access(), NOW).is_err());
    }
}

#[test]
fn the_bits_that_stand_for_nothing_must_be_zero() {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for signer in signers() {
        let token = signer.access_token(CLAIMS);
        let ends = [token.find('.').unwrap() - 1, token.rfind('.').unwrap() - 1, token.len() - 1];
        for at in ends {
            for &byte in ALPHABET {
                let mut changed = token.clone().into_bytes();
                changed[at] = byte;
                let changed = String::from_utf8(changed).unwrap();
                assert!(changed == token || verify(&changed, &keys(), &access(), NOW).is_err(), "{changed}");
            }
        }
    }
}
