//! A short, deterministic run of the fuzz targets' bodies: over their seeds, over each seed cut and changed in every
//! place, and over random bytes. `scripts/fuzz` goes on where this ends.

#[path = "../../../../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::path::Path;

use bodies::{ALL, Body};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Bytes that mean something to some parser.
const TELLING: &[u8] = b"\0\t\n\r \"#%,./:;=?@\\_A\x7f\x80\xff";

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a seed folder").map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{name} has no seeds");
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

fn cut_and_changed(seed: &[u8], body: Body) {
    for at in 0..seed.len().min(400) {
        body(&seed[..at]);
        body(&seed[at..]);
        for &byte in TELLING {
            let mut changed = seed.to_vec();
            changed[at] = byte;
            body(&changed);
            changed.insert(at, seed[at]);
            body(&changed);
        }
    }
}

#[test]
fn every_parser_stands_its_seeds_and_what_is_near_them() {
    for (name, body) in ALL {
        for seed in seeds(name) {
            body(&seed);
            cut_and_changed(&seed, body);
        }
    }
}

#[test]
fn every_parser_stands_the_seeds_of_all_others_put_together() {
    let all: Vec<Vec<u8>> = ALL.iter().flat_map(|(name, _)| seeds(name)).collect();
    for (_, body) in ALL {
        for first in &all {
            for second in &all {
                body(&[first.as_slice(), second].concat());
            }
        }
    }
}

#[test]
fn every_parser_stands_random_bytes() {
    let config = ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(prop::sample::select(TELLING), 0..60),
        "[ -~\\t\\r\\n\u{e4}\u{130}\u{2025}]{0,80}".prop_map(String::into_bytes),
    ];
    let tried = runner.run(&bytes, |bytes| {
        ALL.iter().for_each(|(_, body)| body(&bytes));
        Ok(())
    });
    tried.expect("what holds of all bytes");
}
