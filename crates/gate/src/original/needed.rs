//! The headers that a dialect needs: each exactly once and of bounded length. Names are compared byte for byte but for
//! the case of ASCII letters; `X_Forwarded_Uri` is another header, which nobody reads (ATK4).

use super::MAX_BYTES;
use super::unreadable::Unreadable;

/// The values of these headers, in their order.
pub(super) fn exactly_once<'r, const N: usize>(
    names: [&'static str; N],
    headers: impl Iterator<Item = (&'r [u8], &'r [u8])>,
) -> Result<[&'r [u8]; N], Unreadable> {
    let mut found: [Option<&'r [u8]>; N] = [None; N];
    for (name, value) in headers {
        let Some(at) = names.iter().position(|needed| name.eq_ignore_ascii_case(needed.as_bytes())) else { continue };
        if found[at].replace(value).is_some() {
            return Err(Unreadable::Repeated(names[at]));
        }
        if value.len() > MAX_BYTES {
            return Err(Unreadable::TooLong(names[at]));
        }
    }
    let mut values: [&'r [u8]; N] = [b""; N];
    for (at, value) in found.into_iter().enumerate() {
        values[at] = value.ok_or(Unreadable::Missing(names[at]))?;
    }
    Ok(values)
}
