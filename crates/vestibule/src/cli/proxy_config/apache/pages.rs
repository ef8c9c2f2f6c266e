//! The way to our own pages, under a path of the application's host or on a host of their own.

use std::fmt::Write as _;

use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;

/// Where the pages are, as `ProxyPass` names it, without a `/` at the end.
fn backend(pages: &Reach) -> String {
    match pages {
        Reach::Unix(path) => format!("unix:{path}|{}", origin(pages)),
        Reach::Tcp(_) => origin(pages),
    }
}

/// The same once Apache has decided where a request goes: it puts the socket aside. No application has that name.
pub(super) fn origin(pages: &Reach) -> String {
    match pages {
        Reach::Unix(_) => "http://vestibule-pages.invalid".to_owned(),
        Reach::Tcp(tcp) => format!("http://{tcp}"),
    }
}

const OPTIONS: &str = "nocanon retry=0 connectiontimeout=2 timeout=30";

/// The pages under a path of a host that they share with an application.
pub(super) fn under_a_path(config: &Config, pages: &Reach) -> String {
    let url = &config.top.public_url;
    let (path, to) = (url.path(), backend(pages));
    let mut out = format!(
        "# Our pages, under the path of public_url. The script asks nobody about what goes there, and about everything else.\n\
         RewriteRule \"^{path}$\" \"{url}/\" [R=302,L]\n\
         ProxyPass \"{path}/\" \"{to}{path}/\" {OPTIONS}\n\
         <Location \"{path}/\">\n  LimitRequestBody 65536\n</Location>\n\
         # Where password managers look for the page that changes a password.\n\
         RewriteRule \"^/\\.well-known/change-password$\" \"{url}/settings/password\" [R=302,L]\n\
         # What clients ask for at the root although public_url has a path. Has your application a page /settings, take that\n\
         # line out.\n"
    );
    for (asked, page) in [
        (format!("/.well-known/oauth-authorization-server{path}"), "/.well-known/oauth-authorization-server"),
        ("/oauth2/app_session_token".to_owned(), "/oauth2/app_session_token"),
        ("/oauth2/challenge".to_owned(), "/oauth2/challenge"),
        ("/api/anonymous_user/".to_owned(), "/api/anonymous_user/"),
    ] {
        if asked != path && !asked.starts_with(&format!("{path}/")) {
            let _ = writeln!(out, "ProxyPass \"{asked}\" \"{to}{path}{page}\" {OPTIONS}");
        }
    }
    if path != "/settings" {
        let _ = writeln!(out, "RewriteRule \"^/settings$\" \"{url}/settings\" [R=302,L]");
    }
    out
}

/// The pages on a host of their own.
pub(super) fn on_their_own(pages: &Reach) -> String {
    format!("ProxyPass \"/\" \"{}/\" {OPTIONS}\nLimitRequestBody 65536\n", backend(pages))
}
