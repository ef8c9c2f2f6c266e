//! Real files, and time as an argument.

use std::path::Path;

use serde_json::json;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{
    Audience, Expected, Expiry, JwtError, KeyId, SigningAlgorithm, TokenType, Verified, peek_jti, verify,
};

use super::Phase;
use crate::changes::{RetireKeyError, RotateKeysError, prepare_keys, retire_at, retire_key, rotate_at, rotate_keys};
use crate::fault::{Fault, OpenError};
use crate::jobs::rotate_keys::tend;
use crate::queries;
use crate::settings::{KeySettings, Settings};
use crate::{Ledger, changes};

mod apart;
mod sealed;

const ISSUER: &str = "https://id.example.com";
const HOUR: Span = Span::from_seconds(3600);
const DAY: Span = Span::from_seconds(86_400);

fn settings(data_dir: &Path, change: impl FnOnce(&mut KeySettings)) -> Settings {
    let mut settings = changes::tests::settings(data_dir);
    change(&mut settings.keys);
    settings
}

async fn open(data_dir: &Path, change: impl FnOnce(&mut KeySettings)) -> Result<Ledger, OpenError> {
    Ledger::open(settings(data_dir, change)).await
}

/// A ledger with its first key.
async fn house(data_dir: &Path) -> Ledger {
    let ledger = open(data_dir, |_| ()).await.unwrap();
    prepare_keys(&ledger).await.unwrap();
    ledger
}

fn token_at(ledger: &Ledger, now: Timestamp) -> Result<String, Fault> {
    let claims = json!({
        "iss": ISSUER, "aud": ISSUER, "sub": "ada", "jti": "j",
        "iat": now.unix_seconds(), "exp": now.plus(HOUR).unix_seconds(),
    });
    ledger.keyring().sign(ledger.settings().keys.algorithm, TokenType::Access, &claims, now)
}

fn verify_at(ledger: &Ledger, token: &str, now: Timestamp) -> Result<Verified, JwtError> {
    let audience = Audience::Includes(ISSUER);
    let expected = Expected { token_type: TokenType::Access, issuer: ISSUER, audience, expiry: Expiry::Counts };
    verify(token, &ledger.keyring().published(), &expected, now)
}

/// Which key signs at this time.
fn signer_at(ledger: &Ledger, now: Timestamp) -> KeyId {
    verify_at(ledger, &token_at(ledger, now).unwrap(), now).unwrap().key().clone()
}

async fn phases_at(ledger: &Ledger, now: Timestamp) -> Vec<(KeyId, Phase)> {
    queries::keys_at(ledger, now).await.unwrap().into_iter().map(|key| (key.id, key.phase)).collect()
}

async fn private_keys(ledger: &Ledger) -> Vec<(String, bool)> {
    let mut sql = ledger.store().read().await.unwrap();
    let rows = crate::store::signing_keys::list(&mut sql).await.unwrap();
    rows.into_iter().map(|row| (row.private_key, row.is_sealed)).collect()
}

/// The first one.
async fn private_key(ledger: &Ledger) -> (String, bool) {
    private_keys(ledger).await.remove(0)
}

#[tokio::test]
async fn keys_of_each_algorithm_are_made_once_and_kept() {
    for algorithm in SigningAlgorithm::ALL {
        let dir = tempfile::tempdir().unwrap();
        let ledger = open(dir.path(), |keys| keys.algorithm = algorithm).await.unwrap();
        assert!(matches!(token_at(&ledger, ledger.now()), Err(Fault::NoSigning)), "no key yet");
        prepare_keys(&ledger).await.unwrap();
        prepare_keys(&ledger).await.unwrap();
        let now = ledger.now();
        let token = token_at(&ledger, now).unwrap();
        let published = ledger.keyring().published().to_jwks();
        assert_eq!(peek_jti(token.as_bytes(), &ledger.keyring().published(), now).as_deref(), Some("j"));
        ledger.close().await;
        drop(ledger);
        let again = open(dir.path(), |keys| keys.algorithm = algorithm).await.unwrap();
        assert_eq!(again.keyring().published().to_jwks(), published);
        assert!(verify_at(&again, &token, now).is_ok(), "{algorithm}");
        assert_eq!(queries::keys(&again).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_new_key_is_known_to_everybody_before_it_signs() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let now = ledger.now();
    let old = signer_at(&ledger, now);
    let new = rotate_at(&ledger, None, now).await.unwrap();
    assert_eq!((new.phase, new.signs_from), (Phase::Next, now.plus(HOUR)));
    assert!(ledger.keyring().published().find(new.id.as_str()).is_some(), "published at once");
    assert!(ledger.settings().keys.published_for().seconds() * 2 < 3600, "nobody keeps the old list for so long");
    let before = now.plus(HOUR).minus(Span::from_millis(1));
    assert_eq!(signer_at(&ledger, before), old);
    let token = token_at(&ledger, before).unwrap();
    let after = now.plus(HOUR);
    assert_eq!(signer_at(&ledger, after), new.id);
    assert!(verify_at(&ledger, &token, after).is_ok(), "the old key's tokens count on");
    let until = after.plus(DAY);
    assert_eq!(
        phases_at(&ledger, after).await,
        [(old.clone(), Phase::Retiring { until }), (new.id.clone(), Phase::Active)]
    );
    tend(&ledger, until.minus(Span::from_millis(1))).await.unwrap();
    assert!(ledger.keyring().published().find(old.as_str()).is_some());
    tend(&ledger, until).await.unwrap();
    assert!(ledger.keyring().published().find(old.as_str()).is_none());
    assert_eq!(phases_at(&ledger, until).await, [(old, Phase::Retired { at: until }), (new.id, Phase::Active)]);
    assert_eq!(private_key(&ledger).await.0, "", "a retired key's private half is gone");
}

#[tokio::test]
async fn one_key_at_a_time_waits_for_its_turn() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let new = rotate_keys(&ledger, None).await.unwrap();
    let again = rotate_keys(&ledger, None).await;
    assert!(matches!(again, Err(RotateKeysError::Waiting(id)) if id == new.id));
    let other = rotate_keys(&ledger, Some(SigningAlgorithm::Es256)).await.unwrap();
    assert_eq!((other.algorithm, other.phase), (SigningAlgorithm::Es256, Phase::Next));
}

#[tokio::test]
async fn keys_rotate_by_themselves_and_not_more_often_than_they_must() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path(), |keys| keys.rotate_every = Some(DAY)).await.unwrap();
    let start = ledger.now();
    tend(&ledger, start).await.unwrap();
    tend(&ledger, start.plus(DAY).minus(Span::from_millis(1))).await.unwrap();
    assert_eq!(phases_at(&ledger, start).await.len(), 1, "made, and not replaced yet");
    let due = start.plus(DAY);
    tend(&ledger, due).await.unwrap();
    tend(&ledger, due.plus(Span::from_seconds(300))).await.unwrap();
    let phases: Vec<Phase> = phases_at(&ledger, due).await.into_iter().map(|(_, phase)| phase).collect();
    assert_eq!(phases, [Phase::Active, Phase::Next]);
    let never = settings(dir.path(), |_| ());
    ledger.reload(never);
    tend(&ledger, due.plus(DAY).plus(DAY)).await.unwrap();
    assert_eq!(phases_at(&ledger, due).await.len(), 2, "0 is never");
}

#[tokio::test]
async fn another_algorithm_signs_when_everybody_knows_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let old = signer_at(&ledger, ledger.now());
    ledger.reload(settings(dir.path(), |keys| keys.algorithm = SigningAlgorithm::Es256));
    let now = ledger.now();
    assert_eq!(signer_at(&ledger, now), old, "there is none yet");
    tend(&ledger, now).await.unwrap();
    assert_eq!(signer_at(&ledger, now), old, "it is not known yet");
    let later = now.plus(HOUR);
    let new = signer_at(&ledger, later);
    let published = ledger.keyring().published();
    assert_eq!(published.find(new.as_str()).unwrap().algorithm(), SigningAlgorithm::Es256);
    // Nothing needs the old one any more, and no other takes its place.
    assert_eq!(retire_at(&ledger, &old, later).await.unwrap(), None);
    assert_eq!(ledger.keyring().published().iter().count(), 1);
}

#[tokio::test]
async fn a_retired_key_ends_what_it_signed_at_once_and_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let now = ledger.now();
    let (old, token) = (signer_at(&ledger, now), token_at(&ledger, now).unwrap());
    assert!(verify_at(&ledger, &token, now).is_ok());
    let heir = retire_key(&ledger, &old).await.unwrap().unwrap();
    assert_eq!(verify_at(&ledger, &token, now), Err(JwtError::UnknownKey));
    let now = ledger.now();
    assert_eq!(signer_at(&ledger, now), heir, "the new key signs at once");
    assert!(matches!(retire_key(&ledger, &old).await, Err(RetireKeyError::NoSuchKey(_))), "once");
    let waiting = rotate_keys(&ledger, None).await.unwrap().id;
    assert_eq!(retire_key(&ledger, &heir).await.unwrap(), Some(waiting.clone()), "the one that waits comes first");
    assert_eq!(signer_at(&ledger, ledger.now()), waiting);
    let published = ledger.keyring().published().to_jwks();
    ledger.close().await;
    drop(ledger);
    let again = open(dir.path(), |_| ()).await.unwrap();
    assert_eq!(again.keyring().published().to_jwks(), published, "and so it is after a restart");
}

#[tokio::test]
async fn a_key_that_waits_is_retired_without_an_heir() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let old = signer_at(&ledger, ledger.now());
    let new = rotate_keys(&ledger, None).await.unwrap().id;
    assert_eq!(retire_key(&ledger, &new).await.unwrap(), None);
    assert_eq!(signer_at(&ledger, ledger.now().plus(DAY)), old);
}

#[tokio::test]
async fn a_key_that_stands_in_for_another_is_replaced_by_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let old = signer_at(&ledger, ledger.now());
    ledger.reload(settings(dir.path(), |keys| keys.algorithm = SigningAlgorithm::Es256));
    let new = rotate_keys(&ledger, None).await.unwrap();
    assert_eq!((new.algorithm, new.phase), (SigningAlgorithm::Es256, Phase::Next));
    assert_eq!(retire_key(&ledger, &old).await.unwrap(), Some(new.id.clone()));
    let now = ledger.now();
    assert_eq!(signer_at(&ledger, now), new.id);
    assert_eq!(phases_at(&ledger, now).await.last(), Some(&(new.id, Phase::Active)));
}

#[tokio::test]
async fn a_clock_that_was_set_back_leaves_a_key_that_signs() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let earlier = ledger.now().minus(DAY);
    assert!(token_at(&ledger, earlier).is_ok());
    tend(&ledger, earlier).await.unwrap();
    assert_eq!(queries::keys(&ledger).await.unwrap().len(), 1);
}
