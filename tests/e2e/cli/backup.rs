//! `vestibule backup FILE` while serving, and what a restore brings back.

use std::fs;

use vestibule_tests::server::Setup;

#[test]
fn a_backup_taken_while_serving_restores_everything() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let before = vestibule.create_session("ada@example.com");
    let file = vestibule.folder().join("copy.db");
    let said = vestibule.cli(&["backup", file.to_str().unwrap()]).expect_code(0);
    assert!(format!("{}{}", said.out, said.err).contains("session revoke --all"), "{said:?}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "the copy is as secret as the original");

    vestibule.add_user("later@example.com", &[]);
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    vestibule.stop();
    let database = database(&vestibule.data_dir());
    for extra in ["-wal", "-shm"] {
        _ = fs::remove_file(format!("{}{extra}", database.display()));
    }
    fs::copy(&file, &database).unwrap();
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

fn database(folder: &std::path::Path) -> std::path::PathBuf {
    let is_database =
        |path: &std::path::Path| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
    let mut files = fs::read_dir(folder).expect("the data folder").flatten().map(|entry| entry.path());
    files.find(|path| is_database(path)).expect("a database in the data folder")
}
