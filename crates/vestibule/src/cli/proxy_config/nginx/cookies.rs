//! The maps that take our cookies out of what the application gets: an application that can read a session could
//! replay it at its neighbours.

use std::fmt::Write as _;

/// Each step takes out the first run of our cookies. Browsers send few runs; whoever sends more loses all cookies.
const STEPS: usize = 6;

/// The variable that holds what is left.
pub(super) const CLEANED: &str = "$vestibule_app_cookies";

/// The maps. Names are matched byte for byte, as the resolver reads them.
pub(super) fn maps(names: &[&str]) -> String {
    // A cookie name of ours has no character that means anything in a pattern (`-` does only in brackets).
    let ours = format!("[ \\t]*(?:{})=[^;]*", names.join("|"));
    let mut out = String::from(
        "# Our cookies are for us alone. Each map takes out one run of them; the last one lets through only what has\n\
         # none left, so that whoever sends more runs than there are maps sends the application no cookies at all. An\n\
         # application whose own cookie has one of these names does not get it either: set [session] cookie_prefix.\n",
    );
    let mut from = "$http_cookie".to_owned();
    for step in 1..=STEPS {
        let to = format!("$vestibule_cookies_{step}");
        let _ = write!(
            out,
            "map {from} {to} {{\n  default {from};\n  \"~^(?<vestibule_head_{step}>.*?)(?:^|;){ours}(?:;{ours})*\
             (?<vestibule_tail_{step}>.*)$\" \"$vestibule_head_{step}$vestibule_tail_{step}\";\n}}\n"
        );
        from = to;
    }
    let names = names.join("|");
    let _ = write!(
        out,
        "map {from} {CLEANED} {{\n  default \"\";\n  \
         \"~^(?!(?:.*;)?[ \\t]*(?:{names})=)[; \\t]*(?<vestibule_rest>.*)$\" $vestibule_rest;\n}}\n"
    );
    out
}
