//! The same as `partition.rs` with real packets that are really lost, where the tests may have a network of their own: what
//! the kernel does with a connection on which nothing arrives any more is then the kernel's.

use vestibule_tests::cluster::{Cluster, Wire};
use vestibule_tests::forwarder::Direction;
use vestibule_tests::postgres::Postgres;
use vestibule_tests::skip;

use crate::partition;

/// The last node's wire, for longer than the bound; then everything that is still wanted is sent again.
fn lost(name: &str, direction: Direction) {
    let wire = match Wire::lay() {
        Ok(wire) => wire,
        Err(why) => return skip(name, &format!("no network of its own ({why}); partition.rs swallows bytes instead")),
    };
    let postgres = Postgres::within(wire.namespace(), wire.there());
    let over_the_wire = format!("postgres://vestibule@{}/vestibule?sslmode=disable", wire.there());
    let cluster = Cluster::on(postgres, 3, |number, setup| {
        if number == 2 { setup.environment("VESTIBULE__STORE__URL", &over_the_wire) } else { setup }
    });
    partition::lost(name, &cluster, || wire.lose(direction).expect("it is our own"), || wire.heal());
}

#[test]
fn packets_between_a_node_and_the_database_are_lost() {
    lost("packets, both ways", Direction::Both);
}

#[test]
fn packets_from_the_database_are_lost() {
    lost("packets, answers lost", Direction::ToNode);
}

#[test]
fn packets_to_the_database_are_lost() {
    lost("packets, questions lost", Direction::ToDatabase);
}
