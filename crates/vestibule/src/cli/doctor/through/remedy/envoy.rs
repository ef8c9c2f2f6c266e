//! Envoy, and the gateways that are made of it.

use super::each;
use crate::cli::doctor::through::hole::Hole;

pub(super) fn line(hole: &Hole) -> String {
    match hole {
        Hole::Identity(names) => removed(names, "early_header_mutation_extensions"),
        Hole::Underscores => "`common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }`".into(),
        Hole::OddSigns => {
            "`early_header_mutation_extensions` with `remove_on_match` and a pattern that takes every spelling, \
             such as `x.?authgear.?.*`"
                .into()
        }
        Hole::Nominated => "nothing: Envoy keeps what we set; look at what is behind it".into(),
        Hole::NotTold => {
            "the `ext_authz` filter before the router, with our names in `allowed_upstream_headers`; look for \
             `disabled: true` in a route"
                .into()
        }
        Hole::Unguarded => "the `ext_authz` filter before the router, with `failure_mode_allow: false`; look for \
             `disabled: true` in a route"
            .into(),
        Hole::Believed(names) | Hole::Described(names) => removed(names, "early_header_mutation_extensions"),
        Hole::Address(_) => {
            "`use_remote_address: true`, with `xff_num_trusted_hops` as many as there are proxies before it".into()
        }
        Hole::Upgrade => "`upgrade_configs: [{ upgrade_type: websocket }]` and no other type".into(),
        Hole::Path | Hole::Bypass => "`normalize_path: true`, `merge_slashes: true` and \
             `path_with_escaped_slashes_action: REJECT_REQUEST`; no `disabled: true` by path"
            .into(),
        Hole::Rewritten => "no `prefix_rewrite` or `regex_rewrite` in the route".into(),
        Hole::AnyHost => "`domains` with the host's name instead of `\"*\"`".into(),
        Hole::TwoHosts => "a rule for a named host: Vestibule refuses `app.example.com,evil.example`".into(),
        Hole::Cookies => "the Lua filter behind `ext_authz` that takes our cookies out".into(),
        Hole::Tossed => "`allowed_headers` with `cookie` in it".into(),
        Hole::Door => "no route that leads `/_resolver/` to Vestibule's cluster".into(),
        Hole::Ops => "no cluster with `[listen] ops` in it".into(),
        Hole::Revoked => "no cache filter before `ext_authz`".into(),
    }
}

fn removed(names: &[String], place: &str) -> String {
    let pattern = |name: &str| {
        let regex = name.to_ascii_lowercase().replace('-', ".?");
        format!("`- remove_on_match: {{ key_matcher: {{ safe_regex: {{ regex: \"{regex}\" }} }} }}`")
    };
    format!("in `{place}`:\n    {}", each(names, pattern))
}
