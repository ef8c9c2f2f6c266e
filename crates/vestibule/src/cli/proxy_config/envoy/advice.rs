//! What must still be done, so that Envoy's file and Vestibule's fit together. Each line is marked `EDIT`.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::Envoy;
use super::clusters::preferred;
use crate::config::Config;
use crate::listen::ListenAddress;

/// Comments for the printed file; empty when there is nothing to do.
pub(super) fn on(options: &Envoy, config: &Config) -> String {
    let mut out = String::new();
    let asked = if options.grpc { &config.listen.ext_authz } else { &config.listen.resolver };
    if is_not_believed(preferred(asked), config) {
        out.push_str(
            "# EDIT vestibule.toml: without [proxies] trusted = [\"127.0.0.1\"] (this Envoy's address) or a unix socket,\n\
             # Vestibule does not believe this Envoy, and nobody passes.\n",
        );
    } else if is_not_believed(preferred(&config.listen.public), config) {
        out.push_str(
            "# EDIT vestibule.toml: without [proxies] trusted = [\"127.0.0.1\"] (this Envoy's address) or a unix socket, all\n\
             # people come from one address to Vestibule, and share its limits.\n",
        );
    }
    let public_url = &config.top.public_url;
    if public_url.is_https() != options.tls_cert.is_some() {
        let _ = writeln!(
            out,
            "# EDIT: public_url is {}, and Envoy listens {} a certificate: --tls-cert and --tls-key go with https.",
            if public_url.is_https() { "https" } else { "http" },
            if options.tls_cert.is_some() { "with" } else { "without" },
        );
    }
    let reached = |name: &str| match &config.session.cookie_domain {
        Some(domain) => name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => name == public_url.host(),
    };
    let own = public_url.path().is_empty().then_some("the application's host");
    if let Some(name) = options.server_name.as_deref().or(own).filter(|name| !reached(name)) {
        let _ = writeln!(
            out,
            "# EDIT vestibule.toml: the session cookie of {} does not reach {name}; set [session] cookie_domain.",
            public_url.host()
        );
    }
    out
}

fn is_not_believed(address: Option<&ListenAddress>, config: &Config) -> bool {
    let Some(ListenAddress::Tcp(tcp)) = address else { return false };
    let proxy = if tcp.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { tcp.ip() };
    !config.proxies.trusted.iter().any(|network| network.contains(proxy))
}
