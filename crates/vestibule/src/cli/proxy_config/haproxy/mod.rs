//! `vestibule proxy-config haproxy`: a complete configuration of HAProxy, and the Lua script by which it asks.

mod backends;
mod frontend;
mod lua;
mod pages;

pub(in crate::cli) use frontend::{ONE_READING, UPGRADES, deleted};

use anyhow::bail;

use super::app::App;
use super::reach::Reach;
use super::web::{Door, HostName, PlainPath, Wrong, advice};
use crate::config::Config;
use crate::listen::ListenAddress;

/// Print a configuration for HAProxy that is made from the present one of Vestibule, or the script that goes with it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config haproxy --lua > /etc/haproxy/vestibule.lua\n  vestibule proxy-config haproxy --app http://127.0.0.1:3000 \\\n    --server-name app.example.com --tls-cert /etc/ssl/app.pem \\\n    > /etc/haproxy/haproxy.cfg\n\nIn a container, or as a user without rights:\n  vestibule proxy-config haproxy --app http://127.0.0.1:3000 --listen 8080 --user none"
)]
pub(in crate::cli) struct Haproxy {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// Where HAProxy listens: a port, or an address with one; repeat it for more. public_url's port when it is not given,
    /// or else 443 with a certificate and 80 without.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Door>,
    /// The application's host name; other hosts are refused. When it is not given: public_url's host where the pages are
    /// under a path, and any host where they have one of their own.
    #[arg(long, value_name = "NAME")]
    server_name: Option<HostName>,
    /// The certificate with its chain, and its key in the same file or beside it in FILE.key.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PlainPath>,
    /// Print the Lua script, which is a file of its own.
    #[arg(long, conflicts_with_all = ["app", "listen", "server_name", "tls_cert", "lua_file", "user"])]
    lua: bool,
    /// Where the Lua script is.
    #[arg(long, value_name = "FILE", default_value = "/etc/haproxy/vestibule.lua")]
    lua_file: PlainPath,
    /// As whom HAProxy works once it listens; `none` when it is started as who it shall be.
    #[arg(long, value_name = "NAME", default_value = "haproxy", value_parser = user)]
    user: String,
}

impl Haproxy {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let pages = Reach::nearest("listen.public", &config.listen.public)?;
        let resolver = Reach::nearest("listen.resolver", &config.listen.resolver)?;
        if self.lua {
            return Ok(lua::script(config, &resolver));
        }
        self.fits(config)?;
        let mut head = HEAD.to_owned();
        head.push_str(&resolver.advice(config));
        if pages != resolver {
            head.push_str(&pages.advice(config));
        }
        head.push_str(&advice(config, self.app_host(config), self.tls_cert.is_some()));
        head.extend(self.tls_cert.iter().map(|file| file.advice("--tls-cert")));
        let main = self.main(config);
        let frontend = frontend::all(&self, config);
        let backends = backends::all(&self, &pages);
        Ok(format!("{head}\n{main}{DEFAULTS}\n{frontend}\n{backends}"))
    }

    /// The application's host; any when there is none.
    fn app_host<'a>(&'a self, config: &'a Config) -> Option<&'a str> {
        let url = &config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        self.server_name.as_ref().map(HostName::as_str).or(shared)
    }

    fn doors(&self, config: &Config) -> Vec<Door> {
        if self.listen.is_empty() { vec![Door::usual(config, self.tls_cert.is_some())] } else { self.listen.clone() }
    }

    /// Refuses options that cannot work.
    fn fits(&self, config: &Config) -> anyhow::Result<()> {
        let url = &config.top.public_url;
        let name = self.server_name.as_ref().map(HostName::as_str);
        if let Some(name) = name.filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: HAProxy could not tell the pages \
                 from the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        Ok(())
    }

    fn main(&self, config: &Config) -> String {
        let who = if self.user == "none" {
            String::new()
        } else {
            let group = group(config).unwrap_or(&self.user);
            format!(
                "  # The sockets' group. No `chroot`: from inside one, no socket is reached.\n  user {}\n  group {group}\n",
                self.user
            )
        };
        format!("global\n{who}{GLOBAL}  lua-load-per-thread {}\n\n", quoted(self.lua_file.as_str()))
    }
}

/// The group that is let in at our sockets.
fn group(config: &Config) -> Option<&str> {
    let mut sockets = config.listen.resolver.iter().chain(&config.listen.public);
    sockets.find_map(|address| match address {
        ListenAddress::Unix(unix) => unix.group(),
        ListenAddress::Tcp(_) => None,
    })
}

fn user(text: &str) -> Result<String, Wrong> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(format!("`{text}` is not a user's name; write one such as `haproxy`, or `none`")))
}

/// One word of the configuration, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

const HEAD: &str = "\
# HAProxy before Vestibule and an application. Made by `vestibule proxy-config haproxy`: print it anew, and the script that
# `--lua` prints, after a change of public_url, [listen], [headers] or [session] cookie_prefix. Tried with HAProxy 2.6.12.
# What each line is for: docs/proxies/haproxy.md.
";

const GLOBAL: &str = "  \
  # Only what went wrong is logged: a line for each request would have its query in it, with codes and tokens.
  log stdout format raw local0 notice
  maxconn 2000
  # A request's head may have 32 kB, and then there is room for what we say of somebody.
  tune.bufsize 49152
  tune.maxrewrite 16384
  ssl-default-bind-options ssl-min-ver TLSv1.2
  # The script that asks.
";

const DEFAULTS: &str = "\
defaults
  mode http
  log global
  # `X_Authgear_User_Id` and `X.Authgear.User.Id` are the same name as ours for CGI, WSGI and PHP: names with other
  # characters than letters, digits and `-` are deleted.
  option http-restrict-req-hdr-names delete
  # Who sends slowly is not waited for.
  timeout http-request 15s
  timeout http-keep-alive 60s
  timeout client 60s
  timeout connect 5s
  timeout server 60s
  timeout queue 5s
  # An open WebSocket may be silent for this long.
  timeout tunnel 1h
";

#[cfg(test)]
mod tests;
