//! A wire of the tests' own: a network namespace in which a database lives, and a cable to it whose ends can lose every
//! packet. Real packets are lost, in one direction or both; nothing is refused, and nobody is told. It takes root.

use std::net::Ipv4Addr;
use std::process::{self, Command};

use crate::forwarder::Direction;

/// The wire, with nothing wrong with it.
#[derive(Debug)]
pub struct Wire {
    namespace: String,
    cable: String,
    /// Its end here, and its end there.
    ends: [Ipv4Addr; 2],
}

impl Wire {
    /// Lays one.
    ///
    /// # Errors
    /// Why that cannot be done here.
    pub fn lay() -> Result<Self, String> {
        let number = process::id();
        let host = |host| Ipv4Addr::new(198, 19, (number % 256) as u8, host);
        // Of the block that is set aside for tests of networks (RFC 2544).
        let wire = Self { namespace: format!("vt{number}"), cable: format!("vt{number}c"), ends: [host(1), host(2)] };
        let (namespace, cable, [here, there]) = (&*wire.namespace, &*wire.cable, wire.ends);
        ip(&["netns", "add", namespace])?;
        ip(&["link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace])?;
        ip(&["addr", "add", &format!("{here}/30"), "dev", cable])?;
        ip(&["link", "set", cable, "up"])?;
        ip(&["-n", namespace, "addr", "add", &format!("{there}/30"), "dev", "eth0"])?;
        ip(&["-n", namespace, "link", "set", "eth0", "up"])?;
        ip(&["-n", namespace, "link", "set", "lo", "up"])?;
        // Whether packets can be lost is found out before anything depends on it.
        wire.lose(Direction::Both).and_then(|()| wire.heal())?;
        Ok(wire)
    }

    /// The namespace of what lives at the other end.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The address of what lives at the other end.
    pub fn there(&self) -> Ipv4Addr {
        self.ends[1]
    }

    /// Loses every packet from now on.
    ///
    /// # Errors
    /// The kernel cannot.
    pub fn lose(&self, direction: Direction) -> Result<(), String> {
        // A queue that has room for nothing.
        let queue = ["root", "pfifo", "limit", "0"];
        if direction != Direction::ToNode {
            tc(&[&["qdisc", "replace", "dev", &self.cable], &queue[..]].concat())?;
        }
        if direction != Direction::ToDatabase {
            tc(&[&["-n", &self.namespace, "qdisc", "replace", "dev", "eth0"], &queue[..]].concat())?;
        }
        Ok(())
    }

    /// Lets everything through again. What was lost is sent again by whoever still waits for it.
    ///
    /// # Errors
    /// The kernel cannot.
    pub fn heal(&self) -> Result<(), String> {
        for at in
            [&["qdisc", "replace", "dev", &self.cable][..], &["-n", &self.namespace, "qdisc", "replace", "dev", "eth0"]]
        {
            tc(&[at, &["root", "pfifo", "limit", "1000"]].concat())?;
        }
        Ok(())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = ip(&["netns", "del", &self.namespace]);
        // The other end goes with its namespace, some time later.
        let _ = ip(&["link", "del", &self.cable]);
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    run("ip", args)
}

fn tc(args: &[&str]) -> Result<(), String> {
    run("tc", args)
}

fn run(program: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(args).output().map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{program} {}: {}", args.join(" "), said.trim())) }
}
