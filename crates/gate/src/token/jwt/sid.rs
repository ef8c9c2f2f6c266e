//! How tokens name a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::id::SessionId;
use crate::verdict::SessionKind;

/// Names a session, and what kind it is, as Authgear writes it: the claim `sid`.
#[must_use]
pub fn sid(session: SessionId, kind: SessionKind) -> String {
    let kind = if kind == SessionKind::Cookie { "idp" } else { "offline_grant" };
    URL_SAFE_NO_PAD.encode(format!("{kind}:{session}"))
}
