//! What is taken out of every request before anything else happens: names that only we or Caddy may say.

use std::fmt::Write as _;

use crate::cli::proxy_config::names::{FORWARDED, METHODS};
use crate::config::Config;

/// What a name may have in it besides letters, digits and `-`. CGI, WSGI and PHP read some of them as `-`.
const ODD: [char; 14] = ['_', '.', '!', '#', '$', '%', '&', '\'', '*', '+', '^', '`', '|', '~'];

/// Names with these beginnings go, all of them.
const FAMILIES: [&str; 4] = ["X-Forwarded-", "X-Original-", "X-Rewrite-", "X-Envoy-"];

const MORE: [&str; 3] = ["X-Vestibule-Trace", "HTTP2-Settings", "Proxy-Connection"];

/// The line that deletes this name.
pub(in crate::cli) fn line_for(name: &str, config: &Config) -> String {
    let headers = config.identity_headers();
    let families = std::iter::once(headers.prefix().as_str()).chain(FAMILIES);
    match families.into_iter().find(|family| has_prefix(name, family)) {
        Some(family) => format!("request_header -{family}*"),
        None => format!("request_header -{name}"),
    }
}

fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix))
}

/// The lines that delete.
pub(super) fn all(config: &Config) -> String {
    let mut out = String::from(
        "\n# 2. `X_Authgear_User_Id` and `X.Authgear.User.Id` are the same name as ours for CGI, WSGI and PHP: names with other\n\
         # characters than letters, digits and `-` go.\n",
    );
    for odd in ODD {
        let word = format!("-*{odd}*");
        let word = if odd.is_ascii_punctuation() && "_.".contains(odd) { word } else { super::quoted(&word) };
        let _ = writeln!(out, "request_header {word}");
    }
    out.push_str(
        "# Only we say who somebody is. Headers by which some frameworks route or trust or make a POST a DELETE go too, and\n\
         # the one by which Vestibule is asked for its reasons.\n",
    );
    let headers = config.identity_headers();
    let prefix = headers.prefix().as_str();
    let _ = writeln!(out, "request_header -{prefix}*");
    for family in FAMILIES {
        let _ = writeln!(out, "request_header -{family}*");
    }
    let extra = headers.extra().iter().map(|header| header.name());
    for name in extra.chain(FORWARDED).chain(METHODS).chain(MORE) {
        if !has_prefix(name, prefix) && !FAMILIES.iter().any(|family| has_prefix(name, family)) {
            let _ = writeln!(out, "request_header -{name}");
        }
    }
    out
}
