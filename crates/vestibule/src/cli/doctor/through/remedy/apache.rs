//! Apache httpd.

use super::each;
use crate::cli::doctor::through::hole::Hole;

pub(super) fn line(hole: &Hole) -> String {
    match hole {
        Hole::Identity(names) => {
            format!("these lines, in the virtual host:\n    {}", each(names, |name| format!("`RequestHeader unset {name} early`")))
        }
        Hole::Underscores | Hole::OddSigns => "`SetEnvIfNoCase \"^x[^a-z0-9]authgear[^a-z0-9]\" \".+\" vestibule_forged=1` (with \
             your prefix), and a `RewriteCond \"%{ENV:vestibule_forged}\" \"=1\"` with `RewriteRule \"^\" \"-\" [R=400,L]`"
            .into(),
        Hole::Nominated => "`RewriteCond \"%{HTTP:Connection}\" \"!^([, \\t]|close|keep-alive|upgrade|te|http2-settings)*$\" \
             [NC]` with `RewriteRule \"^\" \"-\" [R=400,L]`"
            .into(),
        Hole::NotTold | Hole::Unguarded => {
            "`LuaHookAccessChecker \"/etc/apache2/vestibule.lua\" check` in `<Location \"/\">`; look for `Satisfy Any` and for \
             another `<Location>` that takes it out"
                .into()
        }
        Hole::Believed(names) | Hole::Described(names) => {
            format!("these lines, in the virtual host:\n    {}", each(names, |name| format!("`RequestHeader unset {name} early`")))
        }
        Hole::Address(names) => {
            let unset = each(names, |name| format!("`RequestHeader unset {name} early`"));
            format!("these lines, in the virtual host (Apache adds X-Forwarded-For itself):\n    {unset}")
        }
        Hole::Upgrade => "`upgrade=websocket` at the `ProxyPass`, and no `upgrade=ANY`".into(),
        Hole::Path | Hole::Bypass => "the `RewriteCond \"%{THE_REQUEST}\"` lines with `RewriteRule \"^\" \"-\" [R=400,L]`".into(),
        Hole::Rewritten => "`nocanon` at the `ProxyPass`, and `AllowEncodedSlashes NoDecode`".into(),
        Hole::AnyHost => "a first virtual host for nobody: `RewriteRule \"^\" \"-\" [R=421,L]` (`--server-name` prints it)".into(),
        Hole::TwoHosts => "`HttpProtocolOptions Strict`".into(),
        Hole::Cookies => "the script that takes our cookies out: `LuaHookAccessChecker` with the printed vestibule.lua".into(),
        Hole::Tossed => "the printed vestibule.lua, which passes every cookie on".into(),
        Hole::Door => "no `ProxyPass` that leads `/_resolver/` to Vestibule".into(),
        Hole::Ops => "no `ProxyPass` to `[listen] ops`".into(),
        Hole::Revoked => "no `CacheEnable` before it".into(),
    }
}
