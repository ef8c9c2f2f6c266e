//! `vestibule proxy-config caddy`: a complete Caddyfile.

mod ask;
mod deleted;
mod pages;
mod sites;

pub(in crate::cli) use deleted::line_for;

use anyhow::bail;

use super::app::App;
use super::indent;
use super::reach::Reach;
use super::web::{Door, HostName, PlainPath, advice};
use crate::config::Config;

/// Print a Caddyfile that is made from the present configuration of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config caddy --app http://127.0.0.1:3000 \\\n    --server-name app.example.com --automatic-https \\\n    > /etc/caddy/Caddyfile\n\nWith a certificate of your own:\n  vestibule proxy-config caddy --app http://127.0.0.1:3000 \\\n    --server-name app.example.com \\\n    --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key \\\n    > /etc/caddy/Caddyfile"
)]
pub(in crate::cli) struct Caddy {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// Where Caddy listens: a port, or an address with one; repeat it for more. public_url's port when it is not given,
    /// or else 443 with https and 80 without.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Door>,
    /// The application's host name; other hosts are refused. When it is not given: public_url's host where the pages are
    /// under a path, and any host where they have one of their own.
    #[arg(long, value_name = "NAME")]
    server_name: Option<HostName>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PlainPath>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PlainPath>,
    /// Let Caddy fetch certificates itself, and renew them.
    #[arg(long, conflicts_with = "tls_cert")]
    automatic_https: bool,
}

impl Caddy {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let pages = Reach::nearest("listen.public", &config.listen.public)?;
        let resolver = Reach::nearest("listen.resolver", &config.listen.resolver)?;
        self.fits(config)?;
        let mut head = HEAD.to_owned();
        head.push_str(&resolver.advice(config));
        if pages != resolver {
            head.push_str(&pages.advice(config));
        }
        head.push_str(&advice(config, self.app_host(config), self.has_tls()));
        head.extend(self.tls_cert.iter().map(|file| file.advice("--tls-cert")));
        head.extend(self.tls_key.iter().map(|file| file.advice("--tls-key")));
        let lines = [
            ONE_READING.to_owned(),
            self.whose(config),
            deleted::all(config),
            UPGRADES.to_owned(),
            pages::all(config, &pages),
            ask::all(config, &resolver),
            self.application(config),
        ];
        let route = indent(&format!("route {{\n{}}}\n", indent(&lines.concat(), 2)), 2);
        let snippet = format!("(vestibule) {{\n{route}}}\n");
        Ok(tabbed(&format!("{head}{}\n{snippet}{}", sites::options(&self), sites::all(&self, config))))
    }

    /// The application's host; any when there is none.
    fn app_host<'a>(&'a self, config: &'a Config) -> Option<&'a str> {
        let url = &config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        self.server_name.as_ref().map(HostName::as_str).or(shared)
    }

    fn has_tls(&self) -> bool {
        self.tls_cert.is_some() || self.automatic_https
    }

    fn doors(&self, config: &Config) -> Vec<Door> {
        if self.listen.is_empty() { vec![Door::usual(config, self.has_tls())] } else { self.listen.clone() }
    }

    /// The hosts that somebody has; none when any is the application's.
    fn hosts<'a>(&'a self, config: &'a Config) -> Vec<&'a str> {
        let Some(name) = self.app_host(config) else { return Vec::new() };
        let url = &config.top.public_url;
        let pages = url.host();
        if url.path().is_empty() && name != pages { vec![name, pages] } else { vec![name] }
    }

    /// Refuses options that cannot work.
    fn fits(&self, config: &Config) -> anyhow::Result<()> {
        let url = &config.top.public_url;
        let name = self.server_name.as_ref().map(HostName::as_str);
        if let Some(name) = name.filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: Caddy could not tell the pages \
                 from the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        if self.automatic_https && self.app_host(config).is_none() {
            bail!("--automatic-https: for which name? Give --server-name app.example.com");
        }
        Ok(())
    }

    fn whose(&self, config: &Config) -> String {
        let hosts = self.hosts(config);
        if hosts.is_empty() {
            return String::new();
        }
        format!("\n# Other hosts are nobody's.\n@stranger not host {}\nrespond @stranger 421\n", hosts.join(" "))
    }

    fn application(&self, config: &Config) -> String {
        let (to, edit) = match &self.app {
            None => ("127.0.0.1:9".to_owned(), "# EDIT: the application's address.\n"),
            Some(app) => match app.address.strip_prefix("unix:") {
                Some(path) => (quoted(&format!("unix/{path}")), ""),
                None => (format!("{}://{}", app.scheme, app.address), ""),
            },
        };
        let is_https = self.app.as_ref().is_some_and(|app| app.scheme == "https");
        // Since 2.11 the next program's own name is said instead where that speaks https.
        let host = if is_https { "header_up Host {http.request.hostport}\n" } else { "" };
        let said = indent(&format!("{host}{}", said(config)), 2);
        format!("\n# 6. Who comes this far may pass.\n{edit}reverse_proxy {to} {{\n{said}}}\n")
    }
}

/// What Caddy says of a request to the next program, besides who the client is.
fn said(config: &Config) -> String {
    let scheme = if config.top.public_url.is_https() { "https" } else { "http" };
    format!("header_up X-Forwarded-Proto {scheme}\n")
}

/// Where one of our listeners is.
fn upstream(reach: &Reach) -> String {
    match reach {
        Reach::Unix(path) => quoted(&format!("unix/{path}")),
        Reach::Tcp(tcp) => tcp.to_string(),
    }
}

/// With tabs, as `caddy fmt` wants it.
fn tabbed(text: &str) -> String {
    text.lines()
        .map(|line| {
            let bare = line.trim_start_matches(' ');
            format!("{}{bare}\n", "\t".repeat((line.len() - bare.len()) / 2))
        })
        .collect()
}

/// One word of the Caddyfile, whatever is in it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

const HEAD: &str = "\
# Caddy before Vestibule and an application. Made by `vestibule proxy-config caddy`: print it anew after a change of
# public_url, [listen], [headers] or [session] cookie_prefix. Tried with Caddy 2.6.2 and 2.11.9.
# What each line is for: docs/proxies/caddy.md.
";

const ONE_READING: &str = r"# 1. One reading of every request. Refused with 400, before anybody is asked: what is no path; dot segments, backslashes
# and zero bytes, encoded ones too; `#`, which no browser sends. What else could be read in two ways, Vestibule refuses,
# by [paths]. (2.6 tries the pattern on the text `<nil>` too.)
@odd vars_regexp {http.request.orig_uri} `^([^/<]|//|[^?]*(\\|%5[cC]|%00|(/|%2[fF])(\.|%2[eE])(\.|%2[eE])?(/|%2[fF]|;|%3[bB]|\?|$)))|#`
respond @odd 400
";

const UPGRADES: &str = r"
# 3. Only a WebSocket may upgrade: on an HTTP/2 connection that is smuggled through, nobody would be asked again. And
# nobody nominates headers in Connection for Caddy to drop, such as the ones that say who somebody is.
@no_websocket {
  not {
    method GET
    header_regexp upgrade Upgrade (?i)^websocket$
    header_regexp connection Connection (?i)(^|,)\s*upgrade\s*(,|$)
  }
}
request_header @no_websocket -Upgrade
request_header -Connection
@websocket header Upgrade *
request_header @websocket Upgrade websocket
request_header @websocket Connection Upgrade
";

#[cfg(test)]
mod tests;
