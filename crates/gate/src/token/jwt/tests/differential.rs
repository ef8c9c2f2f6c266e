//! The same tokens, read by a library that shares neither code nor cryptography with ours: what we believe, it
//! believes; where it believes more, the corpus says why we do not.

use jwt_compact::alg::{Ed25519, Es256, Rsa};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmExt as _, UntrustedToken};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::*;
use super::examples::{CLAIMS, NOW, Signer, access, keys, signers};

/// Whether the other library finds the signature right, and the claims a JSON object.
fn theirs(token: &str, algorithm: SigningAlgorithm, jwk: &JsonWebKey<'_>) -> bool {
    fn valid<A>(algorithm: A, token: &str, jwk: &JsonWebKey<'_>) -> bool
    where
        A: Algorithm,
        A::VerifyingKey: for<'j> TryFrom<&'j JsonWebKey<'j>>,
    {
        let Ok(token) = UntrustedToken::new(token) else { return false };
        let Ok(key) = A::VerifyingKey::try_from(jwk) else { panic!("the published key cannot be read") };
        algorithm.validator::<Map<String, Value>>(&key).validate(&token).is_ok()
    }
    match algorithm {
        SigningAlgorithm::Rs256 => valid(Rsa::rs256(), token, jwk),
        SigningAlgorithm::Es256 => valid(Es256, token, jwk),
        SigningAlgorithm::EdDsa => valid(Ed25519, token, jwk),
    }
}

/// The other library's keys, read from the document that we publish.
fn published() -> Vec<JsonWebKey<'static>> {
    let document: Value = serde_json::from_str(&keys().to_jwks()).unwrap();
    let listed = document["keys"].as_array().unwrap().clone();
    listed.into_iter().map(|key| serde_json::from_value(key).unwrap()).collect()
}

/// Both verdicts on a token of one of the signers.
fn verdicts(token: &str, which: usize, jwks: &[JsonWebKey<'static>]) -> (bool, bool) {
    let ours = verify(token, &keys(), &access(), NOW).is_ok();
    (ours, theirs(token, signers()[which].public.algorithm(), &jwks[which]))
}

#[test]
fn another_library_believes_what_we_sign() {
    let jwks = published();
    for (which, signer) in signers().iter().enumerate() {
        for claims in [CLAIMS.to_owned(), CLAIMS.replace("ada", "\u{e4}\u{1f600}\\n"), CLAIMS.replace(',', " ,\n")] {
            assert_eq!(verdicts(&signer.access_token(&claims), which, &jwks), (true, true), "{claims}");
        }
    }
}

#[test]
fn where_another_library_believes_more_we_say_why() {
    let jwks = published();
    for (which, signer) in signers().iter().enumerate() {
        let header = |member: &str| signer.header("at+jwt").replacen('{', &format!("{{{member},"), 1);
        let stricter: [(&str, String); 6] = [
            ("a member that we never write", signer.sign(&header("\"nonce\":\"x\""), CLAIMS)),
            ("a key that we are to fetch", signer.sign(&header("\"jku\":\"https://eve.example.com\""), CLAIMS)),
            ("a condition that we do not know", signer.sign(&header("\"crit\":[\"x\"]"), CLAIMS)),
            ("another type", signer.sign(&signer.header("JWT"), CLAIMS)),
            ("another issuer", signer.access_token(&CLAIMS.replacen("id.example", "eve.example", 1))),
            ("too late", signer.access_token(&CLAIMS.replace("2000001800", "2000000001"))),
        ];
        for (why, token) in stricter {
            assert_eq!(verdicts(&token, which, &jwks), (false, true), "{why}");
        }
        let token = signer.access_token(CLAIMS);
        let signed = &token[..token.rfind('.').unwrap()];
        let other = signers()[(which + 1) % 3].access_token(CLAIMS);
        let swapped = format!("{signed}{}", &other[other.rfind('.').unwrap()..]);
        for both in [signed, &format!("{signed}."), &format!("{token}A"), &swapped, &Signer::unsigned("{}", CLAIMS)] {
            assert_eq!(verdicts(both, which, &jwks), (false, false), "{both}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_we_believe_of_a_mangled_token_another_library_believes(
        which in 0_usize..3,
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[A-Za-z0-9._=+/-]?"), 0..3),
    ) {
        let jwks = published();
        let mut token = signers()[which].access_token(CLAIMS);
        for (at, with) in edits {
            let at = at.index(token.len());
            token.replace_range(at..=at, &with);
        }
        let (ours, theirs) = verdicts(&token, which, &jwks);
        prop_assert!(!ours || theirs, "{token}");
        prop_assert_eq!(ours, theirs, "the edits are none that we are stricter about: {}", token);
    }
}
