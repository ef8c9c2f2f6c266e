//! A wire of the tests' own: a network namespace in which a database lives, and a cable to it on which every packet can be
//! lost, in one direction or both; nothing is refused, and nobody is told, the sender's kernel neither. It takes root.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::forwarder::Direction;

static NEXT: AtomicU32 = AtomicU32::new(0);

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
        take_away_what_others_left();
        // Of this program's and of all that run beside it.
        let (program, number) = (process::id(), NEXT.fetch_add(1, Ordering::Relaxed) % 60);
        // Of the block that is set aside for tests of networks (RFC 2544).
        let host = |host| Ipv4Addr::new(198, 19, (program % 256) as u8, (4 * number + host) as u8);
        let namespace = format!("vt{program}n{number}");
        ip(&["netns", "add", &namespace])?;
        let wire = Self { cable: format!("{namespace}c"), namespace, ends: [host(1), host(2)] };
        let (namespace, cable, [here, there]) = (&*wire.namespace, &*wire.cable, wire.ends);
        ip(&["link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace])?;
        ip(&["addr", "add", &format!("{here}/30"), "dev", cable])?;
        ip(&["link", "set", cable, "up"])?;
        ip(&["-n", namespace, "addr", "add", &format!("{there}/30"), "dev", "eth0"])?;
        ip(&["-n", namespace, "link", "set", "eth0", "up"])?;
        ip(&["-n", namespace, "link", "set", "lo", "up"])?;
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

    /// Loses every packet from now on: it is sent to a machine that is not there. The sender takes it for sent.
    ///
    /// # Errors
    /// The kernel cannot.
    pub fn lose(&self, direction: Direction) -> Result<(), String> {
        let [here, there] = self.ends.map(|end| end.to_string());
        let nobody = ["lladdr", "02:00:00:00:00:09", "nud", "permanent"];
        if direction != Direction::ToNode {
            ip(&[&["neigh", "replace", &there, "dev", &self.cable], &nobody[..]].concat())?;
        }
        if direction != Direction::ToDatabase {
            ip(&[&["-n", &self.namespace, "neigh", "replace", &here, "dev", "eth0"], &nobody[..]].concat())?;
        }
        Ok(())
    }

    /// Lets everything through again. What was lost is sent again by whoever still waits for it.
    pub fn heal(&self) {
        let [here, there] = self.ends.map(|end| end.to_string());
        // Each asks anew where the other one is. One of the two may have been right all the time.
        let _ = ip(&["neigh", "del", &there, "dev", &self.cable]);
        let _ = ip(&["-n", &self.namespace, "neigh", "del", &here, "dev", "eth0"]);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = ip(&["netns", "del", &self.namespace]);
        // The other end goes with its namespace, some time later.
        let _ = ip(&["link", "del", &self.cable]);
    }
}

/// A test program that was killed takes nothing away.
fn take_away_what_others_left() {
    let Ok(output) = Command::new("ip").args(["netns", "list"]).output() else { return };
    for name in String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.split(' ').next()) {
        let program = name.strip_prefix("vt").and_then(|rest| rest.split_once('n')).map(|(program, _)| program);
        if program.is_some_and(|program| !Path::new("/proc").join(program).exists()) {
            let _ = ip(&["netns", "del", name]);
        }
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(args).output().map_err(|error| format!("ip: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("ip {}: {}", args.join(" "), said.trim())) }
}
