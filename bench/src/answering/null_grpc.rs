//! The server that does nothing, by gRPC: it reads a message to its end, looks at nothing, and answers with fixed bytes.
//! HTTP/2 is spoken by the library by which Vestibule speaks it, so that what differs is what is done with a question.

use std::path::Path;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response};
use tokio::net::{UnixListener, UnixStream};

/// The first argument that makes this program that server.
pub(crate) const NAME: &str = "null-grpc";

/// Serves until it is killed. The arguments behind the name: a socket file, and a file with the answer's message.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [socket, message] = arguments else { bail!("{NAME} takes a socket file and a file with the message") };
    let message = Bytes::from(std::fs::read(message).with_context(|| format!("reading {message}"))?);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve(Path::new(socket), message))
}

async fn serve(socket: &Path, message: Bytes) -> anyhow::Result<()> {
    let listener = UnixListener::bind(socket).with_context(|| format!("listening on {}", socket.display()))?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(talk(stream, message.clone()));
    }
}

/// An error ends the connection; whoever needs one opens another.
async fn talk(stream: UnixStream, message: Bytes) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(call) = connection.accept().await {
        let (request, respond) = call?;
        tokio::spawn(answer(request.into_body(), respond, message.clone()));
    }
    Ok(())
}

async fn answer(mut body: RecvStream, mut respond: SendResponse<Bytes>, message: Bytes) -> Result<(), h2::Error> {
    while let Some(piece) = body.data().await {
        body.flow_control().release_capacity(piece?.len())?;
    }
    let mut head = Response::new(());
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    let mut stream = respond.send_response(head, false)?;
    stream.send_data(message, false)?;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    stream.send_trailers(trailers)
}

/// A `CheckResponse` that lets a request pass and sets the headers of this answer over HTTP, as gRPC frames it.
pub(crate) fn message(answer: &str) -> Vec<u8> {
    let mut passed = Vec::new();
    for line in super::headers_of(answer) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name.eq_ignore_ascii_case("x-envoy-auth-headers-to-remove") {
            value.split(',').for_each(|name| field(&mut passed, 5, name.as_bytes()));
            continue;
        }
        let (mut header, mut option) = (Vec::new(), Vec::new());
        field(&mut header, 1, name.as_bytes());
        field(&mut header, 2, value.as_bytes());
        field(&mut option, 1, &header);
        // append_action: OVERWRITE_IF_EXISTS_OR_ADD.
        option.extend([3 << 3, 2]);
        field(&mut passed, 2, &option);
    }
    let mut message = Vec::new();
    field(&mut message, 1, b"");
    field(&mut message, 3, &passed);
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &message].concat()
}

/// A field of protobuf that has a length.
fn field(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number << 3 | 2);
    let mut length = bytes.len();
    while length > 0x7f {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn a_message_is_what_the_protocol_says() {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-a: b\r\nX-Envoy-Auth-Headers-To-Remove: c\r\n\r\n";
        let passed = b"\x12\x0c\x0a\x08\x0a\x03x-a\x12\x01b\x18\x02\x2a\x01c";
        let expected = [b"\0\0\0\0\x15\x0a\0\x1a\x11", &passed[..]].concat();
        assert_eq!(message(answer), expected);
    }
}
