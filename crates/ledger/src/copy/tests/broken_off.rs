//! A copy that ends in the middle, and the next one.

use super::*;

/// Copies in small batches, and is dropped behind so many of them: nothing of it runs on.
async fn break_off(from: &Side, to: &Side, after: usize) -> ControlFlow<(), Copied> {
    let (enough, mut count) = (Arc::new(Notify::new()), 0);
    let heard = Arc::clone(&enough);
    let told = move |_, _| {
        count += 1;
        if count == after {
            heard.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = enough.notified() => ControlFlow::Break(()),
        copied = copy_by(5, from, to, false, told) => ControlFlow::Continue(copied.unwrap()),
    }
}

/// Until the database has noticed that the other one is gone.
async fn patiently(from: &Side, to: &Side) -> Copied {
    for _ in 0..200 {
        match copy_by(5, from, to, false, |_, _| {}).await {
            Ok(copied) => return copied,
            Err(CopyError::Busy(_) | CopyError::Open(OpenError::InUse(_))) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the first one never let go")
}

#[tokio::test]
async fn a_copy_that_is_broken_off_goes_on_and_no_node_starts_before_it_is_whole() {
    let (_dir, file) = file();
    fill(&file).await;
    let mut expected = None;
    for after in [1, 9, 37, 88] {
        let (there, (_back, back)) = (postgres(&format!("copybroken{after}")), super::file());
        let mut from = &file;
        for to in [&there, &back] {
            assert!(break_off(from, to, after).await.is_break(), "{after}");
            let scratch = tempfile::tempdir().unwrap();
            let refused = Ledger::open(on(to, scratch.path())).await.err().unwrap();
            assert!(matches!(refused, OpenError::Unfinished { .. } | OpenError::InUse(_)), "{after}: {refused}");
            let copied = patiently(from, to).await;
            assert!(copied.went_on, "{after}");
            assert_eq!(&copied.tables, expected.get_or_insert_with(|| copied.tables.clone()), "{after}");
            from = to;
        }
    }
}

#[tokio::test]
async fn what_was_changed_between_two_runs_is_found_and_the_copy_can_begin_again() {
    let ((_dir, file), there) = (file(), postgres("copychanged"));
    fill(&file).await;
    assert!(break_off(&file, &there, 30).await.is_break());
    run(&file, "UPDATE users SET roles = 'owner' WHERE id = 'u1'").await;
    let mut tries = 0;
    let differs = loop {
        match copy(&file, &there, false, |_, _| {}).await.unwrap_err() {
            CopyError::Busy(_) if tries < 200 => tries += 1,
            error => break error,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(matches!(differs, CopyError::Differs { table: "users", .. }), "{differs}");
    let scratch = tempfile::tempdir().unwrap();
    let refused = Ledger::open(on(&there, scratch.path())).await.err().unwrap();
    assert!(matches!(refused, OpenError::Unfinished { .. }), "{refused}");
    let copied = copy(&file, &there, true, |_, _| {}).await.unwrap();
    assert!(!copied.went_on);
    Ledger::open(on(&there, scratch.path())).await.unwrap().close().await;
}
