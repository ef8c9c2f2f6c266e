//! The frontend: what is refused and removed before anybody is asked, and which way a request goes.

use std::fmt::Write as _;

use super::{Haproxy, pages, quoted};
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::names::{FORWARDED, METHODS, folded};
use crate::cli::proxy_config::web::Door;
use crate::config::Config;

/// Every frontend.
pub(super) fn all(options: &Haproxy, config: &Config) -> String {
    let doors = options.doors(config);
    let tls = options.tls_cert.as_ref().map(|cert| format!(" ssl crt {} alpn h2,http/1.1", quoted(cert.as_str())));
    let binds = bind(doors.iter().copied(), tls.as_deref().unwrap_or_default());
    let lines = [ONE_READING.to_owned(), whose(options, config), deleted(config), UPGRADES.to_owned(), set(config)];
    let ways = ways(config);
    let mut out = format!("frontend vestibule\n{}", indent(&format!("{binds}{}{ways}", lines.concat()), 2));
    let plain = bind(doors.iter().filter_map(|door| door.plain()), "");
    if options.tls_cert.is_some() && !plain.is_empty() {
        let lines = format!("{plain}http-request redirect scheme https code 301\n");
        out.push_str("\n# Plain http is sent to https, and nothing else is done there.\nfrontend plain_http\n");
        out.push_str(&indent(&lines, 2));
    }
    out
}

fn bind(doors: impl Iterator<Item = Door>, more: &str) -> String {
    doors
        .map(|door| {
            let address = door.words("*");
            let only = if address.starts_with('[') { " v6only" } else { "" };
            format!("bind {address}{only}{more}\n")
        })
        .collect()
}

/// What is refused before anybody is asked.
pub(in crate::cli) const ONE_READING: &str = r"
# One reading of every request. Refused before anybody is asked, with 400:
# - what is no path; dot segments, backslashes and zero bytes, encoded ones too; `#`, which no browser sends. What else
#   could be read in two ways, Vestibule refuses, by [paths];
http-request deny deny_status 400 unless { path -m beg / }
http-request deny deny_status 400 if { path -m reg -i '(^//|\x5c|%5c|%00|(/|%2f)([.]|%2e){1,2}(/|%2f|;|%3b|$))' }
http-request deny deny_status 400 if { url -m sub '#' }
# - no host or two of them, and two credentials.
http-request deny deny_status 400 unless { req.fhdr_cnt(Host) eq 1 }
http-request deny deny_status 400 if { req.fhdr_cnt(Authorization) gt 1 }
# A whole URL in the request line goes on as its path; HAProxy has seen that its host is the one in `Host`.
http-request set-uri %[pathq]
";

/// Hosts that nobody has are refused.
fn whose(options: &Haproxy, config: &Config) -> String {
    let Some(name) = options.app_host(config) else { return String::new() };
    let url = &config.top.public_url;
    let pages = if url.path().is_empty() { format!(" || {}", host(url.host())) } else { String::new() };
    format!("# Other hosts are nobody's.\nhttp-request deny deny_status 421 unless {}{pages}\n", host(name))
}

/// The condition that a request is for this host, on whatever port.
fn host(name: &str) -> String {
    format!("{{ req.fhdr(Host),host_only -m str -i {} }}", quoted(name))
}

/// The lines that delete what only we or HAProxy may say; the first of them are our own names.
pub(in crate::cli) fn deleted(config: &Config) -> String {
    let mut out = String::from(
        "\n# Only we say who somebody is: our names go in every spelling, before anything else happens. So do headers by which\n\
         # some frameworks route or trust or make a POST a DELETE, and the one by which Vestibule is asked for its reasons.\n",
    );
    let mut delete = |pattern: &str| _ = writeln!(out, "http-request del-header {} -m reg", quoted(pattern));
    delete(&folded(config));
    delete("^x[^a-z0-9](forwarded|original|rewrite|envoy)[^a-z0-9]");
    let families = ["x-forwarded-", "x-original-", "x-rewrite-", "x-envoy-"];
    let others = FORWARDED.into_iter().chain(METHODS).chain(MORE).map(str::to_ascii_lowercase);
    let others: Vec<String> = others
        .filter(|name| !families.iter().any(|family| name.starts_with(family)))
        .map(|name| name.replace('-', "[^a-z0-9]"))
        .collect();
    for some in others.chunks(4) {
        delete(&format!("^({})$", some.join("|")));
    }
    out
}

const MORE: [&str; 3] = ["X-Vestibule-Trace", "HTTP2-Settings", "Proxy-Connection"];

/// What becomes of an upgrade.
pub(in crate::cli) const UPGRADES: &str = "\
# Only a WebSocket may upgrade: on an HTTP/2 connection that is smuggled through, nobody would be asked again. And nobody
# nominates headers for the next program to drop.
http-request del-header Upgrade unless { method GET } { req.hdr_cnt(Upgrade) eq 1 } { req.fhdr(Upgrade) -m str -i websocket } { req.hdr(Connection) -m str -i upgrade }
http-request del-header Connection
http-request set-header Connection Upgrade if { req.fhdr(Upgrade) -m found }
";

/// What the proxy says of the client.
fn set(config: &Config) -> String {
    let scheme = if config.top.public_url.is_https() { "https" } else { "http" };
    format!(
        "# Who is really there, and how: public_url is {scheme}.\n\
         http-request set-header X-Forwarded-For %[src]\n\
         http-request set-header X-Forwarded-Host %[req.fhdr(Host)]\n\
         http-request set-header X-Forwarded-Proto {scheme}\n"
    )
}

fn ways(config: &Config) -> String {
    let url = &config.top.public_url;
    let pages = if url.path().is_empty() {
        format!(
            "\n# Our pages, on a host of their own. Nobody is asked who somebody is there.\nuse_backend vestibule_pages if {}\n",
            host(url.host())
        )
    } else {
        pages::under_a_path(config)
    };
    format!("{pages}# Everything else is the application's, and the way to it asks.\ndefault_backend application\n")
}
