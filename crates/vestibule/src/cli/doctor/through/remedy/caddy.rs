//! Caddy.

use super::each;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::proxy_config::caddy::line_for;
use crate::config::Config;

pub(super) fn line(hole: &Hole, config: &Config) -> String {
    let delete = |names: &[String]| {
        let mut lines: Vec<String> = names.iter().map(|name| line_for(name, config)).collect();
        lines.dedup();
        format!("these lines, before the call:\n    {}", each(&lines, |line| format!("`{line}`")))
    };
    match hole {
        Hole::Identity(names) => {
            format!("{} (no `copy_headers` is enough: it deletes exact names, and in some versions none)", delete(names))
        }
        Hole::Underscores => "`request_header -*_*`, before the call; no `copy_headers` deletes such a name".into(),
        Hole::OddSigns => {
            "`request_header -*.*`, before the call, and a line like it for each sign that is neither letter, digit nor hyphen".into()
        }
        Hole::Nominated => "`request_header -Connection`, before the call".into(),
        Hole::NotTold => {
            "a `request_header` for each name in `handle_response @passes` of the call, and the call before the application, in one \
             `route`"
                .into()
        }
        Hole::Unguarded => {
            "the `reverse_proxy` with `rewrite /_resolver/forward/forwarded?` before the application's, in one `route`, with \
             `respond 503` in its last `handle_response`"
                .into()
        }
        Hole::Believed(names) => format!(
            "{}\n    and in the call `header_up X-Forwarded-Uri {{http.request.uri}}` and `header_up X-Forwarded-Method \
             {{http.request.method}}`",
            delete(names)
        ),
        Hole::Described(names) => delete(names),
        Hole::Address(names) => format!("no `trusted_proxies` that has the client in it; {}", delete(names)),
        Hole::Upgrade => "`request_header @no_websocket -Upgrade`, with the matcher `@no_websocket`, `request_header -Connection` \
             and `request_header -HTTP2-Settings`, before the call"
            .into(),
        Hole::Path | Hole::Bypass => "`respond @odd 400`, with the expression of that name over \
             `{http.request.orig_uri}`, before everything else"
            .into(),
        Hole::Rewritten => "no `rewrite`, `uri` or `handle_path` between the call and the application".into(),
        Hole::AnyHost => {
            "`respond @stranger 421` with `@stranger not host` and the host's name, before everything else; --server-name prints \
             it"
                .into()
        }
        Hole::TwoHosts => "nothing; Caddy refuses it, so look at what is before it".into(),
        Hole::Cookies => "the `request_header Cookie` lines and `request_header @no_cookie -Cookie`, behind the call".into(),
        Hole::Tossed => "nothing; Caddy passes every cookie on; look for a `header_up Cookie` in the call".into(),
        Hole::Door => "no `handle` or `reverse_proxy` that leads `/_resolver/` to Vestibule; the call rewrites by itself".into(),
        Hole::Ops => "no `reverse_proxy` to `[listen] ops`".into(),
        Hole::Revoked => "no cache before the call".into(),
    }
}
