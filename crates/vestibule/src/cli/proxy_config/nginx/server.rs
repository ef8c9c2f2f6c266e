//! What stands in the application's `server`: the check, the identity headers, and the way to the application.

use std::fmt::Write as _;

use vestibule_gate::verdict::SUFFIXES;

use super::cookies::CLEANED;
use crate::cli::proxy_config::app::App;
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// Headers by which some frameworks route or trust, and which only a proxy may set.
const REWRITERS: [&str; 11] = [
    "Forwarded",
    "Proxy",
    "X-Forwarded-Port",
    "X-Forwarded-Server",
    "X-Original-URL",
    "X-Original-URI",
    "X-Original-Method",
    "X-Rewrite-URL",
    "X-Forwarded-Uri",
    "X-Forwarded-Method",
    "X-Forwarded-Prefix",
];

/// Refuses, and asks who it is.
pub(super) fn gate(config: &Config) -> String {
    format!("{REFUSALS}\n{}\n{}\n{}", identity(config), FORWARDED, rewriters())
}

const REFUSALS: &str = "\
# Paths that could be read in two ways are refused before anybody is asked.
if ($vestibule_bad_uri) { return 400; }
# Once more, for the lines behind `Host`.
underscores_in_headers off;
ignore_invalid_headers on;
# Room for the application's large answers.
proxy_buffer_size 16k; proxy_buffers 8 16k; proxy_busy_buffers_size 32k;
# The largest upload; raise it for an application that takes larger ones.
client_max_body_size 10m;
# Who sends slowly is not waited for.
client_body_timeout 30s; send_timeout 30s;
";

const FORWARDED: &str = "\
# The host that nginx chose this server by, and who is really there. Is there a proxy before this one, tell nginx with
# set_real_ip_from and real_ip_header; nothing that a client says of itself is passed on.
proxy_set_header Host              $vestibule_host;
proxy_set_header X-Real-IP         $remote_addr;
proxy_set_header X-Forwarded-For   $remote_addr;
proxy_set_header X-Forwarded-Host  $vestibule_host;
proxy_set_header X-Forwarded-Proto $scheme;
# Only a WebSocket may upgrade: an HTTP/2 connection smuggled through would never be checked again.
proxy_set_header Upgrade           $vestibule_upgrade;
proxy_set_header Connection        $vestibule_connection;
proxy_set_header HTTP2-Settings    \"\";
proxy_http_version 1.1;
";

/// Every header of the closed list, set or deleted.
fn identity(config: &Config) -> String {
    let mut out = String::from(
        "# Who somebody is. Every name of the list is set from our answer or, where the answer has none, deleted: an empty\n\
         # value deletes what the client sent. They stand at the server, so they hold in locations without auth_request\n\
         # too. BEWARE: one proxy_set_header in a location of yours replaces ALL of these there: repeat them.\n",
    );
    let names = variables(config);
    for (name, variable) in &names {
        let _ = writeln!(out, "auth_request_set {variable} $upstream_http_{};", name.to_lowercase().replace('-', "_"));
    }
    for (name, variable) in &names {
        let _ = writeln!(out, "proxy_set_header {name} {variable};");
    }
    let _ = writeln!(out, "# Without our cookies.\nproxy_set_header Cookie {CLEANED};");
    out
}

/// The names and their variables, which do without the prefix: nginx takes no more than some 45 characters.
fn variables(config: &Config) -> Vec<(String, String)> {
    let headers = config.identity_headers();
    let variable = |name: &str| format!("$vestibule_{}", name.to_lowercase().replace('-', "_"));
    let ours = headers.prefix().names().zip(SUFFIXES).map(|(name, suffix)| (name, variable(suffix)));
    let others = headers.extra().iter().map(|header| header.name());
    ours.chain(others.map(|name| (name.to_owned(), variable(&format!("as_{name}"))))).collect()
}

fn rewriters() -> String {
    let lines: String = REWRITERS.iter().map(|name| format!("proxy_set_header {name} \"\";\n")).collect();
    format!("# Some applications route by these, or believe them.\n{lines}")
}

/// The inner location that asks.
pub(super) fn check(config: &Config) -> String {
    let cache = match config.resolver.cache_for {
        None => "  proxy_cache off;\n".to_owned(),
        Some(_) => format!(
            "  # [resolver] cache_for: a valid answer is reused for so long, and so is one that was revoked meanwhile.\n  \
             # Only answers that say so are kept; there must be no proxy_cache_valid here.\n  \
             proxy_cache vestibule; proxy_cache_key \"$cookie_{}|$http_authorization\"; proxy_cache_use_stale off;\n",
            config.cookie_names().session()
        ),
    };
    // The head of an answer fits into 4,000 bytes, or with headers of the operator's or an assertion into 12,000.
    let size = if config.identity_headers().are_long() { 16 } else { 8 };
    let twice = 2 * size;
    let buffers = format!("  proxy_buffer_size {size}k; proxy_buffers 4 {size}k; proxy_busy_buffers_size {twice}k;\n");
    format!("{CHECK}{buffers}{PATIENCE}{cache}}}\n")
}

/// Where nginx asks; in the text below, too.
pub(super) const QUESTION: &str = "/_vestibule";

const CHECK: &str = "\
# Asks who it is. Only nginx itself comes in here. Nothing of the client's request is passed on but what is named, over
# connections that are kept. No answer in time, or any but 200, and nobody gets to the application.
location = /_vestibule {
  internal;
  auth_request off;
  proxy_pass http://vestibule_resolver/_resolver/resolve;
  proxy_http_version 1.1;
  proxy_pass_request_body    off;
  proxy_pass_request_headers off;
  proxy_set_header Host           vestibule;
  proxy_set_header Connection     \"\";
  proxy_set_header Content-Length \"\";
  proxy_set_header Cookie         $http_cookie;
  proxy_set_header Authorization  $http_authorization;
";

const PATIENCE: &str = "  proxy_connect_timeout 1s; proxy_send_timeout 2s; proxy_read_timeout 2s;
  # What a block further out has set must not reach in here: with a cache that keeps what we forbid to keep, everybody
  # would be the first who came; with an error_page that answers 200, everybody would get in while nobody can be asked.
  proxy_method GET; proxy_set_body \"\"; proxy_store off; proxy_intercept_errors off; error_page 599 /_vestibule;
  proxy_ignore_headers X-Accel-Redirect X-Accel-Expires;
";

/// The way to the application.
pub(super) fn application(app: Option<&App>) -> String {
    let mut lines = String::from("auth_request /_vestibule;\n");
    lines.push_str("# No path behind the name: nginx would send the application decoded paths.\n");
    let scheme = app.map_or("http", |app| app.scheme);
    let _ = writeln!(lines, "proxy_pass {scheme}://vestibule_app;");
    if let Some(app) = app.filter(|app| app.scheme == "https") {
        let _ = writeln!(
            lines,
            "proxy_ssl_server_name on; proxy_ssl_name {}; proxy_ssl_verify on;\n\
             proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;",
            app.host
        );
    }
    lines.push_str("proxy_connect_timeout 5s; proxy_read_timeout 60s;\n");
    format!(
        "# Everything else is the application's, once we have said who it is.\nlocation / {{\n{}}}\n",
        indent(&lines, 2)
    )
}
