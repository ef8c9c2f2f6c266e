//! The locations of our own pages.

use crate::config::Config;

/// What the pages get, and what they must never get: they decide who somebody is, and nobody tells them.
const PROXY: &str = "\
proxy_pass http://vestibule_pages;
proxy_http_version 1.1;
proxy_set_header Host              $vestibule_host;
proxy_set_header Connection        \"\";
proxy_set_header X-Forwarded-For   $remote_addr;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_connect_timeout 2s; proxy_send_timeout 15s; proxy_read_timeout 30s;
client_max_body_size 64k;
# Not from a block further out: these pages are one person's each, and answer for themselves.
auth_request off; proxy_cache off; proxy_store off; proxy_intercept_errors off;
";

/// The lines of one of the pages' locations. Each `proxy_set_header` here replaces those of the server, so the identity
/// headers are deleted once more.
fn proxied(config: &Config) -> String {
    let deleted = config.headers.prefix.names().map(|name| format!("proxy_set_header {name} \"\";\n"));
    format!("{PROXY}{}", deleted.collect::<String>())
}

fn location(matching: &str, lines: &str) -> String {
    format!("location {matching} {{\n{}}}\n", super::indent(lines, 2))
}

/// The pages under a path of a server that they share with an application.
pub(super) fn under_a_path(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    format!(
        "# Our pages, under the path of public_url, which is passed on unchanged. Nobody is asked who somebody is here.\n\
         {}\
         location = {path} {{ rewrite ^ {path}/ last; }}\n\
         # Where password managers look for the page that changes a password.\n\
         location = /.well-known/change-password {{ return 302 \"{url}/settings/password\"; }}\n",
        location(&format!("^~ {path}/"), &proxied(config)),
    )
}

/// The pages on a host of their own.
pub(super) fn on_their_own(config: &Config) -> String {
    location("/", &proxied(config))
}
