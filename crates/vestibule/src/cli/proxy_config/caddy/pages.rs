//! The way to our own pages, under a path of the application's host or on a host of their own.

use std::fmt::Write as _;

use super::{quoted, said, upstream};
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;

/// Redirects, the paths at the root that are ours too, and the pages.
pub(super) fn all(config: &Config, pages: &Reach) -> String {
    let url = &config.top.public_url;
    let (before, which) = if url.path().is_empty() {
        (
            String::from("\n# 4. Our pages, on a host of their own. Nobody is asked who somebody is there.\n"),
            format!("host {}", url.host()),
        )
    } else {
        (under_a_path(config), format!("path {}", quoted(&format!("{}/*", url.path()))))
    };
    format!("{before}@pages {which}\nreverse_proxy @pages {} {{\n{}}}\n", upstream(pages), indent(&said(config), 2))
}

fn under_a_path(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    let moved = |asked: &str, to: &str| format!("redir {} {} 302\n", quoted(asked), quoted(&format!("{url}{to}")));
    let mut out = format!(
        "\n# 4. Our pages, under the path of public_url, which is passed on unchanged. Nobody is asked who somebody is there.\n\
         {}# Where password managers look for the page that changes a password.\n{}\
         # What clients ask for at the root although public_url has a path: our metadata, since RFC 8414 puts the path behind,\n\
         # and what Authgear's SDK looks for there only. Has your application a page /settings, take that line out.\n",
        moved(path, "/"),
        moved("/.well-known/change-password", "/settings/password"),
    );
    let metadata = "/.well-known/oauth-authorization-server";
    for (asked, page) in [
        (format!("{metadata}{path}"), metadata),
        ("/oauth2/app_session_token".to_owned(), "/oauth2/app_session_token"),
        ("/oauth2/challenge".to_owned(), "/oauth2/challenge"),
        ("/api/anonymous_user/*".to_owned(), "{http.request.uri.path}"),
    ] {
        if !is_ours(&asked, path) {
            let _ = writeln!(out, "rewrite {} {}", quoted(&asked), quoted(&format!("{path}{page}")));
        }
    }
    if !is_ours("/settings", path) {
        out.push_str(&moved("/settings", "/settings"));
    }
    out
}

/// Whether that is one of the pages' own paths.
fn is_ours(asked: &str, path: &str) -> bool {
    asked == path || asked.starts_with(&format!("{path}/"))
}
