//! Time that a test moves, with libfaketime around the binary: the server has no switch for it. Where the truth is in a
//! PostgreSQL its clock counts and not the machine's, so that is the one that is moved.

use std::fs;
use std::path::{Path, PathBuf};

use crate::server::{Setup, Vestibule};
use crate::{postgres, wait};

const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// Whether there is libfaketime.
#[must_use]
pub fn can_be_off() -> bool {
    Path::new(FAKETIME).exists()
}

/// A setup whose clock is off by so much, such as `+300s`.
#[must_use]
pub fn off_by(setup: Setup, offset: &str) -> Setup {
    let setup = setup.environment("LD_PRELOAD", FAKETIME).environment("FAKETIME", offset);
    setup.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
}

/// A server whose clock is moved.
#[derive(Debug)]
pub struct Clock {
    /// The server.
    pub vestibule: Vestibule,
    moved: Moved,
}

#[derive(Debug)]
enum Moved {
    /// By what a file says.
    ByFile(PathBuf, #[expect(dead_code, reason = "it goes away with this")] tempfile::TempDir),
    /// By what a function of its database says.
    ByDatabase(String),
}

/// Stands in one database before the function of that name that everybody has. It counts how often a node that follows the
/// others has asked, which reads where it could write.
const CLOCK: &str = "CREATE SCHEMA tests;
    CREATE TABLE tests.ahead (by INTERVAL NOT NULL);
    INSERT INTO tests.ahead VALUES ('0');
    CREATE SEQUENCE tests.asked;
    CREATE FUNCTION public.clock_timestamp() RETURNS TIMESTAMPTZ VOLATILE LANGUAGE plpgsql AS $$
    BEGIN
        IF position('feed_head' IN current_query()) > 0 AND current_setting('transaction_read_only') = 'off' THEN
            PERFORM nextval('tests.asked');
        END IF;
        RETURN pg_catalog.clock_timestamp() + (SELECT by FROM tests.ahead);
    END $$";

impl Clock {
    /// Starts a server; `None` where libfaketime is not installed.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn start(config: &str) -> Option<Self> {
        let setup = Setup::default().config(config);
        if postgres::is_the_store() {
            let mut vestibule = setup.prepare();
            let database = vestibule.database();
            let before = format!("ALTER DATABASE {database} SET search_path = public, pg_catalog");
            for statement in [CLOCK, &before] {
                postgres::shared().sql(&database, statement).expect_code(0);
            }
            vestibule.start();
            return Some(Self { vestibule, moved: Moved::ByDatabase(database) });
        }
        if !can_be_off() {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("now");
        fs::write(&file, "+0").expect("our own folder");
        let setup = setup
            .environment("LD_PRELOAD", FAKETIME)
            .environment("FAKETIME_TIMESTAMP_FILE", file.to_str().expect("a plain path"))
            .environment("FAKETIME_NO_CACHE", "1")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Some(Self { vestibule: setup.start(), moved: Moved::ByFile(file, folder) })
    }

    /// Moves it: `+2` is two seconds from the real time, `+29d` are days. The running server knows.
    ///
    /// # Panics
    /// When it cannot be moved.
    pub fn at(&self, offset: &str) {
        let database = match &self.moved {
            Moved::ByFile(file, _) => return fs::write(file, offset).expect("our own folder"),
            Moved::ByDatabase(database) => database,
        };
        let run = |statement: &str| postgres::shared().sql(database, statement).expect_code(0);
        let by = offset.strip_suffix('d').map_or_else(|| format!("{offset} seconds"), |days| format!("{days} days"));
        run(&format!("UPDATE tests.ahead SET by = '{by}'"));
        let asked =
            || run("NOTIFY vestibule; SELECT last_value FROM tests.asked").out.lines().last().map(str::to_owned);
        let asked = || asked().and_then(|times| times.trim().parse::<u64>().ok()).expect("a number");
        let before = asked();
        // The answer to the first question may be from before; with the second one, that to the first has arrived.
        wait::until("the server has asked twice what time it is", || (asked() >= before + 2).then_some(()));
    }
}
