//! Attacks on verifiers of tokens, by the names that they have (RFC 8725 section 2).

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::super::*;
use super::examples::{CLAIMS, NOW, Signer, access, keys, signers};

fn refused(token: &str) -> Option<JwtError> {
    verify(token, &keys(), &access(), NOW).err()
}

#[test]
fn alg_none_is_refused() {
    let signer = &signers()[0];
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = signer.header("at+jwt").replace("EdDSA", alg);
        let token = Signer::unsigned(&header, CLAIMS);
        assert_eq!(refused(&token), Some(JwtError::Algorithm), "{alg:?}");
        assert_eq!(peek_jti(token.as_bytes(), &keys(), NOW), None, "{alg:?}");
    }
    for signer in signers() {
        let token = signer.access_token(CLAIMS);
        let stripped = &token[..=token.rfind('.').unwrap()];
        assert_eq!(refused(stripped), Some(JwtError::Signature), "no signature at all");
    }
}

#[test]
fn hs256_signed_with_the_public_key_is_refused() {
    let jwks: Value = serde_json::from_str(&keys().to_jwks()).unwrap();
    for (signer, jwk) in signers().iter().zip(jwks["keys"].as_array().unwrap()) {
        let header = signer.header("at+jwt").replace(signer.public.algorithm().as_str(), "HS256");
        let token = Signer::unsigned(&header, CLAIMS);
        let signed = token.trim_end_matches('.');
        let secrets = [jwk["n"].as_str(), jwk["x"].as_str()].into_iter().flatten();
        let secrets = secrets.flat_map(|text| [text.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(text).unwrap()]);
        for secret in secrets.chain([jwk.to_string().into_bytes()]) {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
            assert_eq!(refused(&forged), Some(JwtError::Algorithm));
        }
    }
}

#[test]
fn a_key_of_one_algorithm_verifies_no_other() {
    for signer in signers() {
        for alg in ["RS256", "ES256", "EdDSA", "PS256", "RS512", "ES384"] {
            if alg == signer.public.algorithm().as_str() {
                continue;
            }
            let header = signer.header("at+jwt").replace(signer.public.algorithm().as_str(), alg);
            assert_eq!(refused(&signer.sign(&header, CLAIMS)), Some(JwtError::Algorithm), "{alg}");
        }
    }
}

#[test]
fn a_der_encoded_ecdsa_signature_is_refused() {
    // The same key, and a signature that is right in the other encoding (RFC 7518 section 3.4 has the fixed one).
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let public = PublicKey::P256 { x: point[1..33].try_into().unwrap(), y: point[33..].try_into().unwrap() };
    let keys = KeySet::new([VerifyingKey::new(KeyId::parse("es").unwrap(), public).unwrap()]);
    let token = Signer::unsigned("{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"es\"}", CLAIMS);
    let signed = token.trim_end_matches('.');
    let signature = pair.sign(&aws_lc_rs::rand::SystemRandom::new(), signed.as_bytes()).unwrap();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(verify(&forged, &keys, &access(), NOW), Err(JwtError::Signature));
}

/// "Psychic signatures", CVE-2022-21449.
#[test]
fn an_all_zero_ecdsa_signature_is_refused() {
    for signer in signers() {
        let token = signer.access_token(CLAIMS);
        let signed = &token[..token.rfind('.').unwrap()];
        for length in [0, 32, 63, 64, 65, 256] {
            for byte in [0_u8, 0xff] {
                let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(vec![byte; length]));
                assert_eq!(refused(&forged), Some(JwtError::Signature));
            }
        }
    }
}

/// CVE-2018-0114 and its kin: the header says which key to believe.
#[test]
fn a_key_in_the_header_is_not_believed() {
    let eve = Signer::ed25519("ed");
    let jwks: Value = serde_json::from_str(&KeySet::new([eve.public.clone()]).to_jwks()).unwrap();
    let members = [
        format!("\"jwk\":{}", jwks["keys"][0]),
        "\"jku\":\"https://eve.example.com/jwks\"".to_owned(),
        "\"x5u\":\"https://eve.example.com/cert\"".to_owned(),
        "\"x5c\":[\"AAAA\"]".to_owned(),
        "\"x5t\":\"AAAA\"".to_owned(),
        "\"x5t#S256\":\"AAAA\"".to_owned(),
        "\"jku\":null".to_owned(),
    ];
    assert_eq!(refused(&eve.access_token(CLAIMS)), Some(JwtError::Signature));
    for member in members {
        // Refused outright, whoever signed it.
        for signer in [&eve, &signers()[0]] {
            let header = signer.header("at+jwt").replacen('{', &format!("{{{member},"), 1);
            assert_eq!(refused(&signer.sign(&header, CLAIMS)), Some(JwtError::Header), "{member}");
        }
    }
}

#[test]
fn a_header_that_changes_how_to_read_is_refused() {
    let signer = &signers()[0];
    for member in [
        "\"crit\":[\"exp\"]",
        "\"crit\":[\"b64\"],\"b64\":false",
        "\"b64\":true",
        "\"zip\":\"DEF\"",
        "\"cty\":\"JWT\"",
        "\"enc\":\"A128GCM\"",
        "\"surprise\":1",
    ] {
        let header = signer.header("at+jwt").replacen('{', &format!("{{{member},"), 1);
        assert_eq!(refused(&signer.sign(&header, CLAIMS)), Some(JwtError::Header), "{member}");
    }
}

#[test]
fn a_member_twice_is_refused() {
    let signer = &signers()[0];
    for member in
        ["\"alg\":\"none\"", "\"alg\":\"EdDSA\"", "\"kid\":\"rs\"", "\"typ\":\"JWT\"", "\"\\u0061lg\":\"none\""]
    {
        let header = signer.header("at+jwt");
        for twice in [header.replacen('{', &format!("{{{member},"), 1), header.replace('}', &format!(",{member}}}"))] {
            assert_eq!(refused(&signer.sign(&twice, CLAIMS)), Some(JwtError::Header), "{twice}");
        }
    }
    for member in ["\"sub\":\"eve\"", "\"exp\":9999999999", "\"\\u0073ub\":\"eve\"", "\"aud\":\"x\""] {
        let twice = CLAIMS.replacen('{', &format!("{{{member},"), 1);
        assert_eq!(refused(&signer.access_token(&twice)), Some(JwtError::Claims), "{twice}");
    }
}

#[test]
fn an_id_token_is_no_access_token() {
    let signer = &signers()[0];
    let id = Expected { token_type: TokenType::Id, ..access() };
    for typ in ["JWT", "logout+jwt", "dpop+jwt", "secevent+jwt", "", "at+jwt ", "application/jwt", "application/JWT"] {
        assert_eq!(refused(&signer.sign(&signer.header(typ), CLAIMS)), Some(JwtError::Type), "{typ:?}");
    }
    assert_eq!(verify(&signer.access_token(CLAIMS), &keys(), &id, NOW), Err(JwtError::Type));
    let without = signer.header("at+jwt").replace("\"typ\":\"at+jwt\",", "");
    assert_eq!(refused(&signer.sign(&without, CLAIMS)), Some(JwtError::Header));
}

#[test]
fn a_token_of_an_unknown_key_is_refused() {
    let eve = Signer::ed25519("eve");
    assert_eq!(refused(&eve.access_token(CLAIMS)), Some(JwtError::UnknownKey));
    let signer = &signers()[0];
    let without = signer.header("at+jwt").replace(",\"kid\":\"ed\"", "");
    assert_eq!(refused(&signer.sign(&without, CLAIMS)), Some(JwtError::Header));
    let path = signer.header("at+jwt").replace("\"ed\"", "\"../../dev/null\"");
    assert_eq!(refused(&signer.sign(&path, CLAIMS)), Some(JwtError::UnknownKey));
}

#[test]
fn a_token_of_another_issuer_is_refused() {
    let signer = &signers()[0];
    for issuer in ["https://id.example.com/", "https://ID.example.com", "http://id.example.com", "https://eve.example"]
    {
        let claims = CLAIMS.replacen("https://id.example.com", issuer, 1);
        assert_eq!(refused(&signer.access_token(&claims)), Some(JwtError::Issuer), "{issuer}");
    }
}

#[test]
fn claims_of_another_kind_are_refused() {
    let signer = &signers()[0];
    for (was, is) in [
        ("\"exp\":2000001800", "\"exp\":\"2000001800\""),
        ("\"exp\":2000001800", "\"exp\":2000001800.5"),
        ("\"exp\":2000001800", "\"exp\":2e9"),
        ("\"exp\":2000001800", "\"exp\":-1"),
        ("\"exp\":2000001800", "\"exp\":253402300800"),
        ("\"exp\":2000001800", "\"exp\":9223372036854775807"),
        ("\"exp\":2000001800", "\"exp\":null"),
        ("\"exp\":2000001800,", ""),
        ("\"iat\":2000000000,", ""),
        ("\"sub\":\"ada\",", ""),
        ("\"sub\":\"ada\"", "\"sub\":[\"ada\"]"),
        ("\"iss\":\"https://id.example.com\"", "\"iss\":[\"https://id.example.com\"]"),
        ("\"jti\"", "\"jwt\""),
        ("\"iat\":2000000000", "\"iat\":2000000000,\"nbf\":\"0\""),
    ] {
        let claims = CLAIMS.replace(was, is);
        assert_ne!(claims, CLAIMS);
        assert_eq!(refused(&signer.access_token(&claims)), Some(JwtError::Claims), "{is}");
    }
}

#[test]
fn what_is_no_compact_token_is_refused() {
    let signer = &signers()[0];
    let token = signer.access_token(CLAIMS);
    let (header, rest) = token.split_once('.').unwrap();
    for bad in ["", ".", "..", "...", "a.b", &format!("{token}."), &format!(".{token}"), &format!("{token}.a"), rest] {
        assert!(refused(bad).is_some(), "{bad}");
    }
    for padded in [format!("{header}=.{rest}"), format!(" {token}"), format!("{token}\n"), token.replace('.', " .")] {
        assert!(refused(&padded).is_some(), "{padded}");
    }
    let long = CLAIMS.replacen('{', &format!("{{\"x\":\"{}\",", "a".repeat(MAX_TOKEN)), 1);
    let long = signer.access_token(&long);
    assert_eq!(refused(&long), Some(JwtError::TooLong));
    assert_eq!(peek_jti(long.as_bytes(), &keys(), NOW), None);
}
