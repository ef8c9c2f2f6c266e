//! `[paths]`: what a relaxed line lets through, and what it never does.

use super::super::{Case, HostPattern, Line, LineError, Original, PathPolicies, PathPolicy, Unreadable};
use super::described;

fn readings(allowed: &[Line], target: &str) -> Result<Vec<String>, Unreadable> {
    let policy = PathPolicy::default().allowing(allowed.iter().copied());
    let policies = [(HostPattern::parse("app").unwrap(), policy)].into_iter().collect();
    let asked = described("GET", "http", "app", target);
    let original = Original::read(&asked, &policies)?;
    Ok(std::iter::once(original.path()).chain(original.other_readings()).map(str::to_owned).collect())
}

#[test]
fn a_relaxed_line_shows_every_reading_of_the_path() {
    for (line, target, all) in [
        (Line::Semicolon, "/a;x=1/b", &["/a;x=1/b", "/a/b"][..]),
        (Line::DoubleSlash, "/proxy/https://b.example", &["/proxy/https://b.example", "/proxy/https:/b.example"]),
        (Line::EncodedDot, "/a%2etxt", &["/a.txt"]),
        (Line::EncodedSlash, "/@scope%2fname", &["/@scope%2Fname", "/@scope/name"]),
        (Line::EncodedPercent, "/100%25", &["/100%25"]),
        (Line::EncodedPercent, "/a%2541", &["/a%2541", "/aA"]),
        (Line::EncodedHash, "/c%23/x", &["/c%23/x", "/c"]),
        (Line::EncodedSemicolon, "/a%3bb/c", &["/a%3Bb/c", "/a;b/c", "/a/c"]),
        (Line::EncodedQuestion, "/why%3f", &["/why%3F", "/why"]),
        (Line::NotUtf8, "/caf%e9", &["/caf%E9"]),
        (Line::Semicolon, "/plain", &["/plain"]),
    ] {
        assert_eq!(
            readings(&[line], target).as_deref(),
            Ok(&all.iter().map(|&r| r.to_owned()).collect::<Vec<_>>()[..])
        );
        for other in Line::ALL.into_iter().filter(|&other| other != line && target != "/plain") {
            assert_eq!(readings(&[other], target), Err(Unreadable::Line(line)), "{other:?} lets {target} through");
        }
    }
}

#[test]
fn no_relaxation_lets_anybody_climb() {
    for target in [
        "/public/../admin",
        "/public/%2e%2e/admin",
        "/public/.%2e/admin",
        "/public%2f..%2fadmin",
        "/public/..%2fadmin",
        "/public%2f%2e%2e%2fadmin",
        "/public/..;/admin",
        "/public/..;x=1/admin",
        "/public/.;/admin",
        "/public/..%3b/admin",
        "/public/%252e%252e/admin",
        "/public/%25252e%25252e/admin",
        "/public%252f..%252fadmin",
        "/public/..%3f/admin",
        "/public/..%23",
        "/..%253b/admin",
        "/a%255cb",
        "/a%2500b",
        "/a%250ab",
        "/%2fevil.example",
        "/%2f%2fevil.example",
        "/;/evil.example",
        "//evil.example",
        "/a\\b",
        "/a#b",
    ] {
        assert!(readings(&Line::ALL, target).is_err(), "{target}: {:?}", readings(&Line::ALL, target));
    }
}

#[test]
fn a_path_of_very_many_readings_is_refused() {
    let target = format!("/%25{}a", "25".repeat(60));
    assert_eq!(readings(&Line::ALL, &target), Err(Unreadable::TooManyReadings));
}

#[test]
fn the_policy_of_the_most_specific_host_counts() {
    let with = |line: Line| PathPolicy::default().allowing([line]);
    let policies: PathPolicies = [
        (HostPattern::parse("git.example.com").unwrap(), with(Line::EncodedSlash)),
        (HostPattern::parse("*.example.com").unwrap(), with(Line::Semicolon).with_case(Case::Insensitive)),
    ]
    .into_iter()
    .collect();
    assert!(policies.of("git.example.com").allows(Line::EncodedSlash));
    assert!(!policies.of("git.example.com").allows(Line::Semicolon));
    assert_eq!(policies.of("git.example.com").case, Case::Unset);
    assert_eq!(policies.of("a.git.example.com").case, Case::Insensitive);
    assert_eq!(policies.of("example.com"), PathPolicy::default());
    assert_eq!(policies.of("other.example"), PathPolicy::default());
    let asked = described("GET", "http", "GIT.example.com.:80", "/a%2Fb");
    assert_eq!(Original::read(&asked, &policies).map(|original| original.path().to_owned()).as_deref(), Ok("/a%2Fb"));
}

#[test]
fn only_a_line_that_can_be_judged_may_be_allowed() {
    for line in Line::ALL {
        assert_eq!(Line::parse(line.as_str()), Ok(line));
        assert_eq!(Line::parse(&line.as_str().to_uppercase()), Ok(line));
    }
    for never in [".", "..", "\\", "#", "%5c", "%5C", "%00"] {
        assert!(matches!(Line::parse(never), Err(LineError::Never(_))), "{never}");
    }
    for unknown in ["", "/", "%20", "2f", "%2f%2f", "%2e%2e", "*"] {
        assert!(matches!(Line::parse(unknown), Err(LineError::Unknown(_))), "{unknown}");
    }
}
