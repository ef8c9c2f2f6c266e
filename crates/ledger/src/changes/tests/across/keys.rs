//! Signing keys of several nodes: none signs with a key that another one does not publish yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use vestibule_gate::token::jwt::{KeyId, TokenType};

use super::*;
use crate::jobs::rotate_keys::tend;
use crate::signing::Phase;

impl House {
    /// Which key this node signs with now.
    fn signer(&self) -> Option<String> {
        let token = self.ledger.sign(TokenType::Access, &json!({ "jti": "j" })).ok()?;
        jsonwebtoken::decode_header(token).unwrap().kid
    }

    fn publishes(&self, id: &str) -> bool {
        self.ledger.keyring().published().find(id).is_some()
    }

    /// As one that hears nothing, and asks every heartbeat.
    async fn deafen(database: &str) {
        let kill = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND query ILIKE 'LISTEN%'"
        );
        vestibule_tests::postgres::shared().sql("postgres", &kill);
    }
}

/// Watches, until it is dropped, that whatever one node signs with the other one publishes.
struct Watch {
    stop: Arc<AtomicBool>,
    watcher: tokio::task::JoinHandle<usize>,
}

impl Watch {
    fn over(nodes: [Arc<House>; 2]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let watcher = tokio::task::spawn_blocking(move || {
            let mut signed = 0;
            while !stopped.load(Ordering::Relaxed) {
                for (signs, publishes) in [(&nodes[0], &nodes[1]), (&nodes[1], &nodes[0])] {
                    let Some(signer) = signs.signer() else { continue };
                    // A key that was retired in between is missing, and is none that signs any more.
                    let is_missing = !publishes.publishes(&signer) && signs.signer().as_ref() == Some(&signer);
                    let was_retired = is_missing && retired(&publishes.ledger, &signer);
                    assert!(!is_missing || was_retired, "a node signs with {signer}, which the other does not publish");
                    signed += 1;
                }
            }
            signed
        });
        Self { stop, watcher }
    }

    async fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.watcher.await.unwrap()
    }
}

/// Whether the store says that a key is retired.
fn retired(ledger: &Ledger, id: &str) -> bool {
    let all = tokio::runtime::Handle::current().block_on(queries::keys(ledger)).unwrap();
    all.iter().any(|key| key.id.as_str() == id && matches!(key.phase, Phase::Retired { .. }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_takes_over_at_once_is_published_by_every_node_before_it_signs() {
    let (one, other, _) = two("keys_heir", STALENESS).await;
    until("both are known", async || one.is_fresh() && other.is_fresh()).await;
    let nodes = [one, other].map(Arc::new);
    prepare_keys(&nodes[0].ledger).await.unwrap();
    prepare_keys(&nodes[1].ledger).await.unwrap();
    assert_eq!(queries::keys(&nodes[0].ledger).await.unwrap().len(), 1, "both found the same one");
    assert_eq!(nodes[0].signer(), nodes[1].signer());
    let watch = Watch::over(nodes.clone());
    for round in 0..8 {
        House::deafen("keys_heir").await;
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let old = KeyId::parse(&here.signer().unwrap()).unwrap();
        if round % 3 == 0 {
            // A heir that was made a moment ago, on the other node.
            rotate_keys(&there.ledger, None).await.unwrap();
        }
        let heir = retire_key(&here.ledger, &old).await.unwrap().unwrap();
        assert!(there.publishes(heir.as_str()), "{round}");
        assert_eq!(here.signer().as_deref(), Some(heir.as_str()), "{round}");
        until("the other signs with it", async || there.signer().as_deref() == Some(heir.as_str())).await;
    }
    assert!(watch.end().await > 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_key_waits_for_longer_than_any_node_may_be_behind() {
    let (one, other, _) = two("keys_wait", Duration::from_millis(400)).await;
    until("both are known", async || one.is_fresh() && other.is_fresh()).await;
    let nodes = [one, other].map(Arc::new);
    for node in &nodes {
        prepare_keys(&node.ledger).await.unwrap();
        let mut hasty = (*node.ledger.settings()).clone();
        hasty.keys.publish_before = Span::from_seconds(0);
        node.ledger.reload(hasty);
    }
    let watch = Watch::over(nodes.clone());
    House::deafen("keys_wait").await;
    let old = nodes[0].signer().unwrap();
    let new = rotate_keys(&nodes[0].ledger, None).await.unwrap();
    assert_eq!(new.phase, Phase::Next, "not at once, whatever the configuration says");
    assert!(new.signs_from.since(nodes[0].ledger.now()) > Span::from_millis(400));
    assert_eq!(nodes[0].signer(), Some(old));
    until("both sign with it", async || nodes.iter().all(|node| node.signer().as_deref() == Some(new.id.as_str())))
        .await;
    watch.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_sleeps_holds_a_new_key_up_until_nobody_believes_its_memory() {
    let (one, sleeper, _) = two("keys_sleep", STALENESS).await;
    prepare_keys(&one.ledger).await.unwrap();
    let published = async || sleeper.signer().is_some();
    until("the other knows it", published).await;
    until("it has said so", async || sleeper.is_fresh()).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    sleeper.ledger.stop_jobs();
    let old = KeyId::parse(&one.signer().unwrap()).unwrap();
    let heir = retire_key(&one.ledger, &old).await.unwrap().unwrap();
    assert!(!sleeper.is_fresh(), "it was waited for as long as its memory counted");
    assert!(!sleeper.publishes(heir.as_str()), "it sleeps");
    // Before it shows its keys, or signs, it reads them.
    sleeper.ledger.know_keys().await.unwrap();
    assert!(sleeper.publishes(heir.as_str()) && !sleeper.publishes(old.as_str()));
    assert_eq!(sleeper.signer(), one.signer());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_that_start_at_once_make_one_first_key_and_two_that_tend_at_once_one_new_one() {
    for round in 0..5 {
        let database = format!("keys_first{round}");
        let url = vestibule_tests::postgres::shared().url(&database);
        // Before their jobs look after the keys: as two servers that start on an empty database.
        let (one, other) = (asleep(&url, STALENESS).await, asleep(&url, STALENESS).await);
        let (a, b) = tokio::join!(prepare_keys(&one.ledger), prepare_keys(&other.ledger));
        a.unwrap();
        b.unwrap();
        assert_eq!(queries::keys(&one.ledger).await.unwrap().len(), 1);
        assert_eq!(one.signer(), other.signer(), "and both know it at once");
        for house in [&one, &other] {
            let mut daily = (*house.ledger.settings()).clone();
            daily.keys.rotate_every = Some(Span::from_seconds(86_400));
            house.ledger.reload(daily);
        }
        let tomorrow = one.ledger.now().plus(Span::from_seconds(86_400));
        let (a, b) = tokio::join!(tend(&one.ledger, tomorrow), tend(&other.ledger, tomorrow));
        a.unwrap();
        b.unwrap();
        assert_eq!(queries::keys(&one.ledger).await.unwrap().len(), 2, "{round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_was_retired_while_keys_were_read_does_not_come_back() {
    let (one, other, _) = two("keys_read", STALENESS).await;
    let nodes = [one, other].map(Arc::new);
    prepare_keys(&nodes[0].ledger).await.unwrap();
    prepare_keys(&nodes[1].ledger).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (ledger, stopped) = (nodes[0].ledger.clone(), Arc::clone(&stop));
    let reader = tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            crate::signing::read_again(&ledger, &mut ledger.store().read().await.unwrap()).await.unwrap();
        }
    });
    for _ in 0..20 {
        let old = nodes[0].signer().unwrap();
        retire_key(&nodes[0].ledger, &KeyId::parse(&old).unwrap()).await.unwrap();
        for _ in 0..50 {
            assert!(!nodes[0].publishes(&old), "it verifies again");
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    reader.await.unwrap();
}
