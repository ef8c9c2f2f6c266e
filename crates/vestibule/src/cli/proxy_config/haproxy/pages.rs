//! The way to our own pages under a path of the application's host.

use std::fmt::Write as _;

use super::quoted;
use crate::config::Config;

/// Redirects, the paths at the root that are ours too, and the choice of the pages' backend.
pub(super) fn under_a_path(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    let moved = |asked: &str, to: &str| {
        let to = quoted(&format!("{url}{to}"));
        format!("http-request redirect location {to} code 302 if {{ path {} }}\n", quoted(asked))
    };
    let mut out = format!(
        "\n# Our pages, under the path of public_url, which is passed on unchanged. Nobody is asked who somebody is there.\n\
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
    ] {
        if !is_ours(&asked, path) {
            let _ = writeln!(
                out,
                "http-request set-path {} if {{ path {} }}",
                quoted(&format!("{path}{page}")),
                quoted(&asked)
            );
        }
    }
    if !is_ours("/api/anonymous_user/", path) {
        let _ = writeln!(out, "http-request set-path {}%[path] if {{ path_beg '/api/anonymous_user/' }}", quoted(path));
    }
    if !is_ours("/settings", path) {
        out.push_str(&moved("/settings", "/settings"));
    }
    let _ = writeln!(out, "use_backend vestibule_pages if {{ path_beg {} }}", quoted(&format!("{path}/")));
    out
}

/// Whether that is one of the pages' own paths.
fn is_ours(asked: &str, path: &str) -> bool {
    asked == path || asked.starts_with(&format!("{path}/"))
}
