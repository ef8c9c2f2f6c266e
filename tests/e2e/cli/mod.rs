//! Every command, while the server runs and while it does not: what an operator does is in force when the command
//! returns, whoever holds the data folder.

mod backup;
mod clients;
mod config;
mod declared;
mod explain;
mod folder;
mod import;
mod keys;
mod rules;
mod rules_page;
mod rules_vectors;
mod sessions;
mod store;
mod tokens;
mod usage;
mod users;

use vestibule_tests::server::{Setup, Vestibule};

/// Runs a test on a running server and on a stopped one.
fn running_and_stopped(test: impl Fn(Vestibule)) {
    test(Setup::default().start());
    test(Setup::default().prepare());
}

/// Starts the server if the test runs without, to look at what the commands left.
fn up(mut vestibule: Vestibule, running: bool) -> Vestibule {
    if !running {
        vestibule.start();
    }
    vestibule
}
