//! The locations of our own pages.

use crate::cli::proxy_config::indent;
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
# An authorization carries its client's `state` from page to page, encoded twice: more than nginx's 4k.
proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;
# Not from a block further out: these pages are one person's each, and answer for themselves.
auth_request off; proxy_cache off; proxy_store off; proxy_intercept_errors off;
";

/// The lines of one of the pages' locations. Each `proxy_set_header` here replaces those of the server, so the identity
/// headers are deleted once more.
fn proxied(config: &Config) -> String {
    let deleted = config.identity_header_names().into_iter().map(|name| format!("proxy_set_header {name} \"\";\n"));
    format!("{PROXY}{}", deleted.collect::<String>())
}

fn location(matching: &str, lines: &str) -> String {
    format!("location {matching} {{\n{}}}\n", indent(lines, 2))
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
         location = /.well-known/change-password {{ return 302 \"{url}/settings/password\"; }}\n\
         {}",
        location(&format!("^~ {path}/"), &proxied(config)),
        at_the_root(config),
    )
}

/// What is asked for at the origin's root, although we have a path.
fn at_the_root(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    let to = |pattern: &str, page: &str| format!("rewrite {pattern} {path}{page} last;");
    let asked = [
        (
            format!("= /.well-known/oauth-authorization-server{path}"),
            to("^", "/.well-known/oauth-authorization-server"),
        ),
        ("= /oauth2/app_session_token".to_owned(), to("^", "/oauth2/app_session_token")),
        ("= /oauth2/challenge".to_owned(), to("^", "/oauth2/challenge")),
        ("^~ /api/anonymous_user/".to_owned(), to("^(/api/anonymous_user/[a-z_]+)$", "$1") + " return 404;"),
        ("= /settings".to_owned(), format!("return 302 \"{url}/settings\";")),
    ];
    // nginx takes no location twice.
    let own = [format!("= {path}"), format!("^~ {path}/")];
    let asked = asked.into_iter().filter(|(matching, _)| !own.contains(matching));
    let locations = asked.map(|(matching, lines)| format!("location {matching} {{ {lines} }}\n"));
    format!("{AT_THE_ROOT}{}", locations.collect::<String>())
}

const AT_THE_ROOT: &str = "\
# What clients ask for at the root although public_url has a path: our metadata, since RFC 8414 puts the path behind, and
# what Authgear's SDK looks for there only. Has your application a page /settings, take that line out, and link to ours
# instead of opening it with the SDK.
";

/// The pages on a host of their own.
pub(super) fn on_their_own(config: &Config) -> String {
    location("/", &proxied(config))
}
