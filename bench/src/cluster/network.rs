//! A network of the bench's own: a bridge, on which PostgreSQL listens, and a namespace for each node with one end of a
//! cable to it. Where that is not allowed, everything shares the machine's loopback.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::leftovers::{Leftover, note};

/// Where the nodes live.
#[derive(Debug)]
pub(super) struct Network {
    /// Of the namespaces, a node each; none on the loopback.
    pub(super) namespaces: Vec<String>,
    /// Where PostgreSQL listens.
    pub(super) address: IpAddr,
    /// Why it is the loopback.
    refused: Option<String>,
}

impl Network {
    /// Makes it, for so many nodes.
    pub(super) fn make(nodes: usize) -> Self {
        match apart(nodes) {
            Ok(network) => network,
            Err(error) => {
                eprintln!("no namespaces here ({error:#}): the nodes share the loopback");
                let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
                Self { namespaces: Vec::new(), address, refused: Some(format!("{error:#}")) }
            }
        }
    }

    /// For the report.
    pub(super) fn description(&self) -> String {
        match &self.refused {
            None => "each node in a network namespace of its own, PostgreSQL behind a bridge".to_owned(),
            Some(why) => format!("all on the loopback, since network namespaces are not allowed here: {why}"),
        }
    }
}

/// The addresses are of the block that is set aside for measuring (RFC 2544), the names carry this process's number: two
/// benches do not meet.
fn apart(nodes: usize) -> anyhow::Result<Network> {
    let number = std::process::id();
    let octet = |host: u8| Ipv4Addr::new(198, 18, (number % 256) as u8, host);
    let bridge = format!("vb{number}");
    note(Leftover::Device(bridge.clone()));
    ip(&["link", "add", &bridge, "type", "bridge"])?;
    ip(&["addr", "add", &format!("{}/24", octet(1)), "dev", &bridge])?;
    ip(&["link", "set", &bridge, "up"])?;
    let mut namespaces = Vec::new();
    for node in 1..=nodes {
        let (name, cable) = (format!("{bridge}-{node}"), format!("{bridge}c{node}"));
        note(Leftover::Namespace(name.clone()));
        // The kernel takes a namespace's devices away some time after the namespace.
        note(Leftover::Device(cable.clone()));
        ip(&["netns", "add", &name])?;
        ip(&["link", "add", &cable, "type", "veth", "peer", "name", "eth0", "netns", &name])?;
        ip(&["link", "set", &cable, "master", &bridge, "up"])?;
        let own = format!("{}/24", octet(10 + u8::try_from(node)?));
        ip(&["-n", &name, "addr", "add", &own, "dev", "eth0"])?;
        ip(&["-n", &name, "link", "set", "eth0", "up"])?;
        ip(&["-n", &name, "link", "set", "lo", "up"])?;
        namespaces.push(name);
    }
    Ok(Network { namespaces, address: IpAddr::V4(octet(1)), refused: None })
}

fn ip(args: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("ip").args(args).output().context("starting ip (Debian's package iproute2)")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {}: {}", args.join(" "), said.trim());
    Ok(())
}
