//! Apache httpd.

use super::{each, printed};
use crate::cli::doctor::through::hole::Hole;
use crate::cli::proxy_config::apache::REFUSALS;
use crate::cli::proxy_config::names::folded;
use crate::config::Config;

pub(super) fn line(hole: &Hole, config: &Config) -> String {
    let unset = |names: &[String]| {
        let lines = each(names, |name| format!("`RequestHeader unset {name} early`"));
        format!("these lines, in the virtual host:\n    {lines}")
    };
    // The last of several conditions has no `OR`, which is why they are shown with the rule that they lead to.
    let refused = |condition: &str| format!("{}\n{}", printed(REFUSALS, condition), printed(REFUSALS, "RewriteRule"));
    match hole {
        Hole::Identity(names) | Hole::Believed(names) | Hole::Described(names) => unset(names),
        Hole::Underscores | Hole::OddSigns => format!(
            "these lines, in the virtual host:\n    `SetEnvIfNoCase \"{}\" \".+\" vestibule_forged=1`\n{}",
            folded(config),
            refused("RewriteCond \"%{ENV:vestibule_forged}\"")
        ),
        Hole::Nominated => {
            format!("these lines, in the virtual host:\n{}", refused("RewriteCond \"%{HTTP:Connection}\""))
        }
        Hole::NotTold | Hole::Unguarded => {
            "`LuaHookAccessChecker \"/etc/apache2/vestibule.lua\" check` in `<Location \"/\">`; look for `Satisfy Any` and for \
             another `<Location>` that takes it out"
                .into()
        }
        Hole::Address(names) => format!("{}\n    Apache adds X-Forwarded-For itself.", unset(names)),
        Hole::Upgrade => "`upgrade=websocket` at the `ProxyPass`, and no `upgrade=ANY`; `RequestHeader unset HTTP2-Settings early` \
             in the virtual host"
            .into(),
        Hole::Path | Hole::Bypass => {
            format!("these lines, in the virtual host:\n{}", refused("RewriteCond \"%{THE_REQUEST}\""))
        }
        Hole::Rewritten => "`nocanon` at the `ProxyPass`, and `AllowEncodedSlashes NoDecode`".into(),
        Hole::AnyHost => "a first virtual host for nobody, `ServerName nobody.invalid`, with `RewriteRule \"^\" \"-\" [R=421,L]`; \
             --server-name prints it"
            .into(),
        Hole::TwoHosts => "`HttpProtocolOptions Strict`".into(),
        Hole::Cookies => "the printed script: `r.headers_in[\"Cookie\"] = left ~= \"\" and left or nil`".into(),
        Hole::Tossed => "the printed script, which passes every cookie on".into(),
        Hole::Door => "no `ProxyPass` that leads `/_resolver/` to Vestibule".into(),
        Hole::Ops => "no `ProxyPass` to `[listen] ops`".into(),
        Hole::Revoked => "no `CacheEnable` before it".into(),
    }
}
