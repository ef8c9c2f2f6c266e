//! Traefik's routers: which way a request goes. The longest rule does not win here, since every router says its priority.

use super::{Traefik, pages};
use crate::cli::proxy_config::envoy::yaml;
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// A router. What it needs before the service is reached is in the order of its middlewares.
pub(super) fn router(
    name: &str,
    rule: &str,
    priority: u8,
    middlewares: &[&str],
    service: &str,
    with_tls: bool,
) -> String {
    let tls = if with_tls { "tls: {}\n" } else { "" };
    let lines = format!(
        "rule: {}\npriority: {priority}\nentryPoints: [\"vestibule\"]\nmiddlewares: {}\nservice: {}\n{tls}",
        yaml::quoted(rule),
        serde_json::json!(middlewares),
        yaml::quoted(service)
    );
    format!("{name}:\n{}", indent(&lines, 2))
}

/// Every router.
pub(super) fn all(options: &Traefik, config: &Config) -> String {
    let with_tls = options.tls_cert.is_some();
    let rule = options.app_host(config).map_or_else(|| "PathPrefix(`/`)".to_owned(), |name| format!("Host(`{name}`)"));
    let websocket = format!("{rule} && Method(`GET`) && HeaderRegexp(`Upgrade`, `(?i)^websocket$`)");
    let asked = ["vestibule-deletes", "vestibule-no-upgrade", "vestibule"];
    let opens = ["vestibule-deletes", "vestibule-websocket", "vestibule"];
    format!(
        "# Everything is the application's that no router with a higher priority has, and Vestibule is asked about each\n\
         # request. BEWARE: a router without the middleware `vestibule` lets everybody in.\n{}{}{}",
        router("application", &rule, 1, &asked, "application", with_tls),
        router("application-websocket", &websocket, 2, &opens, "application", with_tls),
        pages::routers(config, with_tls),
    )
}
