//! Envoy, and the gateways that are made of it.

use super::each;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::proxy_config::envoy::{others, ours};
use crate::config::Config;

pub(super) fn line(hole: &Hole, config: &Config) -> String {
    let others = || removed(&others(config.trace.is_some()));
    match hole {
        Hole::Identity(_) | Hole::OddSigns => removed(&ours(config)),
        Hole::Underscores => "`common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }`".into(),
        Hole::Nominated => "nothing: Envoy keeps what we set; look at what is behind it".into(),
        Hole::NotTold => {
            "the `ext_authz` filter before the router, with our names in `allowed_upstream_headers`; look for \
             `disabled: true` in a route"
                .into()
        }
        Hole::Unguarded => "the `ext_authz` filter before the router, with `failure_mode_allow: false`; look for \
             `disabled: true` in a route"
            .into(),
        Hole::Believed(_) | Hole::Described(_) => others(),
        Hole::Address(_) => format!(
            "`use_remote_address: true`, with xff_num_trusted_hops as many as there are proxies before it; {}",
            others()
        ),
        Hole::Upgrade => "`upgrade_configs: [{ upgrade_type: websocket }]`, and no other type".into(),
        Hole::Path | Hole::Bypass => "`normalize_path: true`, `merge_slashes: true` and \
             `path_with_escaped_slashes_action: REJECT_REQUEST`; no `disabled: true` by path"
            .into(),
        Hole::Rewritten => "no `prefix_rewrite` or `regex_rewrite` in the route".into(),
        Hole::AnyHost => "`domains: [` with the host's name in it instead of `\"*\"`; --server-name prints it".into(),
        Hole::TwoHosts => "a rule for a named host: Vestibule refuses two of them".into(),
        Hole::Cookies => "the filter `- name: without_our_cookies` behind the one that asks".into(),
        Hole::Tossed => "`- exact: cookie` in `allowed_headers:`".into(),
        Hole::Door => "no route that leads `/_resolver/` to Vestibule's cluster".into(),
        Hole::Ops => "no cluster with `[listen] ops` in it".into(),
        Hole::Revoked => "no cache filter before `ext_authz`".into(),
    }
}

fn removed(lines: &[String]) -> String {
    format!("in `early_header_mutation_extensions:`\n    {}", each(lines, |line| format!("`{line}`")))
}
