//! Where Vestibule is in a cluster, for the proxies that are there too.

use anyhow::{anyhow, bail};

use crate::config::Config;
use crate::listen::ListenAddress;

/// Vestibule's Service.
#[derive(Debug, clap::Args)]
pub(super) struct Service {
    /// The Service before Vestibule.
    #[arg(long, value_name = "NAME", default_value = "vestibule", value_parser = name)]
    pub(super) service: String,
    /// Its namespace.
    #[arg(long, value_name = "NAME", default_value = "vestibule", value_parser = name)]
    pub(super) namespace: String,
    /// Ask by gRPC, at `[listen] ext_authz`, and not over HTTP at `[listen] resolver`.
    #[arg(long)]
    pub(super) grpc: bool,
}

impl Service {
    /// The port at which Envoy asks. The Service is to have the same.
    pub(super) fn port(&self, config: &Config) -> anyhow::Result<u16> {
        let (key, addresses) = match self.grpc {
            true => ("listen.ext_authz", &config.listen.ext_authz),
            false => ("listen.resolver", &config.listen.resolver),
        };
        port(key, addresses)
    }

    /// What must still be done in Vestibule's configuration.
    pub(super) fn advice(&self, config: &Config) -> &'static str {
        if config.proxies.trusted.is_empty() {
            "# EDIT vestibule.toml: [proxies] trusted is to name the network of the pods that Envoy runs in, such as\n\
             # \"10.244.0.0/16\"; until then nobody passes. Let a NetworkPolicy keep all other pods from this port.\n"
        } else {
            ""
        }
    }
}

/// The port of a listener that another pod can reach.
pub(super) fn port(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<u16> {
    let port = addresses.iter().find_map(|address| match address {
        ListenAddress::Tcp(tcp) => Some(tcp.port()),
        ListenAddress::Unix(_) => None,
    });
    let Some(port) = port else {
        bail!("{key} has no TCP address, and another pod reaches no socket file; add one such as `0.0.0.0:8481`");
    };
    Some(port).filter(|&port| port != 0).ok_or_else(|| anyhow!("{key}: a Service needs a port that stays; write one"))
}

/// A name as Kubernetes has them (RFC 1123).
pub(super) fn name(text: &str) -> Result<String, String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_name =
        (1..=63).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-');
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a name in Kubernetes, such as `vestibule`"))
    }
}
