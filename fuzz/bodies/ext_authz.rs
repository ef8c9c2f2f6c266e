//! The body of a call of Envoy's: what is read from it is there, byte for byte, and one host comes out of it.

use vestibule::resolver::envoy::described::Pieces;
use vestibule::resolver::envoy::framing::{unwrap, wrap};
use vestibule::resolver::envoy::messages::CheckRequest;
use vestibule::wire::head::MAX_HEADERS;
use vestibule_gate::original::{Dialect, Original, Own, PathPolicies, describe};

/// A body as it comes, and the same bytes as the message alone: a frame is seldom guessed.
pub(crate) fn check(bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a short seed").to_be_bytes();
    for body in [bytes.to_vec(), [&[0][..], &length, bytes].concat()] {
        let Ok(message) = unwrap::<CheckRequest>(body.clone().into()) else { continue };
        // What we write is what we have read.
        assert_eq!(unwrap(wrap(&message)).as_ref(), Ok(&message));
        read(&body, &message);
    }
}

fn read(body: &[u8], message: &CheckRequest) {
    let Ok(pieces) = Pieces::of(message) else { return };
    let there = |text: &[u8]| text.is_empty() || body.windows(text.len()).any(|window| window == text);
    assert!(pieces.headers.len() <= MAX_HEADERS + 1);
    let (host, others) = pieces.headers.split_first().expect("the host");
    assert_eq!(host.0, b"Host");
    assert!(there(pieces.method) && there(pieces.target) && there(host.1), "a piece that nobody sent");
    assert!(others.iter().all(|(name, value)| there(name) && there(value)), "a header that nobody sent");
    let own = Own { method: pieces.method, target: pieces.target };
    let Ok(described) = describe(Dialect::Envoy, own, pieces.headers.iter().copied()) else { return };
    assert_eq!(described.host, host.1, "the host of another header");
    _ = Original::read(&described, &PathPolicies::default());
}
