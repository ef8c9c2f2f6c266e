//! The fields of Envoy's messages that we read and write, by their numbers in `envoy/service/auth/v3`.
//!
//! What a client may have chosen is bytes here, since Envoy passes on what is not UTF-8; maps are lists of their entries,
//! so that a key that is there twice is seen.

use bytes::Bytes;

/// `envoy.service.auth.v3.CheckRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CheckRequest {
    /// What is asked about.
    #[prost(message, optional, tag = "1")]
    pub attributes: Option<Attributes>,
}

/// `envoy.service.auth.v3.AttributeContext`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Attributes {
    /// The client's request.
    #[prost(message, optional, tag = "4")]
    pub request: Option<Request>,
}

/// `AttributeContext.Request`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Request {
    /// Present when it is one of HTTP.
    #[prost(message, optional, tag = "2")]
    pub http: Option<HttpRequest>,
}

/// `AttributeContext.HttpRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpRequest {
    /// The method.
    #[prost(bytes = "bytes", tag = "2")]
    pub method: Bytes,
    /// The headers, lines of one name joined by a comma.
    #[prost(message, repeated, tag = "3")]
    pub headers: Vec<HeaderEntry>,
    /// Path and query.
    #[prost(bytes = "bytes", tag = "4")]
    pub path: Bytes,
    /// `Host` or `:authority`.
    #[prost(bytes = "bytes", tag = "5")]
    pub host: Bytes,
    /// Always empty, says Envoy: the query stands in the path.
    #[prost(bytes = "bytes", tag = "7")]
    pub query: Bytes,
    /// Always empty, says Envoy.
    #[prost(bytes = "bytes", tag = "8")]
    pub fragment: Bytes,
    /// The headers line by line, in place of `headers`, with `encode_raw_headers`.
    #[prost(message, optional, tag = "13")]
    pub header_map: Option<HeaderMap>,
}

/// An entry of `map<string, string>`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderEntry {
    /// A name in lower case.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// `envoy.config.core.v3.HeaderMap`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderMap {
    /// A line each.
    #[prost(message, repeated, tag = "1")]
    pub headers: Vec<HeaderLine>,
}

/// `envoy.config.core.v3.HeaderValue`: one of the two values is set.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderLine {
    /// The name.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// The value as text.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
    /// The value as bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub raw_value: Bytes,
}

/// `envoy.service.auth.v3.CheckResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CheckResponse {
    /// `OK` lets the request pass, anything else does not.
    #[prost(message, optional, tag = "1")]
    pub status: Option<RpcStatus>,
    /// What the client is told.
    #[prost(message, optional, tag = "2")]
    pub denied_response: Option<Denied>,
    /// What the application is told.
    #[prost(message, optional, tag = "3")]
    pub ok_response: Option<Passed>,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RpcStatus {
    /// A `google.rpc.Code`.
    #[prost(int32, tag = "1")]
    pub code: i32,
}

/// `envoy.service.auth.v3.DeniedHttpResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Denied {
    /// Its status.
    #[prost(message, optional, tag = "1")]
    pub status: Option<HttpStatus>,
    /// Its headers.
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderOption>,
}

/// `envoy.type.v3.HttpStatus`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HttpStatus {
    /// Such as 401.
    #[prost(int32, tag = "1")]
    pub code: i32,
}

/// `envoy.service.auth.v3.OkHttpResponse`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Passed {
    /// Headers that the application gets, in place of a client's own.
    #[prost(message, repeated, tag = "2")]
    pub headers: Vec<HeaderOption>,
    /// Headers that it does not get, whoever sent them. Envoy removes after it has set.
    #[prost(string, repeated, tag = "5")]
    pub headers_to_remove: Vec<String>,
    /// Headers that the client gets with the application's answer.
    #[prost(message, repeated, tag = "6")]
    pub response_headers_to_add: Vec<HeaderOption>,
}

/// `envoy.config.core.v3.HeaderValueOption`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct HeaderOption {
    /// Name and value.
    #[prost(message, optional, tag = "1")]
    pub header: Option<Header>,
    /// A `HeaderAppendAction`. Its predecessor `append` is left out, which means the same to an Envoy that knows only that.
    #[prost(int32, tag = "3")]
    pub append_action: i32,
}

/// `OVERWRITE_IF_EXISTS_OR_ADD`.
pub const OVERWRITE_IF_EXISTS_OR_ADD: i32 = 2;

/// `envoy.config.core.v3.HeaderValue`, as we write it.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Header {
    /// The name.
    #[prost(string, tag = "1")]
    pub key: String,
    /// The value.
    #[prost(string, tag = "2")]
    pub value: String,
}
