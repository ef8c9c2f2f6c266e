//! The ways behind HAProxy: to the application, where everybody is asked about, and to our pages.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::{Haproxy, quoted};
use crate::cli::proxy_config::app::App;
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::reach::Reach;

/// Both backends.
pub(super) fn all(options: &Haproxy, pages: &Reach) -> String {
    let (server, before) = match &options.app {
        None => ("server application 127.0.0.1:9\n".to_owned(), "# EDIT: the application's address.\n"),
        Some(app) => (server(app), ""),
    };
    let pages = match pages {
        Reach::Unix(path) => format!("unix@{path}"),
        Reach::Tcp(tcp) => tcp.to_string(),
    };
    format!(
        "{ASKS}{}\n{PAGES}{}",
        indent(&format!("{before}{server}"), 2),
        indent(&format!("server pages {pages}\n"), 2)
    )
}

fn server(app: &App) -> String {
    if let Some(path) = app.address.strip_prefix("unix:") {
        return format!("server application {}\n", quoted(&format!("unix@{path}")));
    }
    let mut line = format!("server application {}", app.address);
    if app.scheme == "https" {
        let host = app.host.trim_matches(['[', ']']);
        line.push_str(" ssl verify required ca-file '/etc/ssl/certs/ca-certificates.crt'");
        let _ = write!(line, " verifyhost '{host}'");
        if host.parse::<IpAddr>().is_err() {
            let _ = write!(line, " sni str({host})");
        }
    }
    line + "\n"
}

const ASKS: &str = "\
# Whoever comes this way is asked about, by whichever path they came. The script answers the client itself unless the
# request may pass, and says that it may as the last thing that it does. BEWARE: HAProxy goes on with the next line when
# a script fails; without the second line everybody would be let in. Another backend for the application needs both.
backend application
  http-request lua.vestibule
  http-request deny deny_status 503 unless { var(txn.vestibule) -m str 'may pass' }
";

const PAGES: &str = "\
backend vestibule_pages
  timeout connect 2s
  timeout server 30s
";
