//! The proxies before us: who is believed, and where a request comes from: the right-most hop of `X-Forwarded-For` that is
//! not one of them.
//!
//! The header is believed only from a unix socket of ours or from a peer that `[proxies] trusted` names; loopback is
//! not special. What stands left of the first untrusted hop is the client's own invention. A hop that cannot be read
//! ends the search: nothing is skipped to reach a nicer one.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderMap;

use crate::listen::Peer;
use vestibule_gate::network::Network;

const X_FORWARDED_FOR: &str = "x-forwarded-for";
/// More hops than this are nobody's proxies.
const MAX_HOPS: usize = 32;

/// Who may say where a request comes from.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    /// Whether somebody untrusted has been seen to forward: said once, or a stranger could fill the log.
    told: AtomicBool,
    /// The same for somebody untrusted who asks whether a request may pass.
    told_of_question: AtomicBool,
}

impl TrustedProxies {
    /// These networks, and every unix socket.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self { networks, ..Self::default() }
    }

    /// Whether this peer is believed when it says what was asked, by whom and from where.
    #[must_use]
    pub fn believes(&self, peer: Peer) -> bool {
        match peer {
            Peer::Unix => true,
            Peer::Tcp(address) => self.trusts(address.ip()),
        }
    }

    /// The client's address for a page: what a believed peer says, or else the peer's own; `None` when only a unix socket
    /// is known. `peer` is `None` where there is no connection. `forwarded` are the values of the `X-Forwarded-For` lines.
    #[must_use]
    pub fn client(&self, peer: Option<Peer>, forwarded: &[&[u8]]) -> Option<IpAddr> {
        let own = match peer {
            Some(Peer::Tcp(address)) => Some(address.ip().to_canonical()),
            Some(Peer::Unix) | None => None,
        };
        if peer.is_some_and(|peer| self.believes(peer)) {
            return self.right_most_stranger(forwarded).or(own);
        }
        if let (Some(address), false) = (own, forwarded.is_empty()) {
            self.tell(address);
        }
        own
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The client's address as a believed peer tells it: the right-most hop that is none of our proxies, or the left-most
    /// one when all are. `None` when there is no hop, or one that cannot be read before a stranger is found: a rule that
    /// asks for a network is not met then.
    #[must_use]
    pub fn right_most_stranger(&self, forwarded: &[&[u8]]) -> Option<IpAddr> {
        let mut nearest = None;
        for hop in forwarded.iter().rev().flat_map(|line| line.rsplit(|&b| b == b',')).take(MAX_HOPS) {
            let Some(address) = read(hop) else {
                tracing::debug!("X-Forwarded-For has a hop that is not an address, and is not believed");
                return None;
            };
            if !self.trusts(address) {
                return Some(address);
            }
            nearest = Some(address);
        }
        nearest
    }

    /// Says that a question was refused for who asked it.
    pub fn tell_of_question(&self, peer: Peer) {
        if let (Peer::Tcp(address), false) = (peer, self.told_of_question.swap(true, Ordering::Relaxed)) {
            let address = address.ip().to_canonical();
            tracing::warn!(
                peer = %address,
                "check and forward answer 403 to a peer that is not trusted; if it is your proxy, add it to \
                 vestibule.toml: [proxies] trusted = [\"{address}\"], or let it ask on a unix socket"
            );
        }
    }

    fn tell(&self, address: IpAddr) {
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                peer = %address,
                "X-Forwarded-For of an untrusted peer is not believed; if it is your proxy, add it to vestibule.toml: \
                 [proxies] trusted = [\"{address}\"]"
            );
        }
    }
}

/// The values of the `X-Forwarded-For` lines.
#[must_use]
pub fn forwarded_for(headers: &HeaderMap) -> Vec<&[u8]> {
    headers.get_all(X_FORWARDED_FOR).iter().map(|value| value.as_bytes()).collect()
}

/// An address, with or without a port.
fn read(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::TrustedProxies;
    use crate::listen::Peer;
    use vestibule_gate::network::Network;

    fn client(peer: &str, lines: &[&str]) -> Option<String> {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| Network::parse(network).unwrap());
        let peer = match peer {
            "unix" => Peer::Unix,
            address => Peer::Tcp(address.parse().unwrap()),
        };
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let found = TrustedProxies::new(trusted.to_vec()).client(Some(peer), &lines);
        found.map(|address: IpAddr| address.to_string())
    }

    #[test]
    fn the_right_most_hop_that_is_not_ours_is_the_client() {
        for (peer, lines, expected) in [
            ("unix", &["192.0.2.1"][..], Some("192.0.2.1")),
            ("unix", &["198.51.100.9, 192.0.2.1, 10.1.1.1"], Some("192.0.2.1")),
            ("unix", &["198.51.100.9", "192.0.2.1", "10.1.1.1"], Some("192.0.2.1")),
            ("unix", &["10.2.2.2, 10.1.1.1"], Some("10.2.2.2")),
            ("unix", &[], None),
            ("10.0.0.1:99", &["192.0.2.1"], Some("192.0.2.1")),
            ("10.0.0.1:99", &[], Some("10.0.0.1")),
            ("10.0.0.1:99", &["192.0.2.1:5555"], Some("192.0.2.1")),
            ("[fd00::1]:99", &["[2001:db8::1]:5555"], Some("2001:db8::1")),
            ("[fd00::1]:99", &["[2001:db8::1]"], Some("2001:db8::1")),
            ("[::ffff:10.0.0.1]:99", &["::ffff:192.0.2.1"], Some("192.0.2.1")),
        ] {
            assert_eq!(client(peer, lines).as_deref(), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn a_forged_or_unreadable_hop_is_not_believed() {
        for (peer, lines, expected) in [
            ("192.0.2.7:99", &["198.51.100.9"][..], Some("192.0.2.7")),
            ("127.0.0.1:99", &["198.51.100.9"], Some("127.0.0.1")),
            ("10.0.0.1:99", &["192.0.2.1, unknown"], Some("10.0.0.1")),
            ("10.0.0.1:99", &["192.0.2.1, , 10.1.1.1"], Some("10.0.0.1")),
            ("10.0.0.1:99", &["192.0.2.1,"], Some("10.0.0.1")),
            ("10.0.0.1:99", &["192.0.2.1 10.1.1.1"], Some("10.0.0.1")),
            ("10.0.0.1:99", &["\u{e9}"], Some("10.0.0.1")),
            ("unix", &["evil"], None),
        ] {
            assert_eq!(client(peer, lines).as_deref(), expected, "{peer} {lines:?}");
        }
    }

    proptest! {
        #[test]
        fn a_client_cannot_choose_its_address(invented in "[0-9a-f.:, ]{0,60}") {
            let line = format!("{invented}, 192.0.2.1");
            prop_assert_eq!(client("unix", &[line.as_str()]), Some("192.0.2.1".to_owned()));
        }
    }
}
