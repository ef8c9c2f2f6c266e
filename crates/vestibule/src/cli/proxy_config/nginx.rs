//! `vestibule proxy-config nginx`: a complete nginx configuration, or the parts that go into one.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::app::App;
use super::{cookies, indent, pages, server};
use crate::config::Config;
use crate::listen::ListenAddress;

/// Print a configuration for nginx that is made from the present one of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config nginx --app http://127.0.0.1:3000 --listen 443 --server-name app.example.com \\\n    --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key > /etc/nginx/nginx.conf"
)]
pub(in crate::cli) struct Nginx {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// Where nginx listens, as its `listen` takes it; public_url's port when it is not given.
    #[arg(long, value_name = "ADDRESS", value_parser = word)]
    listen: Option<String>,
    /// The application's host name; any host when it is not given.
    #[arg(long, value_name = "NAME", value_parser = word)]
    server_name: Option<String>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key", value_parser = word)]
    tls_cert: Option<String>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert", value_parser = word)]
    tls_key: Option<String>,
    /// Only what goes into an existing `http` and `server`.
    #[arg(long)]
    snippet: bool,
    /// A folder that exists, for nginx's pid, logs and temporary files; lets a user without rights run it.
    #[arg(long, value_name = "FOLDER", conflicts_with = "snippet")]
    run_dir: Option<PathBuf>,
}

/// One word to nginx, which ends words and lines where a shell does not.
fn word(text: &str) -> Result<String, String> {
    let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'\\;{}$#".contains(c);
    if text.is_empty() || text.contains(ends) {
        return Err(
            "nginx does not read this as one word; write it without spaces, quotes and `\\ ; { } $ #`".to_owned()
        );
    }
    Ok(text.to_owned())
}

const HEAD: &str = "\
# nginx before Vestibule and an application. Made by `vestibule proxy-config nginx`: print it anew after a change of
# public_url, [listen], [headers], [session] cookie_prefix or [resolver]. Tried with nginx 1.22.
";

const MAPS: &str = "\
# Paths that nginx, Vestibule and the application could read in different ways: empty segments, backslashes, dot
# segments (encoded ones too: nginx chooses a location by the decoded path), and `#`, which no browser sends. Looks at
# the path as it was sent.
map $request_uri $vestibule_bad_uri {
  default                                                      0;
  \"~^[^?]*(//|\\x5c)\"                                          1;
  \"~*^[^?]*(/|%2f)(\\.|%2e)(\\.|%2e)?(/|%2f|\\?|$)\"           1;
  \"~#\"                                                         1;
}
# The host that nginx chose the server by, with the port that the client wrote, if it wrote that host.
map \"$host $http_host\" $vestibule_host { default $host; \"~*^([^ ]+) \\1:[0-9]+$\" $http_host; }
# Only a WebSocket may upgrade.
map $http_upgrade $vestibule_upgrade    { default \"\"; \"~*^websocket$\" websocket; }
map $http_upgrade $vestibule_connection { default \"\"; \"~*^websocket$\" upgrade; }
# Room for the variables below.
variables_hash_max_size 2048;
";

impl Nginx {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let run_dir = self.run_dir.as_deref().map(std::path::absolute).transpose()?;
        let run_dir = run_dir.map(|folder| word_path(&folder)).transpose()?;
        let http = format!(
            "{}\n{MAPS}\n{}",
            self.upstreams(config, run_dir.as_deref())?,
            cookies::maps(&config.cookie_names().all())
        );
        if self.snippet {
            let pages = self.pages_server(config);
            return Ok(format!(
                "{HEAD}\n# ---- 1. Inside `http {{ }}`.\n\n{http}\n{pages}\n# ---- 2. Inside the application's `server {{ }}`. Its own \
                 `location /` must be this one.\n\n{}",
                self.server_lines(config)
            ));
        }
        let servers = format!("{}\n{}", self.app_server(config), self.pages_server(config));
        Ok(format!(
            "{HEAD}{}http {{\n{}{}}}\n",
            main(config, run_dir.as_deref()),
            indent(&http_base(run_dir.as_deref()), 2),
            indent(&format!("{http}\n{}", servers.trim_end()), 2)
        ))
    }

    fn upstreams(&self, config: &Config, run_dir: Option<&str>) -> anyhow::Result<String> {
        let app = match &self.app {
            Some(app) => format!("upstream vestibule_app      {{ server {}; keepalive 32; }}\n", app.address),
            None => {
                "upstream vestibule_app      { server 127.0.0.1:9; keepalive 32; } # EDIT: the application's address\n"
                    .to_owned()
            }
        };
        let mut out = format!(
            "# Where Vestibule and the application are. Connections are kept.\n\
             upstream vestibule_resolver {{ server {}; keepalive 32; }}\n\
             upstream vestibule_pages    {{ server {}; keepalive 8; }}\n{app}",
            nearest("listen.resolver", &config.listen.resolver)?,
            nearest("listen.public", &config.listen.public)?,
        );
        out.push_str(&advice(config, self.server_name.as_deref()));
        if config.resolver.cache_for.is_some() {
            let folder =
                run_dir.map_or_else(|| "/var/lib/nginx/vestibule".to_owned(), |folder| format!("{folder}/cache"));
            let _ = writeln!(out, "# [resolver] cache_for: where valid answers are kept.");
            let _ = writeln!(out, "proxy_cache_path \"{folder}\" keys_zone=vestibule:10m max_size=100m inactive=10m;");
        }
        Ok(out)
    }

    fn listens(&self, config: &Config) -> String {
        let port = config.top.public_url.url().port().map(|port| port.to_string());
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => format!(
                "listen {} ssl;\nssl_certificate {cert};\nssl_certificate_key {key};\nssl_protocols TLSv1.2 TLSv1.3;\n",
                self.listen.as_deref().or(port.as_deref()).unwrap_or("443")
            ),
            _ => {
                let edit = "# EDIT: public_url is https, so this needs --tls-cert and --tls-key, or a proxy with them before it.\n";
                let edit = if config.top.public_url.is_https() { edit } else { "" };
                format!("{edit}listen {};\n", self.listen.as_deref().or(port.as_deref()).unwrap_or("80"))
            }
        }
    }

    fn app_server(&self, config: &Config) -> String {
        let has_path = !config.top.public_url.path().is_empty();
        let name = match &self.server_name {
            Some(name) => format!("server_name {name};\n"),
            None if has_path => format!("server_name {};\n", config.top.public_url.host()),
            None => "server_name _; # EDIT: the application's host name\n".to_owned(),
        };
        let lines = format!("{}{name}server_tokens off;\n\n{}", self.listens(config), self.server_lines(config));
        format!("# The application's host.\nserver {{\n{}}}\n", indent(&lines, 2))
    }

    fn server_lines(&self, config: &Config) -> String {
        let has_path = !config.top.public_url.path().is_empty();
        let pages = if has_path { pages::under_a_path(config) + "\n" } else { String::new() };
        let app = server::application(self.app.as_ref());
        format!("{}\n{}\n{pages}{app}", server::gate(config), server::check(config))
    }

    /// Our pages' own server, where they do not share one with the application.
    fn pages_server(&self, config: &Config) -> String {
        let url = &config.top.public_url;
        if !url.path().is_empty() {
            return String::new();
        }
        let name = url.host();
        let refuse = "if ($vestibule_bad_uri) { return 400; }\nlarge_client_header_buffers 4 32k;\nclient_header_timeout 15s; client_body_timeout 30s;\n";
        let lines = format!(
            "{}server_name {name};\nserver_tokens off;\n\n{refuse}\n{}",
            self.listens(config),
            pages::on_their_own(config)
        );
        format!("server {{\n{}}}\n", indent(&lines, 2))
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

fn http_base(run_dir: Option<&str>) -> String {
    let Some(folder) = run_dir else { return String::new() };
    let mut out = format!("access_log \"{folder}/access.log\";\n");
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(out, "{kind}_temp_path \"{folder}/{kind}\";");
    }
    out
}

fn word_path(path: &std::path::Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    if text.contains(|c: char| c.is_control() || "\"\\$".contains(c)) {
        bail!("nginx cannot name {text}; choose a path without quotes, `\\` and `$`");
    }
    Ok(text.to_owned())
}

/// What must still be done in Vestibule's own configuration, so that the two fit together.
fn advice(config: &Config, server_name: Option<&str>) -> String {
    let mut out = String::new();
    if let Some(ListenAddress::Tcp(tcp)) = preferred(&config.listen.public) {
        let proxy = if tcp.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { tcp.ip() };
        if !config.proxies.trusted.iter().any(|network| network.contains(proxy)) {
            out.push_str(
                "# EDIT vestibule.toml: without [proxies] trusted = [\"127.0.0.1\"] (this nginx's address) or a unix socket, all\n\
                 # people come from one address to Vestibule, and share its limits.\n",
            );
        }
    }
    let public_url = &config.top.public_url;
    let reached = |name: &str| match &config.session.cookie_domain {
        Some(domain) => name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => name == public_url.host(),
    };
    let own = public_url.path().is_empty().then_some("the application's host");
    if let Some(name) = server_name.or(own).filter(|name| !reached(name)) {
        let host = public_url.host();
        let _ = writeln!(
            out,
            "# EDIT vestibule.toml: the session cookie of {host} does not reach {name}; set [session] cookie_domain."
        );
    }
    out
}

/// The address to reach a listener at.
fn nearest(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<String> {
    match preferred(addresses) {
        None => bail!("{key} is empty; name an address at which nginx can reach it"),
        Some(ListenAddress::Unix(unix)) => Ok(format!("\"unix:{}\"", word_path(unix.path())?)),
        Some(ListenAddress::Tcp(tcp)) if tcp.ip().is_unspecified() => {
            let host = if tcp.is_ipv4() { "127.0.0.1" } else { "[::1]" };
            Ok(format!("{host}:{}", tcp.port()))
        }
        Some(ListenAddress::Tcp(tcp)) => Ok(tcp.to_string()),
    }
}

/// A unix socket first: what comes through it is believed, and nobody else on the machine gets in.
fn preferred(addresses: &[ListenAddress]) -> Option<&ListenAddress> {
    addresses.iter().find(|address| matches!(address, ListenAddress::Unix(_))).or_else(|| addresses.first())
}
