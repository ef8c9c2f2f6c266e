//! `vestibule proxy-config nginx`: a complete nginx configuration, or the parts that go into one.

mod advice;
mod ask;
mod cookies;
mod hosts;
mod http;
mod listen;
mod name;
mod pages;
mod server;

use std::path::PathBuf;

use anyhow::bail;

use self::ask::Ask;
use self::hosts::{Hosts, RedirectFrom};
use self::listen::Listen;
use self::name::{NginxFile, ServerName};
use super::indent;
use crate::cli::proxy_config::app::App;
use crate::config::Config;
use crate::listen::ListenAddress;

/// Print a configuration for nginx that is made from the present one of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config nginx --app http://127.0.0.1:3000 \\\n    --listen 443 --listen '[::]:443' --server-name app.example.com \\\n    --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key \\\n    > /etc/nginx/nginx.conf\n\nInto an nginx that is there already:\n  vestibule proxy-config nginx --app http://127.0.0.1:3000 --snippet=http \\\n    > /etc/nginx/conf.d/vestibule.conf\n  vestibule proxy-config nginx --app http://127.0.0.1:3000 --snippet=server \\\n    > /etc/nginx/snippets/vestibule.conf"
)]
pub(in crate::cli) struct Nginx {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// What nginx asks Vestibule for each request. `check` when it is not given and the configuration has rules, or else
    /// `resolve`.
    #[arg(long, value_name = "WHAT")]
    ask: Option<Ask>,
    /// Where nginx listens: a port, an address with or without one, or `unix:/path`; repeat it for more. public_url's
    /// port when it is not given, or else 443 with a certificate and 80 without.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Listen>,
    /// The application's host name; other hosts are refused. Any host when it is not given.
    #[arg(long, value_name = "NAME")]
    server_name: Option<ServerName>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<NginxFile>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<NginxFile>,
    /// With a certificate: where plain http is listened to, only to be sent to https; `none` for nowhere. Port 80 of the
    /// addresses whose port 443 is listened to when it is not given.
    #[arg(long, value_name = "ADDRESS", requires = "tls_cert")]
    redirect_from: Option<RedirectFrom>,
    /// Only what goes into an existing `http` and `server`: both parts, or one of them for a file of its own.
    #[arg(long, value_name = "PART", num_args = 0..=1, default_missing_value = "both", require_equals = true)]
    snippet: Option<Part>,
    /// A folder that exists, for nginx's pid, logs and temporary files; lets a user without rights run it.
    #[arg(long, value_name = "FOLDER", conflicts_with = "snippet")]
    run_dir: Option<PathBuf>,
}

/// What of a snippet is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Both parts, each under a heading.
    Both,
    /// What stands in `http`: a file for `conf.d`.
    Http,
    /// What stands in the application's `server`: a file to be included there.
    Server,
}

const HEAD: &str = "\
# nginx before Vestibule and an application. Made by `vestibule proxy-config nginx`: print it anew after a change of
# public_url, [listen], [headers], [session] cookie_prefix or [resolver]. Tried with nginx 1.22.
";

const IN_HTTP: &str = "
# ---- 1. Inside `http { }`; a file in /etc/nginx/conf.d is. Where nginx says that a directive is a duplicate, keep the
# stricter of the two: `underscores_in_headers off` here and in every server that shares an address with this one.

";

const IN_SERVER: &str = "
# ---- 2. Inside the application's `server { }`, which keeps its `listen`, its name and its certificate. Then:
# - its own `location /` goes, for the one at the end of this;
# - another location that leads to the application says `proxy_pass http://$vestibule_way;`: only with that variable is
#   200 alone a yes;
# - it has no `proxy_set_header` of its own beside these: each would be sent twice;
# - no `rewrite` outside of a location: it would move the question as well;
# - FastCGI, uwsgi, SCGI and gRPC do not know `proxy_set_header`. To a location with `fastcgi_pass` a client can send
#   every name below itself, unless it has `fastcgi_param HTTP_X_... $vestibule_... if_not_empty;` for each of them.
# `vestibule doctor --nginx FILE` looks for all of this.

";

impl Nginx {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        self.fits(config)?;
        let run_dir = self.run_dir.as_deref().map(std::path::absolute).transpose()?;
        let run_dir = run_dir.map(|folder| name::words(&folder)).transpose().map_err(anyhow::Error::msg)?;
        let head = format!("{HEAD}{}", self.asks(config).told(config));
        let hosts = Hosts::new(&self, config);
        let common = http::lines(&self, config, run_dir.as_deref())?;
        let in_http = || format!("{IN_HTTP}{common}\n{}", hosts.of_the_pages());
        let in_server = || format!("{IN_SERVER}{}", self.server_lines(config));
        Ok(match self.snippet {
            Some(Part::Both) => format!("{head}{}\n{}", in_http(), in_server()),
            Some(Part::Http) => format!("{head}{}", in_http()),
            Some(Part::Server) => format!("{head}{}", in_server()),
            None => {
                let base = http::base(&hosts, run_dir.as_deref());
                let servers = hosts.all(&self.server_lines(config));
                let inside = indent(&format!("{base}{common}\n{}", servers.trim_end()), 2);
                format!("{head}{}http {{\n{inside}}}\n", main(config, run_dir.as_deref()))
            }
        })
    }

    /// Refuses options that cannot work, or would change nothing, since somebody believes that they do.
    fn fits(&self, config: &Config) -> anyhow::Result<()> {
        let url = &config.top.public_url;
        let name = self.server_name.as_ref().map(ServerName::as_str);
        if let Some(name) = name.filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: nginx could not tell the pages from \
                 the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        if url.path() == ask::QUESTION {
            bail!("public_url has the path {}, at which nginx asks Vestibule; choose another path", ask::QUESTION);
        }
        let Some(part) = self.snippet else { return Ok(()) };
        let options = [("--listen", !self.listen.is_empty()), ("--tls-cert", self.tls_cert.is_some())];
        let Some((option, _)) = options.into_iter().find(|(_, is_there)| *is_there) else { return Ok(()) };
        if part == Part::Server {
            bail!(
                "{option} has no place in --snippet=server: the server that includes it says so itself; leave it out"
            );
        }
        if !url.path().is_empty() {
            bail!(
                "{option} has no place in this snippet: the pages of public_url share the application's server, which says \
                 so itself; leave it out"
            );
        }
        Ok(())
    }

    /// What stands in the application's `server`.
    fn server_lines(&self, config: &Config) -> String {
        let has_path = !config.top.public_url.path().is_empty();
        let pages = if has_path { pages::under_a_path(config) + "\n" } else { String::new() };
        let ask = self.asks(config);
        let app = server::application(ask, self.app.as_ref());
        format!("{}\n{}\n{pages}{app}", server::gate(ask, config), ask::locations(self, config))
    }

    fn asks(&self, config: &Config) -> Ask {
        self.ask.unwrap_or_else(|| Ask::usual(config))
    }
}

fn main(config: &Config, run_dir: Option<&str>) -> String {
    let files = run_dir.map(|folder| format!("pid \"{folder}/nginx.pid\";\nerror_log \"{folder}/error.log\";\n"));
    let user =
        workers(config).map(|user| format!("# The sockets' group: nginx's workers must be in it.\nuser {user};\n"));
    let (user, files) = (user.unwrap_or_default(), files.unwrap_or_default());
    format!("{user}worker_processes auto;\n{files}events {{ worker_connections 4096; }}\n")
}

/// Who the workers are, where that decides whether they may connect: started by root, nginx works as `nobody` unless it
/// is told otherwise.
fn workers(config: &Config) -> Option<String> {
    let sockets = config.listen.resolver.iter().chain(&config.listen.public);
    let group = sockets.filter_map(|address| match address {
        ListenAddress::Unix(unix) => unix.group(),
        ListenAddress::Tcp(_) => None,
    });
    match group.into_iter().next()? {
        // Debian's and nginx.org's packages have a user of the group's name.
        own @ ("www-data" | "nginx") => Some(own.to_owned()),
        group => Some(format!("www-data {group}")),
    }
}

#[cfg(test)]
mod tests;
