//! Where Caddy listens: the global options, and a site for each port.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Caddy, quoted};
use crate::cli::proxy_config::web::Door;
use crate::config::Config;

/// The global options.
pub(super) fn options(caddy: &Caddy) -> String {
    let https = if caddy.automatic_https {
        ""
    } else {
        "  # No certificates are fetched, and no port is opened that is not named below.\n  auto_https off\n"
    };
    format!("{{\n{https}{OPTIONS}}}\n")
}

/// The sites.
pub(super) fn all(caddy: &Caddy, config: &Config) -> String {
    let doors = caddy.doors(config);
    let scheme = if caddy.has_tls() { "https" } else { "http" };
    let tls = match (&caddy.tls_cert, &caddy.tls_key) {
        (Some(cert), Some(key)) => format!("  tls {} {}\n", quoted(cert.as_str()), quoted(key.as_str())),
        _ => String::new(),
    };
    let names = if caddy.automatic_https { caddy.hosts(config) } else { vec![""] };
    let mut out = String::new();
    for (port, bind) in by_port(doors.iter().copied()) {
        let sites: Vec<String> = names.iter().map(|name| format!("{scheme}://{name}:{port}")).collect();
        let _ = write!(out, "\n{} {{\n{bind}{tls}  import vestibule\n}}\n", sites.join(", "));
    }
    if caddy.tls_cert.is_some() {
        for (port, bind) in by_port(doors.iter().filter_map(|door| door.plain())) {
            let _ = write!(
                out,
                "\n# Plain http is sent to https, and nothing else is done there.\n\
                 http://:{port} {{\n{bind}  redir https://{{http.request.host}}{{http.request.uri}} 301\n}}\n"
            );
        }
    }
    out
}

/// Each port with its `bind` line, which is empty where one of its doors is at every address.
fn by_port(doors: impl Iterator<Item = Door>) -> BTreeMap<u16, String> {
    let mut ports: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for door in doors {
        let addresses = ports.entry(door.port()).or_default();
        let address = door.address().map(|address| address.to_string()).unwrap_or_default();
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let line = |addresses: Vec<String>| {
        let is_everywhere = addresses.iter().any(|address| address.is_empty() || address == "::");
        if is_everywhere { String::new() } else { format!("  bind {}\n", addresses.join(" ")) }
    };
    ports.into_iter().map(|(port, addresses)| (port, line(addresses))).collect()
}

const OPTIONS: &str = "  \
  # Nobody on this machine changes the configuration by Caddy's API; `caddy reload` needs it, `systemctl restart` does not.
  admin off
  # A request's query has codes and tokens in it: what goes wrong is logged without it.
  log {
    level WARN
    format filter {
      wrap console
      fields {
        request>uri delete
        request>headers delete
      }
    }
  }
  servers {
    protocols h1 h2
    # A request's head may have 32 kB. Who sends slowly is not waited for.
    max_header_size 32KB
    timeouts {
      read_header 15s
      idle 60s
    }
  }
";
