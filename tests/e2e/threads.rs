//! Who goes first on a busy machine: the threads that answer resolves and hear of other nodes' changes, then those of pages and store, then those that hash.

use std::fs;

use vestibule_tests::postgres;
use vestibule_tests::server::Setup;

/// The niceness of each thread of a process, by the thread's name.
fn niceness(process: u32) -> Vec<(String, i64)> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let of = |thread: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(thread.ok()?.path().join("stat")).ok()?;
        // The name is in brackets and may have blanks; niceness is the 17th field behind it (proc(5)).
        let (before, behind) = text.rsplit_once(") ")?;
        let name = before.split_once('(')?.1.to_owned();
        Some((name, behind.split(' ').nth(16)?.parse().ok()?))
    };
    threads.filter_map(of).collect()
}

#[test]
fn resolves_go_before_pages_and_those_before_hashes() {
    let mut vestibule = Setup::default().config("[password]\nthreads = 2").start();
    vestibule.add_user("ada@example.com", &[]);
    let usual = niceness(std::process::id())[0].1;
    let threads = niceness(vestibule.process().id());
    let (mut resolvers, mut feeds) = (0, 0);
    for (name, niceness) in &threads {
        let expected = if name.starts_with("resolver-") {
            resolvers += 1;
            usual
        } else if name == "feed" {
            feeds += 1;
            usual
        } else if name == "password" {
            usual + 15
        } else {
            usual + 10
        };
        assert_eq!(*niceness, expected.min(19), "{name} among {threads:?}");
    }
    // A node that resolves as much as it can must not be kept from hearing that somebody was signed out elsewhere.
    assert_eq!(feeds, usize::from(postgres::is_the_store()), "{threads:?}");
    assert!(resolvers > 0 && threads.len() > resolvers + 2, "{threads:?}");
}
