//! What may be tried so often may be tried so often in the whole cluster.

use std::net::IpAddr;
use std::sync::Arc;

use super::*;

/// Tries of everybody in one window; see `settings`.
const COUNT: usize = 5;

fn at(address: [u8; 4]) -> Browser {
    Browser { address: Some(IpAddr::from(address)), ..browser() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_on_two_nodes_at_once_exceed_the_limit_by_none() {
    let (one, other, _) = two("limits", STALENESS).await;
    let nodes = [one, other].map(Arc::new);
    let mut guesses = tokio::task::JoinSet::new();
    for n in 0..40_u8 {
        let node = Arc::clone(&nodes[usize::from(n) % 2]);
        guesses.spawn(async move { node.try_password("a guess", at([192, 0, 2, n])).await.map(drop).unwrap_err() });
    }
    let all = guesses.join_all().await;
    let looked_at = all.iter().filter(|error| matches!(error, LogInError::Wrong)).count();
    let refused = all.iter().filter(|error| matches!(error, LogInError::Limited(_))).count();
    assert_eq!((looked_at, refused), (COUNT, 40 - COUNT), "exactly");
    for node in &nodes {
        let error = node.sign_in(at([192, 0, 2, 99])).await.unwrap_err();
        let LogInError::Limited(limited) = error else { panic!("{error}: a right guess must not shine through") };
        assert!((1..=600).contains(&limited.retry_after.seconds()), "{limited}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_signs_in_on_either_node_is_never_counted() {
    let (one, other, _) = two("limits_right", STALENESS).await;
    let nodes = [one, other].map(Arc::new);
    for round in 0..10 {
        let mut people = tokio::task::JoinSet::new();
        for n in 0..4_usize {
            let node = Arc::clone(&nodes[n % 2]);
            people.spawn(async move { node.sign_in(browser()).await.map(drop) });
        }
        for signed_in in people.join_all().await {
            signed_in.unwrap_or_else(|error| panic!("{round}: {error}"));
        }
    }
    for node in &nodes {
        assert!(matches!(node.try_password("a guess", browser()).await.unwrap_err(), LogInError::Wrong));
    }
    nodes[0].sign_in(browser()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_known_on_one_node_is_let_in_by_the_other_while_strangers_guess() {
    let (one, other, _) = two("limits_device", STALENESS).await;
    let known = one.sign_in(browser()).await.unwrap().device;
    for n in 0..COUNT {
        let node = if n % 2 == 0 { &one } else { &other };
        assert!(matches!(node.try_password("a guess", browser()).await.unwrap_err(), LogInError::Wrong));
    }
    assert!(matches!(other.sign_in(browser()).await.unwrap_err(), LogInError::Limited(_)));
    assert!(other.sign_in(Browser { device: known, ..browser() }).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_accounts_and_current_passwords_are_counted_together() {
    let (one, other, ada) = two("limits_rest", STALENESS).await;
    let nodes = [&one, &other];
    for n in 0..=COUNT {
        let guest = continue_as_guest(&nodes[n % 2].ledger, at([198, 51, 100, 1])).await;
        assert_eq!(guest.is_ok(), n < COUNT, "{n}");
    }
    for n in 0..=COUNT {
        let attempt = SignUp {
            email: email("ada@example.com"),
            name: DisplayName::default(),
            password: password(PASSWORD),
            guest: None,
            browser: at([198, 51, 100, 2]),
        };
        let refused = sign_up(&nodes[n % 2].ledger, attempt).await.unwrap_err();
        assert_eq!(matches!(refused, SignUpError::Taken), n < COUNT, "{n}: {refused}");
    }
    for n in 0..=COUNT {
        let refused = confirm(&nodes[n % 2].ledger, ada, Password::attempt("a guess")).await.unwrap_err();
        assert_eq!(matches!(refused, ConfirmError::WrongPassword), n < COUNT, "{n}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_ends_by_the_database_s_clock_and_is_cleared_away() {
    let (one, other, _) = two("limits_window", STALENESS).await;
    for _ in 0..COUNT {
        assert!(matches!(one.try_password("a guess", browser()).await.unwrap_err(), LogInError::Wrong));
    }
    assert!(matches!(other.sign_in(browser()).await.unwrap_err(), LogInError::Limited(_)));
    let run = |text: &'static str| vestibule_tests::postgres::shared().sql("limits_window", text);
    let keys = run("SELECT key FROM attempts").out;
    assert_eq!(keys.lines().count(), 2, "an account and an address");
    assert!(!keys.contains("ada"), "nobody's name can be read there: {keys}");
    assert_eq!(run("UPDATE attempts SET began_at = began_at - 601000").code, 0);
    // A refusal is remembered for a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(other.sign_in(browser()).await.is_ok());
    assert_eq!(run("UPDATE attempts SET began_at = began_at - 601000").code, 0);
    crate::proof::attempts::prune(&one.ledger).await.unwrap();
    assert_eq!(run("SELECT COUNT(*) FROM attempts").line(), "0");
}
