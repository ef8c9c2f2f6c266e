//! Free ports, below the range that the kernel hands out by itself, so that an outgoing connection of another test
//! never takes one between our look and the server's bind.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A loopback address with a port that nobody listens on. Distinct for each call of this process.
///
/// # Panics
/// When no port is free.
pub fn free() -> SocketAddr {
    for _ in 0..RANGE {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = process::id().wrapping_mul(131).wrapping_add(step) % RANGE;
        let port = u16::try_from(FIRST + offset).expect("the range ends below 65536");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no free port between {FIRST} and {}", FIRST + RANGE);
}

const FIRST: u32 = 12_000;
const RANGE: u32 = 20_000;
