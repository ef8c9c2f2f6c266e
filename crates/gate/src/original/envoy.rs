//! Envoy's HTTP `ext_authz`: the original method and, behind the door's path, the original path and query; `Host` as the
//! client sent it, and Envoy's own `X-Forwarded-Proto`.

use super::needed::exactly_once;
use super::unreadable::Unreadable;
use super::{Described, MAX_BYTES, Own};

pub(super) fn describe<'r>(
    own: Own<'r>,
    headers: impl Iterator<Item = (&'r [u8], &'r [u8])>,
) -> Result<Described<'r>, Unreadable> {
    let [host, scheme] = exactly_once(["Host", "X-Forwarded-Proto"], headers)?;
    if own.target.len() > MAX_BYTES {
        return Err(Unreadable::TooLong(":path"));
    }
    Ok(Described { method: own.method, scheme, host, target: own.target })
}
