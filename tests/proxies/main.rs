//! Real proxies before the built binary, each with exactly the configuration that `vestibule proxy-config` prints.
//! `scripts/test-proxies` installs them; one that is not there is skipped, and says so.
//!
//! What must hold is written once, in `passing`, `forging`, `paths` and `faults`, and every proxy runs through all of it.
//! A proxy is a file that says how it is started, and a line in [`battery`] below.

mod battery;
mod doctor;
mod faults;
mod forging;
mod passing;
mod paths;
mod site;

mod apache;
mod apache_script;
mod caddy;
mod caddy_printed;
mod envoy;
mod envoy_printed;
mod haproxy;
mod haproxy_printed;
mod haproxy_script;
mod http2;
mod nginx;
mod traefik;

battery::battery! {
    nginx_by_check: crate::nginx::CHECKING,
    apache_by_lua: crate::apache::BY_LUA,
    envoy_over_http: crate::envoy::OVER_HTTP,
    envoy_by_grpc: crate::envoy::BY_GRPC,
    haproxy_by_lua: crate::haproxy::BY_LUA,
    caddy_of_debian: crate::caddy::DEBIAN,
    caddy_newest: crate::caddy::NEWEST,
    traefik_by_forward_auth: crate::traefik::FORWARDING,
}
