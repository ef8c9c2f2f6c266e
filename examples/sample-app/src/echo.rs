//! Says back what arrived, as JSON: for tests, and for a look at what a proxy really sends.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};

/// `{"method": .., "uri": .., "headers": [[name, value], ..], "body_bytes": N}`.
pub(crate) async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| {
            format!("    [{}, {}]", quoted(name.as_str()), quoted(&String::from_utf8_lossy(value.as_bytes())))
        })
        .collect();
    lines.sort();
    let json = format!(
        "{{\n  \"method\": {},\n  \"uri\": {},\n  \"headers\": [\n{}\n  ],\n  \"body_bytes\": {}\n}}\n",
        quoted(method.as_str()),
        quoted(&uri.to_string()),
        lines.join(",\n"),
        body.len()
    );
    ([(header::CONTENT_TYPE, "application/json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], json).into_response()
}

/// A text as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(super::quoted("a\"b\\c\td"), r#""a\"b\\c\u0009d""#);
    }
}
