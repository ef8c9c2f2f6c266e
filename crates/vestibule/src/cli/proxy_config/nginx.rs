//! `vestibule proxy-config nginx`: a complete nginx configuration, or the parts that go into one.

use std::fmt::Write as _;
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
    /// Where nginx listens, as its `listen` takes it; 443 with a certificate, otherwise 80.
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

const BAD_URI: &str = "\
# Paths that nginx, Vestibule and the application could read in different ways: empty segments, backslashes, dot
# segments, and `#`, which no browser sends. Looks at the path as it was sent.
map $request_uri $vestibule_bad_uri {
  default                       0;
  \"~^[^?]*(//|\\x5c)\"           1;
  \"~^[^?]*/\\.\\.?(/|\\?|$)\"      1;
  \"~#\"                          1;
}
# Only a WebSocket may upgrade.
map $http_upgrade $vestibule_upgrade    { default \"\"; \"~*^websocket$\" websocket; }
map $http_upgrade $vestibule_connection { default \"\"; \"~*^websocket$\" upgrade; }
";

impl Nginx {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let run_dir = self.run_dir.as_deref().map(std::path::absolute).transpose()?;
        let run_dir = run_dir.map(|folder| word_path(&folder)).transpose()?;
        let http = format!(
            "{}\n{BAD_URI}\n{}",
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
            main(run_dir.as_deref()),
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
        if config.resolver.cache_for.is_some() {
            let folder =
                run_dir.map_or_else(|| "/var/lib/nginx/vestibule".to_owned(), |folder| format!("{folder}/cache"));
            let _ = writeln!(out, "# [resolver] cache_for: where valid answers are kept.");
            let _ = writeln!(out, "proxy_cache_path \"{folder}\" keys_zone=vestibule:10m max_size=100m inactive=10m;");
        }
        Ok(out)
    }

    fn listens(&self, config: &Config) -> String {
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => format!(
                "listen {} ssl;\nssl_certificate {cert};\nssl_certificate_key {key};\nssl_protocols TLSv1.2 TLSv1.3;\n",
                self.listen.as_deref().unwrap_or("443")
            ),
            _ => {
                let edit = "# EDIT: public_url is https, so this needs --tls-cert and --tls-key, or a proxy with them before it.\n";
                let edit = if config.top.public_url.is_https() { edit } else { "" };
                format!("{edit}listen {};\n", self.listen.as_deref().unwrap_or("80"))
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

fn main(run_dir: Option<&str>) -> String {
    let files = run_dir.map(|folder| format!("pid \"{folder}/nginx.pid\";\nerror_log \"{folder}/error.log\";\n"));
    format!("worker_processes auto;\n{}events {{ worker_connections 4096; }}\n", files.unwrap_or_default())
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

/// The address to reach a listener at. A unix socket first: it tells where people come from, and lets nobody else in.
fn nearest(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<String> {
    let unix = addresses.iter().find(|address| matches!(address, ListenAddress::Unix(_)));
    match unix.or_else(|| addresses.first()) {
        None => bail!("{key} is empty; name an address at which nginx can reach it"),
        Some(ListenAddress::Unix(unix)) => Ok(format!("\"unix:{}\"", word_path(unix.path())?)),
        Some(ListenAddress::Tcp(tcp)) if tcp.ip().is_unspecified() => {
            let host = if tcp.is_ipv4() { "127.0.0.1" } else { "[::1]" };
            Ok(format!("{host}:{}", tcp.port()))
        }
        Some(ListenAddress::Tcp(tcp)) => Ok(tcp.to_string()),
    }
}
