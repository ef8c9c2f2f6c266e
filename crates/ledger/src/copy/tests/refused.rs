//! What is not copied, and into what nothing is.

use super::*;

#[tokio::test]
async fn a_target_that_is_not_empty_is_refused_and_left_as_it_was() {
    let ((_one, file), (_two, other), shared) = (file(), super::file(), postgres("copytaken"));
    let scratch = tempfile::tempdir().unwrap();
    fill(&file).await;
    for taken in [&shared, &other] {
        Ledger::open(on(taken, scratch.path())).await.unwrap().close().await;
        for begin_again in [false, true] {
            let refused = copy(&file, taken, begin_again, |_, _| {}).await.unwrap_err();
            assert!(matches!(refused, CopyError::NotEmpty { table: "keys", .. }), "{refused}");
        }
        Ledger::open(on(taken, scratch.path())).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn an_unfinished_copy_of_somebody_else_is_refused() {
    let ((_one, file), (_two, other), shared) = (file(), super::file(), postgres("copyother"));
    fill(&file).await;
    fill(&other).await;
    whole(&file, &shared).await.unwrap();
    run(
        &shared,
        "INSERT INTO unfinished_copy VALUES (1, 'another installation', 'sqlite:/there', 4, 0, 'keys', 0, '')",
    )
    .await;
    let refused = whole(&other, &shared).await.unwrap_err();
    assert!(matches!(&refused, CopyError::Another { other, .. } if other == "sqlite:/there"), "{refused}");
    let refused = whole(&shared, &super::file().1).await.unwrap_err();
    assert!(matches!(refused, CopyError::Open(OpenError::Unfinished { .. })), "as a source too: {refused}");
    copy(&other, &shared, true, |_, _| {}).await.unwrap();
}

#[tokio::test]
async fn what_is_in_use_is_not_copied() {
    let ((_one, file), (_two, target), scratch) = (file(), super::file(), tempfile::tempdir().unwrap());
    fill(&file).await;
    let server = Ledger::open(on(&file, scratch.path())).await.unwrap();
    let refused = whole(&file, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Open(OpenError::InUse(_))), "{refused}");
    server.close().await;
    drop(server);
    let same = whole(&file, &file).await.unwrap_err();
    assert!(matches!(same, CopyError::Open(OpenError::InUse(_))), "onto itself: {same}");

    let shared = postgres("copyrunning");
    whole(&file, &shared).await.unwrap();
    let store = Store::connect(&shared.place()).await.unwrap();
    let mut sql = store.plain().await.unwrap();
    nodes::is_there(&mut sql, "1", "east-1", "1.2.3", 0).await.unwrap();
    let refused = whole(&shared, &target).await.unwrap_err();
    assert!(refused.to_string().contains("east-1 (version 1.2.3"), "{refused}");
    nodes::is_gone(&mut sql, "1").await.unwrap();
    // And nothing can be changed meanwhile by anybody who has not said that they are there, a command for instance.
    let still = store.still().await.unwrap();
    let change = tokio::time::timeout(Duration::from_millis(300), store.write()).await;
    assert!(change.is_err(), "a change began");
    drop(still);
}

#[tokio::test]
async fn what_is_no_store_of_this_version_is_refused_in_words() {
    let ((dir, file), target) = (file(), postgres("copywrong"));
    let refused = whole(&file, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Absent(_)), "{refused}");
    assert!(!dir.path().join("vestibule.db").exists(), "looking makes nothing");
    Store::open(file.place()).await.unwrap().close().await;
    let refused = whole(&file, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Nothing(_)), "{refused}");
    fill(&file).await;
    let elsewhere = Side::Sqlite(dir.path().join("copy.db"));
    let refused = whole(&file, &elsewhere).await.unwrap_err();
    assert!(matches!(refused, CopyError::Name(_)), "{refused}");
    run(&file, "INSERT INTO schema_version (version, serves) VALUES (99, 1)").await;
    let refused = whole(&file, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Schema { found: 99, known: KNOWN, .. }), "{refused}");
}

#[tokio::test]
async fn a_backup_is_copied_as_well_as_a_data_folder_and_stays_as_it_was() {
    let ((dir, file), shared) = (file(), postgres("copybackup"));
    fill(&file).await;
    let backup = dir.path().join("backup");
    std::fs::create_dir(&backup).unwrap();
    let backup = backup.join("monday.db");
    let ledger = Ledger::open(on(&file, dir.path())).await.unwrap();
    crate::backup::to(&ledger, &backup).await.unwrap();
    let bytes = std::fs::read(&backup).unwrap();
    whole(&Side::Sqlite(backup.clone()), &shared).await.unwrap();
    assert!(std::fs::read(&backup).unwrap() == bytes);
    ledger.close().await;
}
