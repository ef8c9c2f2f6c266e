//! HAProxy.

use super::each;
use crate::cli::doctor::through::hole::Hole;

pub(super) fn line(hole: &Hole) -> String {
    match hole {
        Hole::Identity(names) => {
            let delete = |name: &str| format!("`http-request del-header {name}`");
            format!("these lines, before the call:\n    {}", each(names, delete))
        }
        Hole::Underscores | Hole::OddSigns => {
            "`http-request del-header ^x.?authgear -m reg` (with your prefix), before the call: it takes every spelling"
                .into()
        }
        Hole::Nominated => "`http-request del-header connection unless { req.hdr(upgrade) -m found }`".into(),
        Hole::NotTold => {
            "`http-request lua.vestibule`, and an `http-request set-header` for each identity header behind it".into()
        }
        Hole::Unguarded => {
            "`http-request deny deny_status 503 unless { var(txn.vst_status) -m int 200 }` behind the call: \
             deny unless it said 200, never deny if it said 401"
                .into()
        }
        Hole::Believed(_) | Hole::Described(_) => {
            let own =
                "`http-request del-header ^x.?(forwarded|original|rewrite) -m reg` and `^forwarded$`, before the call";
            match hole {
                Hole::Described(names) => {
                    format!("{own}, or:\n    {}", each(names, |name| format!("`http-request del-header {name}`")))
                }
                _ => own.to_owned(),
            }
        }
        Hole::Address(names) => {
            each(names, |name| format!("`http-request set-header {} %[src]`", name.to_ascii_lowercase()))
        }
        Hole::Upgrade => "`http-request del-header upgrade unless { req.hdr(upgrade) -m str -i websocket }` and \
             `http-request del-header http2-settings`"
            .into(),
        Hole::Path | Hole::Bypass => "`http-request deny deny_status 400 if { path -m reg -i \
             '(//|[;#\\x5c]|/[.][.]?(/|$)|%(2e|2f|5c|00|23|25|3b|3f))' }`, and no `path_beg` that leaves the call out"
            .into(),
        Hole::Rewritten => "no `http-request set-path`, `replace-path` or `normalize-uri` behind the call".into(),
        Hole::AnyHost => "`http-request deny unless { req.hdr(host) -i app.example.com }`".into(),
        Hole::TwoHosts => "`http-request deny deny_status 400 if { req.fhdr_cnt(host) gt 1 }`".into(),
        Hole::Cookies => "`http-request replace-header Cookie` for each of our cookies' names, behind the call".into(),
        Hole::Tossed => {
            "`http-request deny deny_status 400 if { req.fhdr_cnt(cookie) gt 1 }`, or a script that joins the lines"
                .into()
        }
        Hole::Door => "no `use_backend` that leads `/_resolver/` to Vestibule".into(),
        Hole::Ops => "no backend with `[listen] ops` in it".into(),
        Hole::Revoked => "no `http-request cache-use` before the call".into(),
    }
}
