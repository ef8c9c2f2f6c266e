//! The way to our own pages, under a path of the application's host or on a host of their own.

use super::routers::router;
use crate::cli::proxy_config::envoy::yaml;
use crate::config::Config;

const DELETES: &str = "vestibule-deletes";

const METADATA: &str = "/.well-known/oauth-authorization-server";

/// What clients ask for at the root although public_url has a path.
const AT_THE_ROOT: &str =
    "Path(`/oauth2/app_session_token`) || Path(`/oauth2/challenge`) || PathPrefix(`/api/anonymous_user/`)";

/// The routers to the pages.
pub(super) fn routers(config: &Config, with_tls: bool) -> String {
    let url = &config.top.public_url;
    let (host, path) = (format!("Host(`{}`)", url.host()), url.path());
    let to_pages = |name: &str, rule: &str, priority: u8, more: &[&str]| {
        let middlewares = [&[DELETES, "vestibule-no-upgrade"], more].concat();
        router(name, rule, priority, &middlewares, "vestibule-pages", with_tls)
    };
    if path.is_empty() {
        let said = "# Our pages, on a host of their own. Nobody is asked who somebody is there.\n";
        return format!("{said}{}", to_pages("vestibule-pages", &host, 4, &[]));
    }
    let moved = |name: &str, asked: &str| {
        router(name, &format!("{host} && Path(`{asked}`)"), 3, &[name], "noop@internal", with_tls)
    };
    let mut out = String::from("# Our pages, under the path of public_url. Nobody is asked who somebody is there.\n");
    out.push_str(&to_pages("vestibule-pages", &format!("{host} && PathPrefix(`{path}/`)"), 4, &[]));
    out.push_str(&moved("vestibule-start", path));
    out.push_str("# Where password managers look for the page that changes a password.\n");
    out.push_str(&moved("vestibule-change-password", "/.well-known/change-password"));
    out.push_str("# What clients ask for at the root: our metadata, and what Authgear's SDK looks for there.\n");
    let metadata = format!("{host} && Path(`{METADATA}{path}`)");
    out.push_str(&to_pages("vestibule-metadata", &metadata, 3, &["vestibule-metadata"]));
    out.push_str(&to_pages("vestibule-root", &format!("{host} && ({AT_THE_ROOT})"), 3, &["vestibule-root"]));
    if path != "/settings" {
        out.push_str("# Has your application a page /settings, take this one out.\n");
        out.push_str(&moved("vestibule-settings", "/settings"));
    }
    out
}

/// What those routers need.
pub(super) fn middlewares(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    if path.is_empty() {
        return String::new();
    }
    let moved = |name: &str, to: &str| {
        // `$` begins the name of a group.
        let to = format!("{url}{to}").replace('$', "$$");
        format!("{name}:\n  redirectRegex:\n    regex: \"^.*$\"\n    replacement: {}\n", yaml::quoted(&to))
    };
    let mut out = moved("vestibule-start", "/");
    out.push_str(&moved("vestibule-change-password", "/settings/password"));
    if path != "/settings" {
        out.push_str(&moved("vestibule-settings", "/settings"));
    }
    let metadata = yaml::quoted(&format!("{path}{METADATA}"));
    out + &format!(
        "vestibule-metadata:\n  replacePath:\n    path: {metadata}\nvestibule-root:\n  addPrefix:\n    prefix: {}\n",
        yaml::quoted(path)
    )
}
