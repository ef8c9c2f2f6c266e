//! Opaque secrets: `vbs_` (or another prefix, by what it is for) and 48 characters of base64url (RFC 4648 section 5), 52 bytes in all.
//!
//! The 36 bytes behind the prefix are 24 random ones and a 12-byte tag, HMAC-SHA-256 under a key of this
//! installation, cut short (RFC 2104 section 5). The tag protects nothing but the store: a made-up secret is refused
//! without a look into it, and a guess has to be right twice. What makes a secret valid is its hash in the store.
//! The prefix is there for secret scanners and never changes.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const RANDOM: usize = 24;
const TAG: usize = 12;
/// The length of every secret as text, in bytes.
const TEXT: usize = PREFIX + (RANDOM + TAG) / 3 * 4;
const PREFIX: usize = 4;

/// What a secret is for. A secret counts only under the name of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// A cookie session's: the `session` cookie.
    Session,
    /// An access token (RFC 6749 section 1.4) that is not a JWT.
    Access,
    /// A refresh token (RFC 6749 section 1.5).
    Refresh,
    /// An authorization code (RFC 6749 section 1.3.1).
    Code,
    /// An API token, for machines and scripts.
    Api,
    /// What the `app_session` cookie holds: a browser that an application has signed in.
    AppSession,
    /// The `jti` of an access token that is a JWT. Worth nothing without the JWT around it.
    JwtId,
    /// Good for one use and some minutes: an app session token, a promotion code, a challenge.
    OneTime,
    /// A client's secret (RFC 6749 section 2.3.1).
    Client,
    /// A sign-in that was made for one authorization request and no session.
    Authentication,
}

impl SecretKind {
    /// The four characters that every secret of this kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "vbs_",
            Self::Access => "vba_",
            Self::Refresh => "vbr_",
            Self::Code => "vbc_",
            Self::Api => "vbp_",
            Self::AppSession => "vbx_",
            Self::JwtId => "vbj_",
            Self::OneTime => "vbo_",
            Self::Client => "vbk_",
            Self::Authentication => "vbl_",
        }
    }
}

/// The installation's key for tags (HMAC-SHA-256). Prints as its name.
#[derive(Clone)]
pub struct TagKey(hmac::Key);

impl TagKey {
    /// From 32 random bytes that the ledger minted.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// A 16-byte tag over some parts, each preceded by its length so that no two lists of parts are the same text.
    /// `purpose` keeps tags of one use from being taken for those of another.
    #[must_use]
    pub fn tag(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut tag = [0; 16];
        tag.copy_from_slice(&self.long_tag(purpose, parts)[..16]);
        tag
    }

    fn long_tag(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Compares a tag in constant time.
    #[must_use]
    pub fn verify(&self, purpose: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.tag(purpose, parts), tag).is_ok()
    }

    fn of_secret(&self, kind: SecretKind, random: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.prefix().as_bytes());
        context.update(random);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey")
    }
}

/// A secret in the clear: handed out once, never kept. Prints as its name.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Makes the text of a secret from fresh random bytes.
    #[must_use]
    pub fn seal(kind: SecretKind, random: &[u8; RANDOM], key: &TagKey) -> Self {
        let mut bytes = [0_u8; RANDOM + TAG];
        bytes[..RANDOM].copy_from_slice(random);
        bytes[RANDOM..].copy_from_slice(&key.of_secret(kind, random));
        let mut text = String::with_capacity(TEXT);
        text.push_str(kind.prefix());
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Self(text.into_boxed_str())
    }

    /// Makes a secret that can be made again from the same bytes: the successor of a refresh token, so that a client whose
    /// reply was lost can be given the same one although only its hash is stored.
    #[must_use]
    pub fn derive(kind: SecretKind, purpose: &str, parts: &[&[u8]], key: &TagKey) -> Self {
        let mut random = [0; RANDOM];
        random.copy_from_slice(&key.long_tag(purpose, parts)[..RANDOM]);
        Self::seal(kind, &random, key)
    }

    /// The text: for the cookie or the terminal that it is handed to, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the store keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Whether a value has the length, the prefix and the alphabet of a secret of this kind. Says nothing of its tag.
#[must_use]
pub fn has_shape(kind: SecretKind, value: &[u8]) -> bool {
    value.len() == TEXT && value.starts_with(kind.prefix().as_bytes())
}

/// Whether the tag of a presented secret is ours, in constant time.
#[must_use]
pub fn is_tagged(kind: SecretKind, value: &[u8], key: &TagKey) -> bool {
    if !has_shape(kind, value) {
        return false;
    }
    let mut bytes = [0_u8; RANDOM + TAG];
    match URL_SAFE_NO_PAD.decode_slice(&value[PREFIX..], &mut bytes) {
        Ok(length) if length == RANDOM + TAG => {
            let expected = key.of_secret(kind, &bytes[..RANDOM]);
            constant_time::verify_slices_are_equal(&expected, &bytes[RANDOM..]).is_ok()
        }
        _ => false,
    }
}

/// The SHA-256 of a secret's text: the key of the live table and of the store. A secret has 192 random bits, so a
/// fast hash is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes a presented value.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, value).as_ref());
        Self(bytes)
    }

    /// Whether it is of this value, in constant time.
    #[must_use]
    pub fn is_of(&self, value: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &Self::of(value).0).is_ok()
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As the store keeps it: 43 characters of base64url.
    #[must_use]
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads what [`TokenHash::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        matches!(URL_SAFE_NO_PAD.decode_slice(text, &mut bytes), Ok(32)).then_some(Self(bytes))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Secret, SecretKind, TagKey, TokenHash, has_shape, is_tagged};

    const KIND: SecretKind = SecretKind::Session;

    #[test]
    fn a_secret_has_52_bytes_and_prints_as_its_name() {
        let secret = Secret::seal(KIND, &[7; 24], &TagKey::new(&[1; 32]));
        assert_eq!(secret.expose().len(), 52);
        assert!(secret.expose().starts_with("vbs_"));
        assert_eq!(format!("{secret:?} {:?} {:?}", secret.hash(), TagKey::new(&[1; 32])), "Secret TokenHash TagKey");
        assert_eq!(TokenHash::from_text(&secret.hash().to_text()), Some(secret.hash()));
    }

    #[test]
    fn a_tag_of_one_purpose_is_none_of_another() {
        let key = TagKey::new(&[1; 32]);
        let tag = key.tag("device", &[b"ab", b"c"]);
        assert!(key.verify("device", &[b"ab", b"c"], &tag));
        assert!(!key.verify("device", &[b"a", b"bc"], &tag));
        assert!(!key.verify("same-site", &[b"ab", b"c"], &tag));
        assert!(!key.verify("device", &[b"ab", b"c"], &tag[..15]));
    }

    proptest! {
        #[test]
        fn only_what_we_sealed_is_tagged(random: [u8; 24], flip in 0_usize..52, bit in 0_u8..8) {
            let key = TagKey::new(&[1; 32]);
            let secret = Secret::seal(KIND, &random, &key);
            prop_assert!(is_tagged(KIND, secret.expose().as_bytes(), &key));
            prop_assert!(!is_tagged(KIND, secret.expose().as_bytes(), &TagKey::new(&[2; 32])));
            let mut forged = secret.expose().as_bytes().to_vec();
            forged[flip] ^= 1 << bit;
            prop_assert!(!is_tagged(KIND, &forged, &key));
        }

        #[test]
        fn nothing_made_up_passes(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(!is_tagged(KIND, &value, &TagKey::new(&[1; 32])));
            let _ = has_shape(KIND, &value);
        }
    }
}
