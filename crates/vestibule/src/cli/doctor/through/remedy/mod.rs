//! The line that closes a hole, a file a proxy. What `vestibule proxy-config` prints has all of them.

mod apache;
mod caddy;
mod envoy;
mod haproxy;
mod nginx;

use clap::ValueEnum;

use super::answer::Answer;
use super::hole::Hole;
use crate::config::Config;

/// A proxy whose lines we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Proxy {
    /// nginx, and what is made of it.
    Nginx,
    /// Caddy.
    Caddy,
    /// HAProxy.
    Haproxy,
    /// Apache httpd.
    Apache,
    /// Envoy, and what is made of it.
    Envoy,
}

impl Proxy {
    /// The one that says its name in an answer.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let server = answer.header("server")?.to_ascii_lowercase();
        let known = [("nginx", Self::Nginx), ("caddy", Self::Caddy), ("apache", Self::Apache), ("envoy", Self::Envoy)];
        known.into_iter().find(|(name, _)| server.contains(name)).map(|(_, proxy)| proxy)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Haproxy => "HAProxy",
            Self::Apache => "Apache",
            Self::Envoy => "Envoy",
        }
    }

    const fn command(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Apache => "apache",
            Self::Envoy => "envoy",
        }
    }

    fn line(self, hole: &Hole, config: &Config) -> String {
        match self {
            Self::Nginx => nginx::line(hole),
            Self::Caddy => caddy::line(hole, config),
            Self::Haproxy => haproxy::line(hole, config),
            Self::Apache => apache::line(hole, config),
            Self::Envoy => envoy::line(hole, config),
        }
    }
}

/// What closes it: a line each for this proxy, or for all of them if nobody knows which it is.
pub(super) fn lines(hole: &Hole, proxy: Option<Proxy>, config: &Config) -> Vec<String> {
    let all = Proxy::value_variants();
    let which: Vec<Proxy> = proxy.map_or_else(|| all.to_vec(), |one| vec![one]);
    let one = |proxy: &Proxy| format!("{}: {}", proxy.name(), proxy.line(hole, config));
    let print = match proxy {
        Some(proxy) => format!("`vestibule proxy-config {}` prints it.", proxy.command()),
        None => "`vestibule proxy-config` with the proxy's name prints it.".to_owned(),
    };
    which.iter().map(one).chain([print]).collect()
}

/// A line for each of these names.
fn each(names: &[String], line: impl Fn(&str) -> String) -> String {
    names.iter().map(|name| line(name)).collect::<Vec<_>>().join("\n    ")
}

/// Those lines of what is printed that begin so.
fn printed(text: &str, begins: &str) -> String {
    let lines = text.lines().filter(|line| line.starts_with(begins));
    lines.map(|line| format!("    `{line}`")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
