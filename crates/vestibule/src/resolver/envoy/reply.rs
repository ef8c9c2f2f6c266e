//! The answers to a call, in gRPC's HTTP/2: a message with its status in the trailers, or a status alone.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Body, Frame};
use prost::Message;

use super::framing::wrap;

/// The status of a call (`grpc-status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GrpcStatus {
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    Unimplemented = 12,
}

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The message and the trailers that are still to be sent.
#[derive(Debug, Default)]
pub(super) struct Reply {
    message: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Reply {
    /// A message; the call went well.
    pub(super) fn with(message: &impl Message) -> Response<Self> {
        let mut trailers = HeaderMap::new();
        trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
        let reply = Self { message: Some(wrap(message)), trailers: Some(trailers) };
        let mut response = Response::new(reply);
        response.headers_mut().insert(http::header::CONTENT_TYPE, GRPC);
        response
    }

    /// No message, and why.
    pub(super) fn failed(status: GrpcStatus, why: &'static str) -> Response<Self> {
        let mut response = Response::new(Self::default());
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, GRPC);
        headers.insert(GRPC_STATUS, HeaderValue::from(status as u16));
        headers.insert("grpc-message", HeaderValue::from_static(why));
        response
    }

    /// For what is no call.
    pub(super) fn no_call(status: StatusCode) -> Response<Self> {
        let mut response = Response::new(Self::default());
        *response.status_mut() = status;
        response
    }
}

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let message = this.message.take().map(Frame::data);
        Poll::Ready(message.or_else(|| this.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.message.is_none() && self.trailers.is_none()
    }
}
