//! What stands in `http`, before any server: where everybody is, what is read before nginx knows the server, and the maps.

use std::fmt::Write as _;

use anyhow::{anyhow, bail};

use super::Nginx;
use super::hosts::Hosts;
use super::{advice, ask, cookies, name};
use crate::config::Config;
use crate::listen::ListenAddress;

const EARLY: &str = "\
# What nginx obeys before it knows which server a request is for, as the first server on the address has it.
# Names with `_` or other odd characters are dropped: applications read `X_Authgear_User_Id` as one of ours.
underscores_in_headers off;
ignore_invalid_headers on;
# Room for large cookies. Who sends slowly is not waited for.
large_client_header_buffers 4 32k;
client_header_timeout 15s;
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
# Room for these variables, and those of the servers.
variables_hash_max_size 2048;
";

/// The lines that a whole file and a snippet have in common.
pub(super) fn lines(options: &Nginx, config: &Config, run_dir: Option<&str>) -> anyhow::Result<String> {
    let upstreams = upstreams(options, config, run_dir)?;
    let long = config.identity_header_names().iter().any(|name| name.len() > BUCKET);
    let room = if long { "proxy_headers_hash_bucket_size 128;\n" } else { "" };
    let answers = ask::maps(options.asks(config), config);
    Ok(format!("{upstreams}\n{EARLY}\n{MAPS}{room}\n{answers}\n{}", cookies::maps(&config.cookie_names().all())))
}

/// The longest name in nginx's tables, whose buckets have 64 bytes.
const BUCKET: usize = 46;

/// What a whole file has besides: nginx's own files, and room for long names.
pub(super) fn base(hosts: &Hosts<'_>, run_dir: Option<&str>) -> String {
    let mut out = String::from("server_tokens off;\n");
    if hosts.names().iter().any(|name| name.len() > BUCKET) {
        out.push_str("server_names_hash_bucket_size 512;\n");
    }
    if let Some(folder) = run_dir {
        let _ = writeln!(out, "access_log \"{folder}/access.log\";");
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            let _ = writeln!(out, "{kind}_temp_path \"{folder}/{kind}\";");
        }
    }
    out
}

fn upstreams(options: &Nginx, config: &Config, run_dir: Option<&str>) -> anyhow::Result<String> {
    let app = match &options.app {
        Some(app) => format!("upstream vestibule_app      {{ server {}; keepalive 32; }}\n", app.address),
        None => "upstream vestibule_app      { server 127.0.0.1:9; keepalive 32; } # EDIT: the application's address\n"
            .to_owned(),
    };
    let mut out = format!(
        "# Where Vestibule and the application are. Connections are kept.\n\
         upstream vestibule_resolver {{ server {}; keepalive 32; }}\n\
         upstream vestibule_pages    {{ server {}; keepalive 8; }}\n{app}",
        nearest("listen.resolver", &config.listen.resolver)?,
        nearest("listen.public", &config.listen.public)?,
    );
    out.push_str("# Where nobody answers.\nupstream vestibule_nobody   { server 127.0.0.1:9 down; }\n");
    out.push_str(&advice::on(options, config));
    if config.resolver.cache_for.is_some() {
        let folder = run_dir.map_or_else(|| "/var/lib/nginx/vestibule".to_owned(), |folder| format!("{folder}/cache"));
        let _ = writeln!(
            out,
            "# [resolver] cache_for: where valid answers are kept. Session secrets are in these files, as parts of the keys:\n\
             # nobody but nginx may read them.\n\
             proxy_cache_path \"{folder}\" keys_zone=vestibule:10m max_size=100m inactive=10m;"
        );
    }
    Ok(out)
}

/// The address to reach a listener at.
fn nearest(key: &str, addresses: &[ListenAddress]) -> anyhow::Result<String> {
    match preferred(addresses) {
        None => bail!("{key} is empty; name an address at which nginx can reach it"),
        Some(ListenAddress::Unix(unix)) => {
            let path = name::words(unix.path()).map_err(|error| anyhow!("{key}: {error}"))?;
            Ok(format!("\"unix:{path}\""))
        }
        Some(ListenAddress::Tcp(tcp)) if tcp.ip().is_unspecified() => {
            let host = if tcp.is_ipv4() { "127.0.0.1" } else { "[::1]" };
            Ok(format!("{host}:{}", tcp.port()))
        }
        Some(ListenAddress::Tcp(tcp)) => Ok(tcp.to_string()),
    }
}

/// A unix socket first: what comes through it is believed, and nobody else on the machine gets in.
pub(super) fn preferred(addresses: &[ListenAddress]) -> Option<&ListenAddress> {
    addresses.iter().find(|address| matches!(address, ListenAddress::Unix(_))).or_else(|| addresses.first())
}
