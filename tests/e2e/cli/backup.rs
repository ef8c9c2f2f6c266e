//! `vestibule backup FILE` while serving, and what a restore brings back.

use std::fs;
use std::path::PathBuf;

use vestibule_tests::postgres;
use vestibule_tests::server::{Setup, Vestibule};

#[test]
fn a_backup_taken_while_serving_restores_everything() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let before = vestibule.create_session("ada@example.com");
    let backup = back_up(&vestibule);
    vestibule.add_user("later@example.com", &[]);
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    vestibule.stop();
    backup.restore(&mut vestibule);
    vestibule.start();
    vestibule.cli(&["user", "show", "ada@example.com"]).expect_code(0);
    vestibule.cli(&["user", "show", "later@example.com"]).expect_code(1);
    assert!(vestibule.is_live(&before), "a restore revives sessions: that is why the documents say what to do then");
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(!vestibule.is_live(&before));
}

#[test]
fn a_backup_never_overwrites() {
    let vestibule = Setup::default().start();
    let file = vestibule.folder().join("precious");
    fs::write(&file, "precious").unwrap();
    vestibule.cli(&["backup", file.to_str().unwrap()]).expect_code(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

/// A backup: our own command's file, or what PostgreSQL's `pg_dump` writes, which the command then names.
enum Backup {
    File(PathBuf),
    Dump(String),
}

fn back_up(vestibule: &Vestibule) -> Backup {
    let file = vestibule.folder().join("copy.db");
    let said = vestibule.cli(&["backup", file.to_str().expect("a plain path")]);
    if postgres::is_the_store() {
        assert!(said.code == 1 && said.err.contains("pg_dump"), "{said:?}");
        return Backup::Dump(postgres::shared().dump(&vestibule.database()));
    }
    let said = said.expect_code(0);
    assert!(format!("{}{}", said.out, said.err).contains("session revoke --all"), "{said:?}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(
        fs::metadata(&file).expect("it was made").permissions().mode() & 0o077,
        0,
        "the copy is as secret as the original"
    );
    Backup::File(file)
}

impl Backup {
    fn restore(&self, vestibule: &mut Vestibule) {
        match self {
            Self::File(file) => {
                let database = database(&vestibule.data_dir());
                for extra in ["-wal", "-shm"] {
                    _ = fs::remove_file(format!("{}{extra}", database.display()));
                }
                fs::copy(file, &database).expect("our own folder");
            }
            Self::Dump(dump) => {
                let url = postgres::shared().restored(dump, &format!("{}restored", vestibule.database()));
                vestibule.keep_truth_in(Some(&url));
            }
        }
    }
}

fn database(folder: &std::path::Path) -> std::path::PathBuf {
    let is_database =
        |path: &std::path::Path| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
    let mut files = fs::read_dir(folder).expect("the data folder").flatten().map(|entry| entry.path());
    files.find(|path| is_database(path)).expect("a database in the data folder")
}
