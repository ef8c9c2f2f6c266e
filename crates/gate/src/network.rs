//! Networks: whose word about a request's origin is believed, and from where a rule lets people in.

use std::fmt;
use std::net::IpAddr;

/// An address, or a network in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

impl Network {
    /// Reads an address or a network.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is not a network; write an address or a network such as `10.0.0.0/8` or `fd00::/8`");
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let Ok(address) = address.parse::<IpAddr>() else {
            let mended = mend(text).map(|mended| format!("`{text}` is not a network; write `{mended}`"));
            return Err(mended.unwrap_or_else(refused));
        };
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => most,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse::<u8>().map_err(|_| refused())?
            }
            Some(_) => return Err(refused()),
        };
        if length > most {
            return Err(refused());
        }
        let network = Self { address: masked(address, length), length };
        if network.address == address {
            Ok(network)
        } else {
            Err(format!("`{text}` has bits behind its mask; write `{network}`"))
        }
    }

    /// Whether an address is in it. An IPv4 address that came as IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.length) == self.address
    }

    /// Whether every address of its kind is in it.
    #[must_use]
    pub const fn is_everybody(&self) -> bool {
        self.length == 0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

/// `10.0.0/8`, as some programs take it, with the bytes that are missing.
fn mend(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/')?;
    let missing = 4_usize.checked_sub(address.split('.').count()).filter(|missing| *missing > 0)?;
    let mended = format!("{address}{}/{length}", ".0".repeat(missing));
    Network::parse(&mended).ok().map(|network| network.to_string())
}

fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::from((u32::from(v4) & mask).to_be_bytes())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::from((u128::from(v6) & mask).to_be_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Network;

    #[test]
    fn a_network_is_read_one_way() {
        let inside = |network: &str, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(inside("10.0.0.0/8", "10.200.3.4"));
        assert!(inside("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("fd00::/8", "fd12::1"));
        assert!(!inside("fd00::/8", "10.0.0.1"));
        assert!(inside("0.0.0.0/0", "1.2.3.4"));
        assert_eq!(Network::parse("10.0.0/8").unwrap_err(), "`10.0.0/8` is not a network; write `10.0.0.0/8`");
        assert_eq!(
            Network::parse("10.0.0.1/8").unwrap_err(),
            "`10.0.0.1/8` has bits behind its mask; write `10.0.0.0/8`"
        );
        for bad in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "localhost", "10.0.0.0/8/8", "fd00::/129"] {
            assert!(Network::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_network_contains_its_own_addresses(address: u32, length in 0_u8..=32) {
            let address = std::net::IpAddr::from(address.to_be_bytes());
            let network = Network { address: super::masked(address, length), length };
            prop_assert!(network.contains(address));
            prop_assert_eq!(Network::parse(&network.to_string()).unwrap(), network);
        }
    }
}
