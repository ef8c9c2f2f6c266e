//! The `device` cookie: says that this browser has signed in to this account before, so that somebody who hammers the
//! account from elsewhere does not lock its owner out here. Never an authentication.
//!
//! `vbd_` and 43 characters of base64url: 16 random bytes that name the browser, and a tag over them and the user's id.
//! Not over the address: that may be somebody else's tomorrow, who would then be hammered with the cookies of whoever
//! had it before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::id::UserId;
use vestibule_gate::token::opaque::TagKey;

use crate::fault::Fault;
use crate::mint;

const PREFIX: &str = "vbd_";
const PURPOSE: &str = "device";

/// A browser that has signed in to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device([u8; 16]);

impl Device {
    /// A new one.
    pub(crate) fn mint() -> Result<Self, Fault> {
        Ok(Self(mint::random()?))
    }

    /// Reads the cookie; `None` unless we made it for this very user.
    pub(crate) fn read(cookie: &str, user: UserId, key: &TagKey) -> Option<Self> {
        let text = cookie.strip_prefix(PREFIX)?;
        let mut bytes = [0_u8; 32];
        if !matches!(URL_SAFE_NO_PAD.decode_slice(text, &mut bytes), Ok(32)) {
            return None;
        }
        let id: [u8; 16] = *bytes.first_chunk()?;
        key.verify(PURPOSE, &[&id, user.to_string().as_bytes()], &bytes[16..]).then_some(Self(id))
    }

    /// The cookie's value.
    pub(crate) fn cookie(&self, user: UserId, key: &TagKey) -> String {
        let mut bytes = [0_u8; 32];
        bytes[..16].copy_from_slice(&self.0);
        bytes[16..].copy_from_slice(&key.tag(PURPOSE, &[&self.0, user.to_string().as_bytes()]));
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What it is counted by.
    pub(crate) const fn id(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use vestibule_gate::id::UserId;
    use vestibule_gate::token::opaque::TagKey;

    use super::Device;

    #[test]
    fn a_device_cookie_counts_for_one_user_only() {
        let key = TagKey::new(&[1; 32]);
        let [ada, eve] = ["018f4e8a-0000-7000-8000-000000000001", "018f4e8a-0000-7000-8000-000000000002"]
            .map(|id| UserId::parse(id).unwrap());
        let device = Device([9; 16]);
        let cookie = device.cookie(ada, &key);
        assert_eq!(Device::read(&cookie, ada, &key), Some(device));
        assert_eq!(Device::read(&cookie, eve, &key), None);
        assert_eq!(Device::read(&cookie, ada, &TagKey::new(&[2; 32])), None);
        for bad in ["", "vbd_", "vbd_AAAA", &cookie[1..], &format!("{cookie}A")] {
            assert_eq!(Device::read(bad, ada, &key), None, "{bad:?}");
        }
    }
}
