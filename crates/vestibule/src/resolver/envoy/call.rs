//! One call: who asks is looked at before what is asked is read, and what is decided is decided where the HTTP doors do.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use vestibule_gate::original::Dialect;
use vestibule_ledger::Fault;

use super::described::{Misdescribed, Pieces};
use super::framing::{MAX_MESSAGE, Misframed, PREFIX, unwrap};
use super::messages::{CheckRequest, CheckResponse};
use super::reply::{GrpcStatus, Reply};
use super::wording;
use crate::listen::Peer;
use crate::ops::resolves::Outcome;
use crate::resolver::denial::Denial;
use crate::resolver::door::{Manner, Terms};
use crate::resolver::may_pass::outcome_of;
use crate::resolver::policy::Policy;
use crate::resolver::resolve::Resolver;
use crate::wire::answer::Status;

/// The one method of the service.
const CHECK: &str = "/envoy.service.auth.v3.Authorization/Check";

/// Answers a call. The body has this long to arrive.
pub(super) async fn answer(
    resolver: &Resolver,
    peer: Peer,
    request: Request<Incoming>,
    patience: Duration,
) -> (Response<Reply>, Outcome) {
    if let Some(refusal) = no_call(&request) {
        return (refusal, Outcome::Declined);
    }
    let policy = match resolver.policy_towards(peer) {
        Ok(policy) => policy,
        Err(denial) => return (Reply::with(&wording::denied(&denial)), Outcome::Denied),
    };
    let body = match tokio::time::timeout(patience, whole(request)).await {
        Ok(Ok(body)) => body,
        Ok(Err(TooLong)) => return refused(Status::HeaderFieldsTooLarge),
        Err(_) => {
            return (
                Reply::failed(GrpcStatus::DeadlineExceeded, "the message did not arrive in time"),
                Outcome::Refused,
            );
        }
    };
    match unwrap(body) {
        Ok(message) => {
            let (said, outcome) = resolver.check(&policy, &message).await;
            (Reply::with(&said), outcome)
        }
        Err(why) => {
            tracing::warn!(%why, "a call of ext_authz is refused");
            let (status, why) = match why {
                Misframed::Compressed => (GrpcStatus::Unimplemented, "messages must not be compressed"),
                Misframed::NotOne => (GrpcStatus::InvalidArgument, "the body is not exactly one message"),
                Misframed::Malformed => (GrpcStatus::InvalidArgument, "the message is not a CheckRequest"),
            };
            (Reply::failed(status, why), Outcome::Refused)
        }
    }
}

/// The answer to what is not a call of this service.
fn no_call(request: &Request<Incoming>) -> Option<Response<Reply>> {
    let kind = request.headers().get(http::header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let rest = kind.and_then(|kind| kind.strip_prefix(b"application/grpc"));
    if !rest.is_some_and(|rest| matches!(rest, b"" | b"+proto") || rest.starts_with(b";")) {
        return Some(Reply::no_call(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    if request.method() != Method::POST {
        return Some(Reply::no_call(StatusCode::METHOD_NOT_ALLOWED));
    }
    (request.uri().path() != CHECK).then(|| {
        Reply::failed(GrpcStatus::Unimplemented, "only envoy.service.auth.v3.Authorization/Check is answered here")
    })
}

/// The body is longer than any message.
struct TooLong;

/// The whole body; what came of it, when the caller broke it off: nobody reads the answer then.
async fn whole(request: Request<Incoming>) -> Result<Bytes, TooLong> {
    match Limited::new(request.into_body(), MAX_MESSAGE + PREFIX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(TooLong),
        Err(_) => Ok(Bytes::new()),
    }
}

fn refused(status: Status) -> (Response<Reply>, Outcome) {
    (Reply::with(&wording::refused(status)), Outcome::Refused)
}

impl Resolver {
    /// What a message asks, decided by this policy.
    async fn check(&self, policy: &Arc<Policy>, message: &CheckRequest) -> (CheckResponse, Outcome) {
        let pieces = match Pieces::of(message) {
            Ok(pieces) => pieces,
            Err(why) => {
                tracing::warn!(%why, "a call of ext_authz does not describe one request");
                let status = match why {
                    Misdescribed::TooMany => Status::HeaderFieldsTooLarge,
                    Misdescribed::NoRequest
                    | Misdescribed::BothForms
                    | Misdescribed::DoubledKey
                    | Misdescribed::BesidePath => Status::BadRequest,
                };
                return (wording::refused(status), Outcome::Refused);
            }
        };
        match self.decide(policy, &pieces).await {
            Ok(decided) => decided,
            Err(Refusal::Denied(denial)) => (wording::denied(&denial), Outcome::Denied),
            Err(Refusal::Fault(fault)) => {
                tracing::error!(%fault, "a question of a proxy could not be answered");
                (wording::refused(Status::ServiceUnavailable), Outcome::Fault)
            }
        }
    }

    async fn decide(&self, policy: &Arc<Policy>, pieces: &Pieces<'_>) -> Result<(CheckResponse, Outcome), Refusal> {
        let terms = Terms { manner: Manner::Forward, dialect: Dialect::Envoy, rest: pieces.target };
        let question = self.read_question(policy, terms, pieces.method, pieces.headers.iter().copied())?;
        let now = self.now();
        let weighed = self.weigh(&question.passage, now).await?;
        let trace = self.trace_of(&question, &weighed.verdict, now);
        if let Some(denial) = Denial::of(&weighed.ruling, &question.passage, question.navigates) {
            return Err(Denial { trace, ..denial }.into());
        }
        let assertion = self.assertion_for(&question.passage, &weighed.verdict, now)?;
        let mut lines = Vec::new();
        weighed.verdict.write_headers(self.names(), assertion.as_deref(), &mut lines);
        Ok((wording::passes(&lines, self.missing_from(&lines), trace.as_deref()), outcome_of(&weighed.verdict)))
    }
}

/// Why a request does not pass.
enum Refusal {
    Denied(Denial),
    Fault(Fault),
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
