//! A listener: what a request has to be before anybody is asked, and what is taken out of it.

use std::net::SocketAddr;
use std::path::Path;

use super::{Envoy, ask, cookies, routes, yaml};
use crate::cli::proxy_config::indent;
use crate::config::Config;
use vestibule_gate::original::Line;

/// An item of `listeners`.
pub(super) fn at(address: SocketAddr, options: &Envoy, config: &Config) -> String {
    let (ip, port) = (address.ip(), address.port());
    let manager = format!(
        "\"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager\n\
         stat_prefix: vestibule\n{}{}{LIMITS}{}http_filters:\n{}{}{ROUTER}",
        paths(config),
        headers(config),
        routes::config(options, config),
        ask::filter(options, config),
        cookies::filter(config),
    );
    let filter = format!("name: http\ntyped_config:\n{}", indent(&manager, 2));
    let chain = format!("{}filters:\n{}", tls(options), yaml::item(&filter));
    yaml::item(&format!(
        "name: {}\naddress: {{ socket_address: {{ address: {}, port_value: {port} }} }}\n\
         per_connection_buffer_limit_bytes: 32768\nfilter_chains:\n{}",
        yaml::quoted(&format!("vestibule_{port}")),
        yaml::quoted(&ip.to_string()),
        yaml::item(&chain),
    ))
}

fn tls(options: &Envoy) -> String {
    let (Some(cert), Some(key)) = (&options.tls_cert, &options.tls_key) else { return String::new() };
    // Envoy begins relative paths where it was started.
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file = |path: &Path| yaml::quoted(&absolute(path).to_string_lossy());
    format!(
        "transport_socket:\n  name: tls\n  typed_config:\n    \
         \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext\n    \
         common_tls_context:\n      alpn_protocols: [h2, http/1.1]\n      \
         tls_params: {{ tls_minimum_protocol_version: TLSv1_2 }}\n      tls_certificates:\n      \
         - certificate_chain: {{ filename: {} }}\n        private_key: {{ filename: {} }}\n",
        file(cert),
        file(key),
    )
}

/// One reading of the path for everybody.
fn paths(config: &Config) -> String {
    let relaxed = config.policy().rules.policies().all().any(|policy| policy.allows(Line::EncodedSlash));
    let slashes = if relaxed {
        "path_with_escaped_slashes_action: KEEP_UNCHANGED   # [paths] allows %2f somewhere; Vestibule refuses it elsewhere\n"
    } else {
        "path_with_escaped_slashes_action: REJECT_REQUEST   # %2F and %5C\n"
    };
    format!("{PATHS}{slashes}")
}

const PATHS: &str = "\
# One reading of the path, for the routes below, for Vestibule and for the application. What is left that could be read
# in two ways, Vestibule refuses.
normalize_path: true
merge_slashes: true
";

/// What a client may not say.
fn headers(config: &Config) -> String {
    format!("{HEADERS}{}{MORE_HEADERS}", removed(config, config.trace.is_some()))
}

/// Settings of an HTTP connection manager that take out what only we or Envoy may say. Where requests are `traced`,
/// another filter takes that header out behind the question.
pub(in crate::cli::proxy_config) fn removed(config: &Config, traced: bool) -> String {
    let lines = [ours(config), others(traced)].concat();
    format!("{REMOVED}{}", indent(&lines.iter().map(|line| format!("{line}\n")).collect::<String>(), 4))
}

/// The mutations that remove our own names, in every spelling.
pub(in crate::cli) fn ours(config: &Config) -> Vec<String> {
    let names = config.identity_headers();
    let prefix = std::iter::once(in_any_spelling(names.prefix().as_str()) + ".*");
    let extra = names.extra().iter().map(|header| in_any_spelling(header.name()));
    prefix.chain(extra).map(|pattern| matched(&pattern)).collect()
}

/// The mutations that remove what a client may not say to anybody.
pub(in crate::cli) fn others(traced: bool) -> Vec<String> {
    let trace = (!traced).then_some("x.?vestibule.?trace");
    REWRITERS.into_iter().chain(trace).map(matched).collect()
}

fn matched(pattern: &str) -> String {
    format!("- remove_on_match: {{ key_matcher: {{ safe_regex: {{ regex: {} }} }} }}", yaml::quoted(pattern))
}

/// Applications read `X_Authgear_User_Id` and `X.Authgear.User.Id` as one of ours.
fn in_any_spelling(name: &str) -> String {
    name.to_lowercase().replace('-', ".?")
}

/// By these some applications route, or believe a proxy; of Envoy's own, a client on a private address would be believed.
const REWRITERS: [&str; 7] = [
    "x.?(forwarded|original|rewrite|envoy).*",
    "x.?(http.?)?method(.?override)?",
    "x.?real.?ip",
    "x.?client.?ip",
    "forwarded",
    "proxy",
    "http2.?settings",
];

const HEADERS: &str = "\
# Names with `_` are dropped, and of the others all that only we or Envoy may say, in every spelling, before a route is
# chosen and before anybody is asked.
";

const REMOVED: &str = "\
common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }
early_header_mutation_extensions:
- name: early_header_mutation
  typed_config:
    \"@type\": type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
    mutations:
";

const MORE_HEADERS: &str = "\
# X-Forwarded-For and X-Forwarded-Proto are Envoy's own then: who is really there, and how. Is there a proxy before this
# one, see xff_num_trusted_hops and take `forwarded` out of the pattern above.
use_remote_address: true
skip_xff_append: false
";

const LIMITS: &str = "\
# Who sends slowly is not waited for.
request_headers_timeout: 15s
stream_idle_timeout: 300s
http2_protocol_options: { max_concurrent_streams: 100, initial_stream_window_size: 65536, initial_connection_window_size: 1048576 }
# Only a WebSocket may upgrade: an HTTP/2 connection smuggled through would never be checked again.
upgrade_configs: [{ upgrade_type: websocket }]
";

const ROUTER: &str = "\
- name: router
  typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
";
