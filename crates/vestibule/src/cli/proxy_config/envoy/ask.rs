//! The filter that asks Vestibule whether a request may pass: over HTTP or by gRPC.

use super::{Envoy, yaml};
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// Its name, by which routes switch it off.
pub(super) const NAME: &str = "vestibule";

/// What Vestibule reads of a request. Nothing else of a client's is passed on to it.
pub(in crate::cli::proxy_config) const READ: [&str; 9] = [
    "cookie",
    "authorization",
    "accept",
    "x-requested-with",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-proto",
];

/// By this header whoever knows `[resolver] trace_secret` asks why, and is told.
pub(super) const TRACE: &str = "x-vestibule-trace";

/// An item of `http_filters`.
pub(super) fn filter(options: &Envoy, config: &Config) -> String {
    let trace = config.trace.is_some().then_some(TRACE);
    let read: String = READ.iter().chain(&trace).map(|name| format!("  - exact: {name}\n")).collect();
    let service = if options.grpc { GRPC.to_owned() } else { over_http(config) };
    let settings = format!("{SETTINGS}{service}allowed_headers:\n  patterns:\n{read}");
    yaml::item(&format!("name: {NAME}\ntyped_config:\n{}", indent(&settings, 2)))
}

const SETTINGS: &str = "\
\"@type\": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
transport_api_version: V3
# No answer in time, or none that can be read, and nobody gets to the application.
failure_mode_allow: false
status_on_error: { code: ServiceUnavailable }
";

const GRPC: &str = "\
# Each line of a header by itself, as it came, and not joined with commas.
encode_raw_headers: true
grpc_service:
  envoy_grpc: { cluster_name: vestibule_ext_authz }
  timeout: 2s
";

fn over_http(config: &Config) -> String {
    let names: String = config
        .identity_header_names()
        .iter()
        .map(|name| format!("      - {{ exact: {}, ignore_case: true }}\n", yaml::quoted(&name.to_lowercase())))
        .collect();
    let traced = if config.trace.is_some() { TRACED } else { "" };
    format!("{HTTP}{names}{REFUSED}{traced}")
}

const HTTP: &str = "\
http_service:
  server_uri: { uri: \"http://vestibule\", cluster: vestibule_resolver, timeout: 2s }
  # Behind this Envoy writes the path and the query that were asked for.
  path_prefix: /_resolver/forward/envoy
  authorization_response:
    # What the application gets of an answer that lets a request pass.
    allowed_upstream_headers:
      patterns:
";

const REFUSED: &str = "    # What the browser gets of one that does not.
    allowed_client_headers:
      patterns:
      - { exact: location, ignore_case: true }
      - { exact: www-authenticate, ignore_case: true }
      - { exact: cache-control, ignore_case: true }
";

/// Goes on with what the browser gets of a refusal.
const TRACED: &str = "      - { exact: x-vestibule-trace, ignore_case: true }
    # [resolver] trace_secret: whoever knows it is told why.
    allowed_client_headers_on_success:
      patterns:
      - { exact: x-vestibule-trace, ignore_case: true }
";
