//! HAProxy.

use super::printed;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::proxy_config::haproxy::{ONE_READING, UPGRADES, deleted};
use crate::config::Config;

pub(super) fn line(hole: &Hole, config: &Config) -> String {
    let deleted = printed(&deleted(config), "http-request del-header ");
    let (ours, others) = deleted.split_once('\n').unwrap_or((deleted.as_str(), ""));
    match hole {
        Hole::Identity(_) | Hole::Underscores | Hole::OddSigns => {
            format!("this line, before the call: it takes every spelling\n{ours}")
        }
        Hole::Nominated => format!("these lines, before the call:\n{}", printed(UPGRADES, "http-request")),
        Hole::NotTold => {
            "`http-request lua.vestibule` in the application's backend, with the printed script, which sets or deletes each \
             identity header"
                .into()
        }
        Hole::Unguarded => {
            "`http-request deny deny_status 503 unless { var(txn.vestibule) -m str 'may pass' }` right behind \
             `http-request lua.vestibule`, in every backend of the application; deny unless it said yes, never deny if it said no"
                .into()
        }
        Hole::Believed(_) | Hole::Described(_) => format!("these lines, before the call:\n{others}"),
        Hole::Address(_) => {
            format!("these lines, before the call:\n{others}\n    `http-request set-header X-Forwarded-For %[src]`")
        }
        Hole::Upgrade => {
            let settings = others.lines().filter(|line| line.contains("http2")).collect::<String>();
            format!("these lines, before the call:\n{settings}\n{}", printed(UPGRADES, "http-request"))
        }
        Hole::Path | Hole::Bypass => format!(
            "these lines, before everything else (and no `path_beg` that leaves the call out):\n{}",
            printed(ONE_READING, "http-request deny deny_status 400 if { path")
        ),
        Hole::Rewritten => "no `http-request set-path`, `replace-path` or `normalize-uri` behind the call".into(),
        Hole::AnyHost => {
            "`http-request deny deny_status 421 unless { req.fhdr(Host),host_only -m str -i` and the host's name; --server-name \
             prints it"
                .into()
        }
        Hole::TwoHosts => printed(ONE_READING, "http-request deny deny_status 400 unless { req.fhdr_cnt(Host)").trim().into(),
        Hole::Cookies => "the printed script, with `take_ours_out(txn.http, told[\"cookie\"])` before somebody passes".into(),
        Hole::Tossed => "the printed script, which hands on every line of a header that Vestibule reads".into(),
        Hole::Door => "no `use_backend` that leads `/_resolver/` to Vestibule".into(),
        Hole::Ops => "no backend with `[listen] ops` in it".into(),
        Hole::Revoked => "no `http-request cache-use` before the call".into(),
    }
}
