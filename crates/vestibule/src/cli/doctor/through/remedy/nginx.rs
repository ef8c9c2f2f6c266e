//! nginx.

use vestibule_gate::verdict::SUFFIXES;

use super::each;
use crate::cli::doctor::through::hole::Hole;

pub(super) fn line(hole: &Hole) -> String {
    match hole {
        Hole::Identity(names) => {
            let set = |name: &str| format!("`proxy_set_header {name} $vestibule_{};`", variable(name));
            format!(
                "these lines, at the server, and again in every location that has a `proxy_set_header` of its own (each variable \
                 by `auth_request_set`, from `$upstream_http_` and the name):\n    {}",
                each(names, set)
            )
        }
        Hole::Underscores => {
            "`underscores_in_headers off;` in `http` (and in the first server of the address: nginx obeys that one)"
                .into()
        }
        Hole::OddSigns => "`ignore_invalid_headers on;` in `http` and in the first server of the address".into(),
        Hole::Nominated => "`proxy_set_header Connection $vestibule_connection;`".into(),
        Hole::NotTold => {
            "`auth_request /_vestibule;` in this location, and a `proxy_set_header` for each identity header; look \
             for `auth_request off;`"
                .into()
        }
        Hole::Unguarded => {
            "`auth_request` to a location with `proxy_pass http://vestibule_resolver/_resolver/check/nginx;`; look for \
             `auth_request off;`"
                .into()
        }
        Hole::Believed(_) => "in the location that asks: `proxy_set_header X-Original-URL \
             $scheme://$vestibule_host$request_uri;` (with https where TLS ends before nginx), `proxy_set_header X-Original-Method \
             $request_method;` and `proxy_pass_request_headers off;`"
            .into(),
        Hole::Described(names) => {
            let set = |name: &str| format!("`proxy_set_header {name} {};`", own_value(name));
            format!("these lines, at the server:\n    {}", each(names, set))
        }
        Hole::Address(names) => {
            format!(
                "these lines, at the server:\n    {}",
                each(names, |name| format!("`proxy_set_header {name} $remote_addr;`"))
            )
        }
        Hole::Upgrade => "`map $http_upgrade $vestibule_upgrade { default \"\"; \"~*^websocket$\" websocket; }`, \
             `proxy_set_header Upgrade $vestibule_upgrade;` and `proxy_set_header HTTP2-Settings \"\";`"
            .into(),
        Hole::Path | Hole::Bypass => "`if ($vestibule_bad_uri) { return 400; }`, with the map of that name".into(),
        Hole::Rewritten => {
            "`proxy_pass http://$vestibule_way;`: no path and no `/` behind the name, or nginx decodes".into()
        }
        Hole::AnyHost => {
            "a server for nobody, `server_name _;`, with `return 421;`, that is the `default_server` of each address, beside a \
             `server_name` for each host of yours; --server-name prints it"
                .into()
        }
        Hole::TwoHosts => "`proxy_set_header Host $vestibule_host;`".into(),
        Hole::Cookies => "`proxy_set_header Cookie $vestibule_app_cookies;`, with the maps before it".into(),
        Hole::Tossed => "in the location that asks: `proxy_set_header Cookie $http_cookie;`".into(),
        Hole::Door => {
            "`internal;` in the location that asks, and no other location with a `proxy_pass` to the resolver".into()
        }
        Hole::Ops => "no location with a `proxy_pass` to `[listen] ops`".into(),
        Hole::Revoked => "`proxy_cache off;` in the location that asks".into(),
    }
}

/// What the proxy says itself in place of a client.
fn own_value(name: &str) -> &'static str {
    match name {
        "X-Forwarded-Host" => "$vestibule_host",
        "X-Forwarded-Proto" => "$scheme",
        _ => "\"\"",
    }
}

/// What the printed file calls it: without the prefix.
fn variable(name: &str) -> String {
    let own = SUFFIXES.into_iter().find(|suffix| name.to_ascii_lowercase().ends_with(suffix));
    own.map_or_else(|| format!("as_{name}"), str::to_owned).to_ascii_lowercase().replace('-', "_")
}
