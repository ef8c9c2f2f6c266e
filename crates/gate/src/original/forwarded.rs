//! Caddy, Traefik, HAProxy and Apache: `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`. `-Prefix` and `-Port` are
//! never read: in some versions they are the client's own (ATK5).

use super::Described;
use super::needed::exactly_once;
use super::unreadable::Unreadable;

const NEEDED: [&str; 4] = ["X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"];

pub(super) fn describe<'r>(headers: impl Iterator<Item = (&'r [u8], &'r [u8])>) -> Result<Described<'r>, Unreadable> {
    let [method, scheme, host, target] = exactly_once(NEEDED, headers)?;
    Ok(Described { method, scheme, host, target })
}
