//! Which host and path is whose: the pages', where nobody is asked, or the application's.

use super::{Envoy, ask, cookies, yaml};
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// `route_config`.
pub(super) fn config(options: &Envoy, config: &Config) -> String {
    let url = &config.top.public_url;
    let shares = !url.path().is_empty();
    let name = options.server_name.as_deref().or_else(|| shares.then(|| url.host()));
    let edit = if name.is_none() { "   # EDIT: the application's host name, or --server-name" } else { "" };
    let pages_here = if shares { under_a_path(config) } else { String::new() };
    let app = format!("name: app\ndomains: [{}]{edit}\nroutes:\n{pages_here}{APP}", yaml::quoted(name.unwrap_or("*")));
    let pages = format!(
        "# Our pages, on a host of their own. Nobody is asked who somebody is here.\n\
         name: pages\ndomains: [{}]\n{}routes:\n{}",
        yaml::quoted(url.host()),
        nobody_is_asked(),
        yaml::item(&format!("match: {{ prefix: \"/\" }}\n{TO_PAGES}")),
    );
    let own = if shares { String::new() } else { yaml::item(&pages) };
    let hosts = format!("{own}{}", yaml::item(&app));
    format!(
        "route_config:\n  # A host is one, whatever its port. Other hosts than these are nobody's: 404.\n  \
             ignore_port_in_host_matching: true\n  virtual_hosts:\n{}",
        indent(&hosts, 2)
    )
}

const APP: &str = "\
# Everything else is the application's, once we have said that the request may pass.
- match: { prefix: \"/\" }
  route: { cluster: app, timeout: 0s, idle_timeout: 60s }
";

const TO_PAGES: &str = "route: { cluster: vestibule_pages, timeout: 30s }\n";

/// For the pages' host, or the first of their routes.
fn nobody_is_asked() -> String {
    format!(
        "typed_per_filter_config: &nobody_is_asked\n  \
         {}: {{ \"@type\": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute, disabled: true }}\n  \
         {}: {{ \"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute, disabled: true }}\n",
        ask::NAME,
        cookies::NAME
    )
}

/// For the others.
const NOR_HERE: &str = "typed_per_filter_config: *nobody_is_asked\n";

/// The pages under a path of the application's host, and what is asked for at its root although they have a path.
fn under_a_path(config: &Config) -> String {
    let url = &config.top.public_url;
    let path = url.path();
    let route = |matching: String, to: String| yaml::item(&format!("match: {{ {matching} }}\n{to}"));
    let exact = |asked: &str| format!("path: {}", yaml::quoted(asked));
    let page = |page: &str| {
        let page = yaml::quoted(&format!("{path}{page}"));
        format!("route: {{ cluster: vestibule_pages, timeout: 30s, prefix_rewrite: {page} }}\n")
    };
    let moved = |page: &str| {
        let page = yaml::quoted(&format!("{path}{page}"));
        format!("redirect: {{ path_redirect: {page}, response_code: FOUND }}\n")
    };
    let metadata = "/.well-known/oauth-authorization-server";
    let root: String = [
        (exact("/.well-known/change-password"), moved("/settings/password")),
        (exact(&format!("{metadata}{path}")), page(metadata)),
        (exact("/oauth2/app_session_token"), page("/oauth2/app_session_token")),
        (exact("/oauth2/challenge"), page("/oauth2/challenge")),
        ("prefix: \"/api/anonymous_user/\"".to_owned(), page("/api/anonymous_user/")),
        (exact("/settings"), moved("/settings")),
    ]
    .into_iter()
    .map(|(matching, to)| route(matching, to + NOR_HERE))
    .collect();
    let own =
        route(format!("path_separated_prefix: {}", yaml::quoted(path)), format!("{TO_PAGES}{}", nobody_is_asked()));
    format!(
        "# Our pages, under the path of public_url, which is passed on unchanged. Nobody is asked who somebody is here.\n\
         {own}\
         # What clients ask for at the root although public_url has a path: where password managers look, our metadata,\n\
         # since RFC 8414 puts the path behind, and what Authgear's SDK looks for there only. Has your application a page\n\
         # /settings, take the last one out.\n{root}"
    )
}
