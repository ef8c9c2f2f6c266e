//! A node that is cut off from the database: packets are dropped, nothing is refused, and nobody is told.

use std::time::Duration;

use vestibule_tests::cluster::{Cluster, Load, STALENESS};
use vestibule_tests::forwarder::{Direction, Weather};

use crate::{HEALS, WAITS};

#[test]
fn nothing_goes_wrong() {
    let cluster = Cluster::start(3);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(4));
    cluster.heals_within(HEALS);
    let report = load.checked("nothing goes wrong");
    assert_eq!((report.unknown, report.unacknowledged), (0, 0));
}

/// One node's way for longer than the bound, with what was swallowed gone for ever.
fn cut_off(name: &str, weather: Weather) {
    let cluster = Cluster::start(3);
    lost(name, &cluster, || cluster.way(2).set(weather), || cluster.way(2).set(Weather::Clear));
}

/// The last of three nodes is cut off for longer than the bound, and then not any more.
pub(crate) fn lost(name: &str, cluster: &Cluster, cut: impl FnOnce(), heal: impl FnOnce()) {
    let load = Load::start(cluster);
    load.run_for(Duration::from_secs(2));
    cut();
    load.run_for(STALENESS * 5);
    heal();
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(1));
    let report = load.checked(name);
    println!("{name}: healed in {healed:?}");
    assert!(report.unknown > 0, "the node went on as if nothing were");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
    assert_eq!(report.dark[&1], Duration::ZERO, "another node");
}

#[test]
fn a_node_that_is_cut_off_from_the_database() {
    cut_off("partition, both ways", Weather::Swallow(Direction::Both));
}

#[test]
fn a_node_whose_answers_from_the_database_are_lost() {
    cut_off("partition, answers lost", Weather::Swallow(Direction::ToNode));
}

#[test]
fn a_node_whose_questions_to_the_database_are_lost() {
    cut_off("partition, questions lost", Weather::Swallow(Direction::ToDatabase));
}

#[test]
fn a_partition_that_heals_and_delivers_what_was_held_up() {
    cut_off("partition, everything arrives later", Weather::Hold);
}
