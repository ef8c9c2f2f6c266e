//! A client of HTTP/2, and the messages that Envoy would send.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use vestibule::resolver::envoy::framing::{unwrap, wrap};
use vestibule::resolver::envoy::messages as envoy;

use crate::house::House;

pub(crate) const CHECK: &str = "/envoy.service.auth.v3.Authorization/Check";

/// A connection.
pub(crate) struct Caller(pub(crate) SendRequest<Bytes>);

/// All that came back for a call.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) grpc_status: Option<String>,
    pub(crate) message: Option<envoy::CheckResponse>,
}

impl Caller {
    /// Over TCP, where nobody is believed who is not listed.
    pub(crate) async fn tcp(house: &House) -> Self {
        Self::over(TcpStream::connect(house.envoy_tcp).await.unwrap()).await
    }

    /// Over the unix socket, where everybody is.
    pub(crate) async fn unix(house: &House) -> Self {
        Self::over(UnixStream::connect(&house.envoy_unix).await.unwrap()).await
    }

    async fn over<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S) -> Self {
        let (send, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Self(send)
    }

    /// A call with this body.
    pub(crate) async fn call(&self, request: http::request::Builder, body: Option<Bytes>) -> Result<Heard, h2::Error> {
        let mut send = self.0.clone().ready().await?;
        let (response, mut stream) = send.send_request(request.body(()).unwrap(), body.is_none())?;
        if let Some(body) = body {
            stream.send_data(body, true)?;
        }
        let heard = async {
            let (head, mut body) = response.await?.into_parts();
            let mut bytes = Vec::new();
            while let Some(piece) = body.data().await {
                let piece = piece?;
                body.flow_control().release_capacity(piece.len())?;
                bytes.extend_from_slice(&piece);
            }
            let trailers = body.trailers().await?.unwrap_or_default();
            let status = |from: &HeaderMap| from.get("grpc-status").map(|value| value.to_str().unwrap().to_owned());
            Ok(Heard {
                status: head.status.as_u16(),
                grpc_status: status(&head.headers).or_else(|| status(&trailers)),
                message: (!bytes.is_empty()).then(|| unwrap(bytes.into()).unwrap()),
            })
        };
        tokio::time::timeout(Duration::from_secs(10), heard).await.expect("an answer in time")
    }

    /// What Envoy would ask.
    pub(crate) async fn check(&self, message: &envoy::CheckRequest) -> Said {
        let heard = self.call(grpc(CHECK), Some(wrap(message))).await.unwrap();
        assert_eq!((heard.status, heard.grpc_status.as_deref()), (200, Some("0")));
        Said::of(heard.message.unwrap())
    }
}

/// A call of gRPC.
pub(crate) fn grpc(path: &str) -> http::request::Builder {
    let request = Request::post(format!("http://vestibule{path}"));
    request.header("content-type", "application/grpc").header("te", "trailers")
}

/// What a `CheckResponse` tells Envoy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// 200 when the request passes.
    pub(crate) status: u16,
    /// Headers of the application, or of the refusal; in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) removed: Vec<String>,
    /// Headers that the client gets although it passes.
    pub(crate) told: Vec<(String, String)>,
}

impl Said {
    fn of(message: envoy::CheckResponse) -> Self {
        let code = message.status.expect("a status").code;
        let read = |options: Vec<envoy::HeaderOption>| {
            let mut headers: Vec<_> = options
                .into_iter()
                .map(|option| {
                    assert_eq!(option.append_action, envoy::OVERWRITE_IF_EXISTS_OR_ADD);
                    let header = option.header.unwrap();
                    (header.key.to_ascii_lowercase(), header.value)
                })
                .collect();
            headers.sort();
            headers
        };
        match (message.ok_response, message.denied_response) {
            (Some(passed), None) => {
                assert_eq!(code, 0);
                let (headers, told) = (read(passed.headers), read(passed.response_headers_to_add));
                Self { status: 200, headers, removed: passed.headers_to_remove, told }
            }
            (None, Some(denied)) => {
                assert_ne!(code, 0, "an Envoy that looks at the status only would let it pass");
                let status = u16::try_from(denied.status.unwrap().code).unwrap();
                Self { status, headers: read(denied.headers), removed: Vec::new(), told: Vec::new() }
            }
            both => panic!("one of the two: {both:?}"),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A request as Envoy describes it, lines of one name joined by commas.
pub(crate) fn joined(method: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> envoy::CheckRequest {
    let mut entries: Vec<envoy::HeaderEntry> = Vec::new();
    for (key, value) in headers {
        match entries.iter_mut().find(|entry| entry.key == key.as_bytes()) {
            Some(entry) => entry.value = [&entry.value[..], b",", value.as_bytes()].concat().into(),
            None => entries.push(envoy::HeaderEntry { key: bytes(key), value: bytes(value) }),
        }
    }
    described(method, host, path, entries, None)
}

/// The same, line by line (`encode_raw_headers`).
pub(crate) fn raw(method: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> envoy::CheckRequest {
    let line = |(key, value): &(&str, &str)| envoy::HeaderLine {
        key: bytes(key),
        value: Bytes::new(),
        raw_value: bytes(value),
    };
    let map = envoy::HeaderMap { headers: headers.iter().map(line).collect() };
    described(method, host, path, Vec::new(), Some(map))
}

fn described(
    method: &str,
    host: &str,
    path: &str,
    headers: Vec<envoy::HeaderEntry>,
    header_map: Option<envoy::HeaderMap>,
) -> envoy::CheckRequest {
    let http = envoy::HttpRequest {
        method: bytes(method),
        headers,
        path: bytes(path),
        host: bytes(host),
        header_map,
        ..envoy::HttpRequest::default()
    };
    let request = envoy::Request { http: Some(http) };
    envoy::CheckRequest { attributes: Some(envoy::Attributes { request: Some(request) }) }
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// The part of a message that is about HTTP.
pub(crate) fn http(message: &mut envoy::CheckRequest) -> &mut envoy::HttpRequest {
    message.attributes.as_mut().unwrap().request.as_mut().unwrap().http.as_mut().unwrap()
}
