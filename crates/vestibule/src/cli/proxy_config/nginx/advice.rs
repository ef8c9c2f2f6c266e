//! What must still be done, so that nginx's file, Vestibule's and this machine fit together. Each line is marked `EDIT`.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::Nginx;
use super::ask::Ask;
use super::http::preferred;
use super::name::NginxFile;
use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;
use crate::listen::ListenAddress;

/// Comments for the printed file; empty when there is nothing to do.
pub(super) fn on(options: &Nginx, config: &Config) -> String {
    let mut out = believed(config);
    if options.asks(config) == Ask::Check {
        out.push_str(&answered(config));
    }
    out.push_str(&reached(options, config));
    let is_https = config.top.public_url.is_https();
    if options.tls_cert.is_some() && !is_https {
        out.push_str(
            "# EDIT vestibule.toml: nginx serves https and public_url is http, so that cookies go over plain http too; begin\n\
             # public_url with https://.\n",
        );
    }
    for (option, file) in [("--tls-cert", &options.tls_cert), ("--tls-key", &options.tls_key)] {
        if let Some(file) = file.as_ref().filter(|file| NginxFile::is_missing(file)) {
            let _ = writeln!(out, "# EDIT: {option}: there is no {} on this machine.", file.words());
        }
    }
    out
}

/// Whose X-Forwarded-For Vestibule believes.
fn believed(config: &Config) -> String {
    if let Some(ListenAddress::Tcp(tcp)) = preferred(&config.listen.public) {
        let proxy = if tcp.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { tcp.ip() };
        if !config.proxies.trusted.iter().any(|network| network.contains(proxy)) {
            return "# EDIT vestibule.toml: without [proxies] trusted = [\"127.0.0.1\"] (this nginx's address) or a unix socket, all\n\
                    # people come from one address to Vestibule, and share its limits.\n"
                .to_owned();
        }
    }
    String::new()
}

/// Whom the doors that decide answer.
fn answered(config: &Config) -> String {
    match Reach::nearest("listen.resolver", &config.listen.resolver) {
        Ok(resolver) => resolver.advice(config),
        // Said where the address itself is printed.
        Err(_) => String::new(),
    }
}

/// Whether the application's host gets the session cookie.
fn reached(options: &Nginx, config: &Config) -> String {
    let public_url = &config.top.public_url;
    let reached = |name: &str| match &config.session.cookie_domain {
        Some(domain) => name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => name == public_url.host(),
    };
    let own = public_url.path().is_empty().then_some("the application's host");
    match options.server_name.as_ref().map(|name| name.as_str()).or(own).filter(|name| !reached(name)) {
        None => String::new(),
        Some(name) => format!(
            "# EDIT vestibule.toml: the session cookie of {} does not reach {name}; set [session] cookie_domain.\n",
            public_url.host()
        ),
    }
}
