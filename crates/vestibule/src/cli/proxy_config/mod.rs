//! `vestibule proxy-config ...`: what a proxy must be told, made from the present configuration.
//!
//! [`nginx`] is the only proxy so far, and every other file here is a part of its configuration. Another proxy is a
//! variant of `ProxyConfig` and a room of its own.

mod advice;
mod app;
mod cookies;
mod hosts;
mod http;
mod listen;
mod name;
mod nginx;
mod pages;
mod server;

use crate::config::Config;

#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Example:\n  vestibule proxy-config nginx --app http://127.0.0.1:3000")]
pub(super) enum ProxyConfig {
    Nginx(nginx::Nginx),
}

impl ProxyConfig {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        match self {
            Self::Nginx(command) => command.run(config),
        }
    }
}

/// Moves lines to the right; empty ones stay empty.
fn indent(text: &str, spaces: usize) -> String {
    let margin = " ".repeat(spaces);
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{margin}{line}\n") }).collect()
}

#[cfg(test)]
mod tests;
