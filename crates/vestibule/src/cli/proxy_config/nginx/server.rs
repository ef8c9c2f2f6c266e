//! What stands in the application's `server`: the check, the identity headers, and the way to the application.

use std::fmt::Write as _;

use vestibule_gate::verdict::SUFFIXES;

use super::ask::{self, Ask};
use super::cookies::CLEANED;
use crate::cli::proxy_config::app::App;
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::names::{FORWARDED, METHODS};
use crate::config::Config;

/// Those that are set to what nginx itself knows.
const SET: [&str; 4] = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

/// What other proxies take for an order, and what a client asks us by.
const PROXIES_OWN: [&str; 2] = ["X-Envoy-Auth-Headers-To-Remove", "X-Vestibule-Trace"];

/// Refuses, and says who it is.
pub(super) fn gate(ask: Ask, config: &Config) -> String {
    let everywhere = ask::everywhere(ask, config);
    format!("{REFUSALS}\n{}\n{}\n{}{everywhere}", identity(ask, config), KNOWN, rewriters())
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

const KNOWN: &str = "\
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
fn identity(ask: Ask, config: &Config) -> String {
    let mut out = String::from(
        "# Who somebody is. Every name of the list is set from our answer or, where the answer has none, deleted: an empty\n\
         # value deletes what the client sent. They stand at the server, so they hold in locations without auth_request\n\
         # too. BEWARE: one proxy_set_header in a location of yours replaces ALL of these there: repeat them.\n",
    );
    let names = variables(config);
    for (name, variable) in &names {
        let _ = writeln!(out, "auth_request_set {variable} $upstream_http_{};", name.to_lowercase().replace('-', "_"));
    }
    for (variable, value) in ask::taken(ask, config) {
        let _ = writeln!(out, "auth_request_set {variable} {value};");
    }
    for (name, variable) in &names {
        let _ = writeln!(out, "proxy_set_header {name} {variable};");
    }
    let _ = writeln!(out, "# Without our cookies.\nproxy_set_header Cookie {CLEANED};");
    out
}

/// The names and their variables, which do without the prefix: nginx takes no more than some 45 characters.
pub(super) fn variables(config: &Config) -> Vec<(String, String)> {
    let headers = config.identity_headers();
    let variable = |name: &str| format!("$vestibule_{}", name.to_lowercase().replace('-', "_"));
    let ours = headers.prefix().names().zip(SUFFIXES).map(|(name, suffix)| (name, variable(suffix)));
    let others = headers.extra().iter().map(|header| header.name());
    ours.chain(others.map(|name| (name.to_owned(), variable(&format!("as_{name}"))))).collect()
}

fn rewriters() -> String {
    let routing = FORWARDED.into_iter().filter(|name| !SET.contains(name)).chain(PROXIES_OWN);
    let deleted = |name: &str| format!("proxy_set_header {name} \"\";\n");
    let (routing, methods): (String, String) =
        (routing.map(deleted).collect(), METHODS.into_iter().map(deleted).collect());
    format!(
        "# Some applications route by these, or believe them.\n{routing}# These would make one method another behind the rules' back.\n{methods}"
    )
}

/// The way to the application.
pub(super) fn application(ask: Ask, app: Option<&App>) -> String {
    let mut lines = String::from(if ask == Ask::Resolve { "auth_request /_vestibule;\n" } else { "" });
    lines.push_str(
        "# The application, if Vestibule said yes. No path behind the name: nginx would send the application decoded paths.\n",
    );
    let scheme = app.map_or("http", |app| app.scheme);
    let _ = writeln!(lines, "proxy_pass {scheme}://$vestibule_way;");
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
        "# Everything else is the application's, once we have been asked.\nlocation / {{\n{}}}\n",
        indent(&lines, 2)
    )
}
