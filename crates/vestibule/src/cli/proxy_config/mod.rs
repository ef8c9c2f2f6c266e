//! `vestibule proxy-config ...`: what a proxy must be told, made from the present configuration.
//!
//! A proxy is a variant of `ProxyConfig` and a file or a room of its own; what they have in common is beside them.

pub(super) mod apache;
mod app;
pub(super) mod caddy;
pub(super) mod envoy;
mod envoy_gateway;
pub(super) mod haproxy;
mod ingress_nginx;
mod istio;
mod kubernetes;
pub(super) mod names;
pub(super) mod nginx;
mod reach;
mod traefik;
mod web;

use crate::config::Config;

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Example:\n  vestibule proxy-config nginx --app http://127.0.0.1:3000")]
pub(super) enum ProxyConfig {
    Nginx(nginx::Nginx),
    Apache(apache::Apache),
    Envoy(envoy::Envoy),
    Haproxy(haproxy::Haproxy),
    Caddy(caddy::Caddy),
    Traefik(traefik::Traefik),
    IngressNginx(ingress_nginx::IngressNginx),
    EnvoyGateway(envoy_gateway::EnvoyGateway),
    Istio(istio::Istio),
}

impl ProxyConfig {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        match self {
            Self::Nginx(command) => command.run(config),
            Self::Apache(command) => command.run(config),
            Self::Envoy(command) => command.run(config),
            Self::Haproxy(command) => command.run(config),
            Self::Caddy(command) => command.run(config),
            Self::Traefik(command) => command.run(config),
            Self::IngressNginx(command) => command.run(config),
            Self::EnvoyGateway(command) => command.run(config),
            Self::Istio(command) => command.run(config),
        }
    }
}

/// Moves lines to the right; empty ones stay empty.
fn indent(text: &str, spaces: usize) -> String {
    let margin = " ".repeat(spaces);
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{margin}{line}\n") }).collect()
}
