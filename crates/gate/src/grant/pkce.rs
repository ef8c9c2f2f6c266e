//! Proof Key for Code Exchange (RFC 7636): whoever redeems a code proves to be the one who asked for it.
//! S256 only; `plain` would put the proof itself into the first URL.

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Why a code challenge is refused. In characters that an `error_description` may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PkceError {
    /// Another method than S256, or none: that would be `plain` (RFC 7636 section 4.3).
    Method,
    /// A method and no challenge.
    NoChallenge,
    /// Not 43 characters of base64url.
    Challenge,
}

impl PkceError {
    /// What the client's developer is told.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Method => "code_challenge_method must be S256",
            Self::NoChallenge => "code_challenge_method came without code_challenge",
            Self::Challenge => "code_challenge must be 43 characters of base64url, the SHA-256 of the code_verifier",
        }
    }
}

/// The SHA-256 of a verifier, as 43 characters of base64url. No secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Reads the two parameters of an authorization request. `None` where neither came; whether that may be is the
    /// client's matter.
    ///
    /// # Errors
    /// [`PkceError`], for an `invalid_request`.
    pub fn read(method: Option<&str>, challenge: Option<&str>) -> Result<Option<Self>, PkceError> {
        match (method, challenge) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(PkceError::NoChallenge),
            (Some("S256"), Some(challenge)) => Self::from_stored(challenge).map(Some).ok_or(PkceError::Challenge),
            (_, Some(_)) => Err(PkceError::Method),
        }
    }

    /// Reads what [`Challenge::as_str`] gave to the store.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let whole = text.len() == 43 && matches!(URL_SAFE_NO_PAD.decode_slice(text, &mut bytes), Ok(32));
        whole.then(|| Self(text.to_owned()))
    }

    /// The 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a verifier is the one that this was made from, in constant time.
    #[must_use]
    pub fn verify(&self, verifier: &str) -> bool {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
            return false;
        }
        let made = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        constant_time::verify_slices_are_equal(made.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

/// Whether a code may be redeemed: with a challenge and its verifier, or with neither. A verifier for a code that has no
/// challenge means that somebody took the challenge out of the request (RFC 9700 section 4.8.2).
#[must_use]
pub fn matches(stored: Option<&Challenge>, verifier: Option<&str>) -> bool {
    match (stored, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => challenge.verify(verifier),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::{CHALLENGE, VERIFIER};
    use super::{Challenge, PkceError, matches};

    fn challenge() -> Challenge {
        Challenge::read(Some("S256"), Some(CHALLENGE)).unwrap().unwrap()
    }

    #[test]
    fn the_vector_of_rfc_7636_appendix_b() {
        assert!(challenge().verify(VERIFIER));
        assert_eq!(Challenge::from_stored(challenge().as_str()), Some(challenge()));
    }

    #[test]
    fn plain_is_refused_also_by_leaving_out_the_method() {
        assert_eq!(Challenge::read(Some("plain"), Some(VERIFIER)), Err(PkceError::Method));
        assert_eq!(Challenge::read(Some("plain"), Some(CHALLENGE)), Err(PkceError::Method));
        assert_eq!(Challenge::read(Some("s256"), Some(CHALLENGE)), Err(PkceError::Method));
        assert_eq!(Challenge::read(None, Some(CHALLENGE)), Err(PkceError::Method));
        assert_eq!(Challenge::read(Some("S256"), None), Err(PkceError::NoChallenge));
        assert_eq!(Challenge::read(None, None), Ok(None));
        assert!(!challenge().verify(CHALLENGE));
    }

    #[test]
    fn a_challenge_that_no_verifier_has_is_refused() {
        let long = format!("{CHALLENGE}A");
        let other_spelling = format!("{}N", &CHALLENGE[..42]);
        for bad in [&CHALLENGE[..42], &long, &other_spelling, &CHALLENGE.replace('-', "+"), &format!("{CHALLENGE}=")] {
            assert_eq!(Challenge::read(Some("S256"), Some(bad)), Err(PkceError::Challenge), "{bad}");
        }
    }

    #[test]
    fn a_downgrade_is_refused_in_both_directions() {
        assert!(matches(Some(&challenge()), Some(VERIFIER)) && matches(None, None));
        assert!(!matches(None, Some(VERIFIER)), "a verifier for a code without a challenge");
        assert!(!matches(Some(&challenge()), None), "a challenge and no verifier");
    }

    #[test]
    fn a_verifier_has_the_form_of_one() {
        let made = |verifier: &str| {
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
            let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash);
            Challenge::from_stored(&text).unwrap().verify(verifier)
        };
        assert!(made(&"a".repeat(43)) && made(&"~".repeat(128)));
        assert!(!made(&"a".repeat(42)) && !made(&"a".repeat(129)) && !made("") && !made(&"+".repeat(43)));
    }

    proptest! {
        #[test]
        fn no_other_verifier_redeems(other in "[A-Za-z0-9._~-]{43,128}") {
            prop_assert!(other == VERIFIER || !challenge().verify(&other));
        }

        #[test]
        fn nothing_panics(method in prop::option::of("\\PC{0,8}"), text in prop::option::of("\\PC{0,50}"), verifier in ".*") {
            if let Ok(Some(read)) = Challenge::read(method.as_deref(), text.as_deref()) {
                prop_assert_eq!(Some(read.as_str()), text.as_deref());
                prop_assert!(!read.verify(&verifier));
            }
        }
    }
}
