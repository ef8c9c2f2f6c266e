use clap::ValueEnum as _;

use super::{Hole, Proxy, lines};

fn every_hole() -> Vec<Hole> {
    let names = || vec!["X-Original-URL".to_owned()];
    vec![
        Hole::Identity(names()),
        Hole::Underscores,
        Hole::OddSigns,
        Hole::Nominated,
        Hole::NotTold,
        Hole::Unguarded,
        Hole::Believed(names()),
        Hole::Described(names()),
        Hole::Address(names()),
        Hole::Upgrade,
        Hole::Path,
        Hole::Rewritten,
        Hole::Bypass,
        Hole::AnyHost,
        Hole::TwoHosts,
        Hole::Cookies,
        Hole::Tossed,
        Hole::Door,
        Hole::Ops,
        Hole::Revoked,
    ]
}

#[test]
fn every_hole_has_a_line_for_every_proxy() {
    for hole in every_hole() {
        for proxy in Proxy::value_variants() {
            let said = lines(&hole, Some(*proxy));
            assert!(said.iter().all(|line| line.len() > 20 && !line.ends_with(": ")), "{hole:?}: {said:?}");
        }
        assert!(!hole.why().is_empty());
    }
}

#[test]
fn names_are_in_the_line() {
    for proxy in Proxy::value_variants() {
        let said = lines(&Hole::Described(vec!["X-Original-URL".to_owned()]), Some(*proxy)).concat().to_lowercase();
        assert!(said.contains("x-original-url") || said.contains("x.?original.?url"), "{said}");
    }
}
