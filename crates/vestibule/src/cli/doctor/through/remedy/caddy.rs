//! Caddy.

use super::each;
use crate::cli::doctor::through::hole::Hole;

pub(super) fn line(hole: &Hole) -> String {
    match hole {
        Hole::Identity(names) => {
            let delete = |name: &str| format!("`request_header -{name}`");
            format!("these lines, before the call (a wildcard, `-*authgear*`, takes every spelling):\n    {}", each(names, delete))
        }
        Hole::Underscores | Hole::OddSigns => {
            "`request_header -` with a wildcard that fits every spelling, such as `request_header -*authgear*`, before the \
             call; `copy_headers` alone deletes exact names"
                .into()
        }
        Hole::Nominated => "`request_header @noup -Connection`, with `@noup not header Upgrade websocket`".into(),
        Hole::NotTold => "`request_header NAME {http.reverse_proxy.header.NAME}` for each name, in the `handle_response` of the \
             call, inside a `route`"
            .into(),
        Hole::Unguarded => "the `reverse_proxy` with `rewrite /_resolver/forward/forwarded` before the application's, in one \
             `route`"
            .into(),
        Hole::Believed(_) => "`request_header -x-forwarded-*` and `-x_*` before the call, and in it `header_up X-Forwarded-Uri \
             {uri}` and `header_up X-Forwarded-Method {method}`"
            .into(),
        Hole::Described(names) => {
            format!("these lines, before the call:\n    {}", each(names, |name| format!("`request_header -{name}`")))
        }
        Hole::Address(names) => {
            format!("no `trusted_proxies` that has the client in it, and:\n    {}", each(names, |name| format!("`request_header -{name}`")))
        }
        Hole::Upgrade => "`request_header @noup -Upgrade` and `-Connection`, with `@noup not header Upgrade websocket`".into(),
        Hole::Path | Hole::Bypass => "`respond @bad 400`, with the expression of that name over \
             `{http.request.orig_uri}`, before everything else"
            .into(),
        Hole::Rewritten => "no `rewrite`, `uri` or `handle_path` between the call and the application".into(),
        Hole::AnyHost => "a site address with the host's name, and none that is a port alone".into(),
        Hole::TwoHosts => "nothing: Caddy refuses it; look at what is before it".into(),
        Hole::Cookies => "a `request_header Cookie` line for each of our cookies' names, behind the call".into(),
        Hole::Tossed => "nothing: Caddy passes every cookie on; look for a `header_up Cookie` in the call".into(),
        Hole::Door => "no `handle` or `reverse_proxy` that leads `/_resolver/` to Vestibule; the call rewrites by itself".into(),
        Hole::Ops => "no `reverse_proxy` to `[listen] ops`".into(),
        Hole::Revoked => "no cache before the call".into(),
    }
}
