//! The headers that every proxy deletes from a request before anything is set: names that only we or the proxy may say,
//! and those by which a client could make one request another.

use crate::config::Config;

/// Headers by which some frameworks route or trust. A proxy may set some of them anew, a client none.
pub(in crate::cli) const FORWARDED: [&str; 18] = [
    "Forwarded",
    "Proxy",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Forwarded-Uri",
    "X-Forwarded-Method",
    "X-Forwarded-Prefix",
    "X-Original-URL",
    "X-Original-URI",
    "X-Original-Method",
    "X-Original-Host",
    "X-Rewrite-URL",
    "X-Real-IP",
    "X-Client-IP",
    "X-Envoy-Original-Path",
];

/// Headers that make a POST a DELETE in some frameworks, behind the back of a rule that looked at the method.
pub(in crate::cli) const METHODS: [&str; 3] = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

/// A pattern for every name that a framework may read as one of ours: the prefix with anything behind it, the names of
/// `[headers.extra]`, and a character that is no letter or digit for each `-`, since CGI, WSGI and PHP fold those. To be
/// matched in any case of letters.
pub(in crate::cli) fn folded(config: &Config) -> String {
    let headers = config.identity_headers();
    let fold = |name: &str| name.to_ascii_lowercase().replace('-', "[^a-z0-9]");
    let prefix = fold(headers.prefix().as_str());
    let extra = headers.extra().iter().map(|header| format!("{}$", fold(header.name())));
    let all: Vec<String> = std::iter::once(prefix).chain(extra).collect();
    if let [one] = &all[..] { format!("^{one}") } else { format!("^({})", all.join("|")) }
}
