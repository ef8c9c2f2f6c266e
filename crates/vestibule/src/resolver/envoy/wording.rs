//! What was decided, as a `CheckResponse`.
//!
//! Whatever a client can bring about is a denial, never an error of the call: Envoy can be told to let pass what ended in
//! an error (`failure_mode_allow`), but not what was denied.

use super::messages::{
    CheckResponse, Denied, Header, HeaderOption, HttpStatus, OVERWRITE_IF_EXISTS_OR_ADD, Passed, RpcStatus,
};
use crate::resolver::denial::Denial;
use crate::resolver::trace::TRACE;
use crate::wire::answer::Status;

/// `google.rpc.Code`.
const OK: i32 = 0;
const PERMISSION_DENIED: i32 = 7;
const UNAUTHENTICATED: i32 = 16;

/// The request passes, with these header lines and without those headers. The trace is the client's, not the application's.
pub(super) fn passes(lines: &[u8], missing: Vec<&str>, trace: Option<&str>) -> CheckResponse {
    let lines = lines.split(|&b| b == b'\n').filter_map(|line| std::str::from_utf8(line).ok()?.split_once(": "));
    let passed = Passed {
        headers: lines.map(|(name, value)| header(name, value.trim_end_matches('\r'))).collect(),
        headers_to_remove: missing.into_iter().map(str::to_owned).collect(),
        response_headers_to_add: trace.into_iter().map(why).collect(),
    };
    CheckResponse { status: Some(RpcStatus { code: OK }), ok_response: Some(passed), denied_response: None }
}

/// The request does not pass.
pub(super) fn denied(denial: &Denial) -> CheckResponse {
    let said = [("www-authenticate", &denial.challenge), ("location", &denial.location)];
    let said = said.into_iter().filter_map(|(name, value)| Some(header(name, value.as_deref()?)));
    let said = said.chain(denial.trace.as_deref().map(why));
    let headers = std::iter::once(header("cache-control", "no-store")).chain(said).collect();
    let status = Some(HttpStatus { code: i32::from(denial.status.code()) });
    let code = match denial.status {
        Status::Unauthorized | Status::Found => UNAUTHENTICATED,
        Status::Ok
        | Status::BadRequest
        | Status::Forbidden
        | Status::NotFound
        | Status::MethodNotAllowed
        | Status::RequestTimeout
        | Status::HeaderFieldsTooLarge
        | Status::ServiceUnavailable
        | Status::VersionNotSupported => PERMISSION_DENIED,
    };
    let denied = Denied { status, headers };
    CheckResponse { status: Some(RpcStatus { code }), denied_response: Some(denied), ok_response: None }
}

/// Nobody can say, or it was too much to read.
pub(super) fn refused(status: Status) -> CheckResponse {
    denied(&Denial { status, challenge: None, location: None, trace: None })
}

/// The same line that the HTTP doors answer with.
fn why(trace: &str) -> HeaderOption {
    header(&TRACE.to_ascii_lowercase(), trace)
}

fn header(name: &str, value: &str) -> HeaderOption {
    let header = Header { key: name.to_owned(), value: value.to_owned() };
    HeaderOption { header: Some(header), append_action: OVERWRITE_IF_EXISTS_OR_ADD }
}
