//! Where the pages, the resolver and the application are.

use anyhow::{anyhow, bail};

use super::{Envoy, yaml};
use crate::cli::proxy_config::app::App;
use crate::config::Config;
use crate::listen::ListenAddress;

/// Items of `clusters`.
pub(super) fn all(options: &Envoy, config: &Config) -> anyhow::Result<String> {
    let listen = &config.listen;
    let asked = if options.grpc {
        let Some(address) = preferred(&listen.ext_authz) else {
            bail!(
                "--grpc: listen.ext_authz is empty; name an address at which Envoy can reach it, such as \
                 `unix:/run/vestibule/ext-authz.sock`"
            );
        };
        cluster("vestibule_ext_authz", &endpoint(address)?, HTTP2)
    } else {
        let address = preferred(&listen.resolver).ok_or_else(|| anyhow!("listen.resolver is empty"))?;
        cluster("vestibule_resolver", &endpoint(address)?, "")
    };
    let pages = preferred(&listen.public).ok_or_else(|| anyhow!("listen.public is empty"))?;
    let pages = cluster("vestibule_pages", &endpoint(pages)?, "");
    Ok(format!("{asked}{pages}{}", app(options.app.as_ref())))
}

/// A unix socket first: what comes through it is believed, and nobody else on the machine gets in.
pub(super) fn preferred(addresses: &[ListenAddress]) -> Option<&ListenAddress> {
    addresses.iter().find(|address| matches!(address, ListenAddress::Unix(_))).or_else(|| addresses.first())
}

const HTTP2: &str = "\
typed_extension_protocol_options:
  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
    \"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
    explicit_http_config: { http2_protocol_options: {} }
";

fn endpoint(address: &ListenAddress) -> anyhow::Result<String> {
    Ok(match address {
        ListenAddress::Unix(unix) => {
            let path = unix.path().to_str().ok_or_else(|| anyhow!("`{address}` is not UTF-8, and YAML is"))?;
            format!("pipe: {{ path: {} }}", yaml::quoted(path))
        }
        ListenAddress::Tcp(tcp) => {
            let host = match tcp {
                _ if !tcp.ip().is_unspecified() => tcp.ip().to_string(),
                std::net::SocketAddr::V4(_) => "127.0.0.1".to_owned(),
                std::net::SocketAddr::V6(_) => "::1".to_owned(),
            };
            socket(&host, tcp.port())
        }
    })
}

fn socket(host: &str, port: u16) -> String {
    format!("socket_address: {{ address: {}, port_value: {port} }}", yaml::quoted(host))
}

fn cluster(name: &str, endpoint: &str, more: &str) -> String {
    yaml::item(&format!(
        "name: {name}\nconnect_timeout: 1s\n{more}load_assignment:\n  cluster_name: {name}\n  endpoints:\n  \
         - lb_endpoints: [{{ endpoint: {{ address: {{ {endpoint} }} }} }}]\n"
    ))
}

fn app(app: Option<&App>) -> String {
    let Some(app) = app else {
        return format!("# EDIT: the application's address, or --app\n{}", cluster("app", &socket("127.0.0.1", 9), ""));
    };
    let tls = if app.scheme == "https" { verified(&app.host) } else { String::new() };
    if let Some(path) = app.address.strip_prefix("unix:") {
        return cluster("app", &format!("pipe: {{ path: {} }}", yaml::quoted(path)), "");
    }
    let host = app.host.trim_start_matches('[').trim_end_matches(']');
    let port = app.address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
    let by_name = host.parse::<std::net::IpAddr>().is_err();
    let found = if by_name { "type: STRICT_DNS\n" } else { "" };
    cluster("app", &socket(host, port), &format!("{found}{tls}"))
}

fn verified(host: &str) -> String {
    let host = yaml::quoted(host);
    format!(
        "transport_socket:\n  name: tls\n  typed_config:\n    \
         \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n    sni: {host}\n    \
         common_tls_context:\n      validation_context:\n        \
         trusted_ca: {{ filename: /etc/ssl/certs/ca-certificates.crt }}\n        \
         match_typed_subject_alt_names: [{{ san_type: DNS, matcher: {{ exact: {host} }} }}]\n"
    )
}
