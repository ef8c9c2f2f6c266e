//! How gRPC wraps a message: a flag, a length of four bytes, the message (PROTOCOL-HTTP2, "Length-Prefixed-Message").

use bytes::{BufMut as _, Bytes, BytesMut};
use prost::Message;

/// The longest message. Envoy lets a request have 60 KiB of headers, and the path stands in two places of a message.
pub const MAX_MESSAGE: usize = 128 * 1024;

/// The bytes before a message.
pub const PREFIX: usize = 5;

/// Why the body of a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misframed {
    /// We have told nobody that we could read it.
    #[error("the message is compressed, which nobody here can read")]
    Compressed,
    /// A call without streams has exactly one message; this one is cut, or something stands behind it.
    #[error("the body is not exactly one message")]
    NotOne,
    /// The message is not what it should be.
    #[error("the message is not a CheckRequest")]
    Malformed,
}

/// The one message of a whole body.
///
/// # Errors
/// [`Misframed`].
pub fn unwrap<M: Message + Default>(body: Bytes) -> Result<M, Misframed> {
    let Some((&[flag, a, b, c, d], message)) = body.split_first_chunk::<PREFIX>() else {
        return Err(Misframed::NotOne);
    };
    match flag {
        0 if u32::from_be_bytes([a, b, c, d]) as usize == message.len() => {}
        1 => return Err(Misframed::Compressed),
        _ => return Err(Misframed::NotOne),
    }
    M::decode(body.slice(PREFIX..)).map_err(|_| Misframed::Malformed)
}

/// A message, wrapped.
#[must_use]
pub fn wrap(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut body = BytesMut::with_capacity(PREFIX + length);
    body.put_u8(0);
    // Ours are a few KiB.
    body.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    message.encode_raw(&mut body);
    body.freeze()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Misframed, unwrap, wrap};
    use crate::resolver::envoy::messages::{CheckRequest, CheckResponse, RpcStatus};

    fn read(body: &[u8]) -> Result<CheckRequest, Misframed> {
        unwrap(Bytes::copy_from_slice(body))
    }

    #[test]
    fn a_body_is_exactly_one_message() {
        assert!(read(&[0, 0, 0, 0, 0]).is_ok());
        for cut in
            [&[][..], &[0], &[0, 0, 0, 0], &[0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
        {
            assert_eq!(read(cut), Err(Misframed::NotOne), "{cut:?}");
        }
        assert_eq!(read(&[1, 0, 0, 0, 0]), Err(Misframed::Compressed));
        assert_eq!(read(&[2, 0, 0, 0, 0]), Err(Misframed::NotOne));
        assert_eq!(
            read(&[0, 0, 0, 0, 2, 0x0a, 9]),
            Err(Misframed::Malformed),
            "a field that is longer than the message"
        );
    }

    #[test]
    fn what_is_wrapped_can_be_unwrapped() {
        let said = CheckResponse { status: Some(RpcStatus { code: 16 }), ..CheckResponse::default() };
        assert_eq!(&wrap(&said)[..], [0, 0, 0, 0, 4, 0x0a, 2, 8, 16]);
        assert_eq!(unwrap(wrap(&said)), Ok(said));
    }
}
