//! `vestibule proxy-config envoy`: a complete Envoy configuration.

mod advice;
pub(super) mod ask;
mod clusters;
mod cookies;
pub(super) mod listener;
mod routes;
pub(super) mod yaml;

pub(in crate::cli) use listener::{others, ours};

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::bail;

use super::indent;
use crate::cli::proxy_config::app::App;
use crate::config::Config;

/// Print a configuration for Envoy that is made from the present one of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config envoy --app http://127.0.0.1:3000 \\\n    --listen 443 --server-name app.example.com \\\n    --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key \\\n    > /etc/envoy/envoy.yaml\n\nOver gRPC, with [listen] ext_authz = [\"unix:/run/vestibule/ext-authz.sock\"]:\n  vestibule proxy-config envoy --grpc --app http://127.0.0.1:3000 --listen 8080 \\\n    > /etc/envoy/envoy.yaml"
)]
pub(in crate::cli) struct Envoy {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// Where Envoy listens: a port, or an address with one; repeat it for more. public_url's port when it is not given,
    /// or else 443 with a certificate and 80 without.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: Vec<SocketAddr>,
    /// The application's host name; other hosts are refused. Any host when it is not given.
    #[arg(long, value_name = "NAME", value_parser = name)]
    server_name: Option<String>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Ask by gRPC, at `[listen] ext_authz`, and not over HTTP at `[listen] resolver`.
    #[arg(long)]
    grpc: bool,
}

const HEAD: &str = "\
# Envoy before Vestibule and an application. Made by `vestibule proxy-config envoy`: print it anew after a change of
# public_url, [listen], [headers], [session] cookie_prefix or [paths]. Tried with Envoy 1.40. What each line is for:
# docs/proxies/envoy.md.
";

impl Envoy {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        self.fits(config)?;
        let clusters = clusters::all(&self, config)?;
        let listeners: Vec<String> =
            self.addresses(config).iter().map(|address| listener::at(*address, &self, config)).collect();
        Ok(format!(
            "{HEAD}{}static_resources:\n  listeners:\n{}  clusters:\n{}",
            advice::on(&self, config),
            indent(&listeners.concat(), 2),
            indent(&clusters, 2),
        ))
    }

    /// Refuses options that cannot work.
    fn fits(&self, config: &Config) -> anyhow::Result<()> {
        let url = &config.top.public_url;
        if let Some(name) = self.server_name.as_deref().filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: Envoy could not tell the pages \
                 from the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        Ok(())
    }

    fn addresses(&self, config: &Config) -> Vec<SocketAddr> {
        if !self.listen.is_empty() {
            return self.listen.clone();
        }
        let usual = if self.tls_cert.is_some() { 443 } else { 80 };
        let port = config.top.public_url.url().port().unwrap_or(usual);
        vec![SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))]
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok((Ipv4Addr::UNSPECIFIED, port).into());
    }
    text.parse().map_err(|_| {
        format!("`{text}` is not where Envoy can listen; write a port (`443`) or an address with one (`[::]:443`)")
    })
}

fn name(text: &str) -> Result<String, String> {
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if text.len() <= 253 && text.split('.').all(is_label) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!("`{text}` is not a host name; write one such as `app.example.com`, without scheme and port"))
}

#[cfg(test)]
mod tests;
