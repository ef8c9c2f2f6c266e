//! The key for assertions, beside the one for tokens.

use super::*;

const ES256: SigningAlgorithm = SigningAlgorithm::Es256;

/// Tokens are signed with EdDSA, assertions with ES256.
async fn house(data_dir: &Path) -> Ledger {
    let ledger = open(data_dir, |keys| keys.for_assertions = Some(ES256)).await.unwrap();
    prepare_keys(&ledger).await.unwrap();
    ledger
}

/// Which key signs assertions at this time.
fn asserter_at(ledger: &Ledger, now: Timestamp) -> KeyId {
    let claims = json!({
        "iss": ISSUER, "aud": ISSUER, "sub": "ada",
        "iat": now.unix_seconds(), "exp": now.plus(HOUR).unix_seconds(),
    });
    let token = ledger.keyring().sign_assertion(&claims, now).unwrap();
    let audience = Audience::Includes(ISSUER);
    let expected = Expected { token_type: TokenType::Assertion, issuer: ISSUER, audience, expiry: Expiry::Counts };
    let keys = ledger.keyring().published();
    let id = verify(&token, &keys, &expected, now).unwrap().key().clone();
    assert_eq!(keys.find(id.as_str()).unwrap().algorithm(), ES256);
    id
}

#[tokio::test]
async fn assertions_have_a_key_of_their_own_at_once_and_tokens_never_use_it() {
    let dir = tempfile::tempdir().unwrap();
    let before = super::house(dir.path()).await;
    let tokens = signer_at(&before, before.now());
    drop(before);
    // Turned on in a house that has signed tokens for a while.
    let ledger = house(dir.path()).await;
    let assertions = asserter_at(&ledger, ledger.now());
    assert_ne!(tokens, assertions);
    assert_eq!(signer_at(&ledger, ledger.now()), tokens);
    assert!(phases_at(&ledger, ledger.now()).await.iter().all(|(_, phase)| *phase == Phase::Active));
    prepare_keys(&ledger).await.unwrap();
    assert_eq!(phases_at(&ledger, ledger.now()).await.len(), 2);
}

#[tokio::test]
async fn it_stands_in_for_no_other_algorithm() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let (now, tokens) = (ledger.now(), signer_at(&ledger, ledger.now()));
    // A newer one of the assertions, and an algorithm whose key nobody knows yet.
    rotate_at(&ledger, Some(ES256), now).await.unwrap();
    let later = now.plus(DAY);
    let mut settings = (*ledger.settings()).clone();
    settings.keys.algorithm = SigningAlgorithm::Rs256;
    ledger.reload(settings);
    rotate_at(&ledger, None, later).await.unwrap();
    assert_eq!(signer_at(&ledger, later), tokens);
}

#[tokio::test]
async fn it_is_replaced_and_retired_like_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path(), |keys| {
        keys.for_assertions = Some(ES256);
        keys.rotate_every = Some(DAY);
    })
    .await
    .unwrap();
    prepare_keys(&ledger).await.unwrap();
    let now = ledger.now();
    let first = asserter_at(&ledger, now);
    tend(&ledger, now.plus(DAY)).await.unwrap();
    assert_eq!(phases_at(&ledger, now.plus(DAY)).await.len(), 4, "one of each waits");
    assert_eq!(asserter_at(&ledger, now.plus(DAY)), first, "until everybody knows its successor");
    let second = asserter_at(&ledger, now.plus(DAY).plus(HOUR));
    assert_ne!(first, second);
    let heir = retire_at(&ledger, &second, now.plus(DAY).plus(HOUR)).await.unwrap().expect("somebody has to sign");
    assert_eq!(asserter_at(&ledger, now.plus(DAY).plus(HOUR)), heir);
}
