//! Paths that two programs read differently.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;

/// Paths that no two programs read alike. `PUBLIC` and `GUARDED` have no slash at their ends.
const AMBIGUOUS: [&str; 9] = [
    "PUBLIC/../GUARDED",
    "PUBLIC/%2e%2e/GUARDED",
    "PUBLIC/..%2fGUARDED",
    "PUBLIC/..\\GUARDED",
    "PUBLIC\\..\\GUARDED",
    "PUBLIC//GUARDED",
    "//GUARDED",
    "/./GUARDED",
    "PUBLIC/%2e%2e%2fGUARDED",
];

/// Further ones that have got past rules somewhere.
const BYPASSES: [&str; 17] = [
    "PUBLIC/.%2e/GUARDED",
    "PUBLIC%2f..%2fGUARDED",
    "PUBLIC/..%5cGUARDED",
    "PUBLIC/..;/GUARDED",
    "PUBLIC;/../GUARDED",
    "PUBLIC/;/GUARDED",
    "PUBLIC/%252e%252e/GUARDED",
    "PUBLIC/%252e%252e%252fGUARDED",
    "PUBLIC/..%00/GUARDED",
    "PUBLIC%00/../GUARDED",
    "PUBLIC/#/../../GUARDED",
    "PUBLIC#/../GUARDED",
    "PUBLIC/%23/../../GUARDED",
    "PUBLIC/%3f/../../GUARDED",
    "PUBLIC/%c0%ae%c0%ae/GUARDED",
    "/GUARDED;a=b",
    "/GUARDED/.",
];

/// What is not to be in a path that a rule was found by.
const ODD: [&str; 9] = ["..", "//", "\\", ";", "#", "%2", "%5", "%0", "%c0"];

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    let base = scene.signed_in.target.path();
    for pattern in AMBIGUOUS {
        let sent = format!("{base}{}", filled(pattern, scene.public, "admin"));
        if let Some(seen) = scene.signed_in.get_at(&sent, &[]).seen()
            && is_ambiguous(seen.path())
        {
            report.add(Hole::Path, format!("`{sent}` reached the application as `{}`", seen.path()));
        }
    }
    // A proxy that writes the path anew before it asks is fine, and Envoy does; decoded slashes never are.
    for (sent, is_read_anew) in [("/doctor-%61", !scene.is_envoy), ("/doctor%2fa", true)] {
        let sent = format!("{base}{sent}");
        if let Some(seen) = scene.signed_in.get_at(&sent, &[]).seen()
            && seen.path() != sent
            && is_read_anew
        {
            report.add(Hole::Rewritten, format!("`{sent}` reached the application as `{}`", seen.path()));
        }
    }
    if scene.nobody.is_refused() {
        bypass(scene, report);
    }
}

/// A stranger, who is refused at the URL, gets there all the same.
fn bypass(scene: &Scene<'_>, report: &mut Report) {
    let url = scene.stranger.usual_path();
    let guarded = url.trim_start_matches('/');
    for pattern in AMBIGUOUS.iter().chain(&BYPASSES) {
        let sent = filled(pattern, scene.public, guarded);
        if let Some(seen) = scene.stranger.get_at(&sent, &[]).seen() {
            let path = seen.path();
            if path == url || ODD.iter().any(|odd| path.contains(odd)) {
                report.add(Hole::Bypass, format!("a stranger reached the application at `{path}`, by `{sent}`"));
            }
        }
    }
}

fn filled(pattern: &str, public: &str, guarded: &str) -> String {
    pattern.replace("PUBLIC", public).replace("GUARDED", guarded)
}

/// Whether segments are left in it that a program takes away, or signs that it takes for a slash.
fn is_ambiguous(path: &str) -> bool {
    let decoded = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/");
    decoded.contains("//") || decoded.contains(['\\', '#']) || decoded.split('/').any(|part| matches!(part, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::{AMBIGUOUS, filled, is_ambiguous};

    #[test]
    fn every_attack_is_one_and_a_plain_path_is_none() {
        for pattern in AMBIGUOUS {
            assert!(is_ambiguous(&filled(pattern, "/public", "admin")), "{pattern}");
        }
        for path in ["/", "/a/b", "/a..b/.well-known", "/a%20b", "/a%2fb"] {
            assert!(!is_ambiguous(path), "{path}");
        }
    }
}
