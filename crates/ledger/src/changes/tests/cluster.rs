//! Several nodes on one PostgreSQL: what one of them changes, the others know, or say that they cannot know.

use std::time::Duration;

use vestibule_gate::grant::ClientKind;
use vestibule_gate::table::Forget;
use vestibule_tests::postgres::{self, Postgres};

use super::*;
use crate::fault::Fault;
use crate::settings::{PostgresSettings, SecretUrl, StoreSettings};
use crate::store::feed;

pub(super) const STALENESS: Duration = Duration::from_secs(2);

/// A node on this database. It follows the others.
pub(super) async fn node(url: &str, max_staleness: Duration) -> House {
    let house = asleep(url, max_staleness).await;
    house.ledger.start_jobs(&tokio::runtime::Handle::current());
    house
}

/// One that does nothing by itself.
pub(super) async fn asleep(url: &str, max_staleness: Duration) -> House {
    let dir = tempfile::tempdir().unwrap();
    let postgres = PostgresSettings {
        url: SecretUrl::new(url),
        readers: 4,
        writers: 2,
        statement_timeout: Duration::from_secs(5),
        node: "test".to_owned(),
        max_staleness,
    };
    let settings = Settings { store: StoreSettings::Postgres(postgres), ..settings(dir.path()) };
    House { ledger: Ledger::open(settings).await.unwrap(), _dir: dir }
}

/// Two nodes, and Ada.
pub(super) async fn two(database: &str, max_staleness: Duration) -> (House, House, UserId) {
    let url = postgres::shared().url(database);
    let (one, other) = (node(&url, max_staleness).await, node(&url, max_staleness).await);
    let id = add_user(&one.ledger, ada(), Some(password(PASSWORD))).await.unwrap();
    (one, other, id)
}

/// Waits until it is so.
pub(super) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}");
}

impl House {
    pub(super) fn is_fresh(&self) -> bool {
        self.ledger.live().freshness().is_fresh()
    }

    pub(super) fn knows(&self) -> usize {
        self.ledger.live().sessions_in_memory()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_on_one_node_is_refused_by_the_other_from_memory() {
    let (one, other, ada) = two("revoked", STALENESS).await;
    until("both follow", async || one.is_fresh() && other.is_fresh()).await;
    for way in ["session", "user", "everything"] {
        let session = one.sign_in(browser()).await.unwrap();
        assert!(one.is_live(&session.secret).await && other.is_live(&session.secret).await, "{way}");
        assert_eq!(other.knows(), 1);
        match way {
            "session" => _ = revoke(&one.ledger, Which::Session(session.session)).await.unwrap(),
            "user" => _ = disable_user(&one.ledger, &UserRef::Id(ada)).await.unwrap(),
            _ => _ = revoke(&one.ledger, Which::All).await.unwrap(),
        }
        assert!(!one.is_live(&session.secret).await, "{way}: on the node that took it at once");
        until("the other refuses", async || !other.is_live(&session.secret).await).await;
        assert!(other.is_fresh());
        enable_user(&one.ledger, &UserRef::Id(ada)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_staleness_the_very_next_resolve_of_any_node_refuses() {
    let (one, other, _) = two("strict", Duration::ZERO).await;
    for _ in 0..20 {
        let session = one.sign_in(browser()).await.unwrap();
        assert!(other.is_live(&session.secret).await);
        assert!(revoke(&other.ledger, Which::Session(session.session)).await.unwrap() == 1);
        assert!(!one.is_live(&session.secret).await);
        assert!(!other.is_live(&session.secret).await);
    }
    assert_eq!(one.knows(), 0, "nothing was taken from memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_shows_on_the_other_node() {
    let (one, other, ada) = two("roles", STALENESS).await;
    let secret = one.sign_in(browser()).await.unwrap().secret;
    until("the other follows", async || other.is_fresh()).await;
    let roles = async || other.ask(&secret).await.identity().map(|identity| identity.facts().roles.header_value());
    assert_eq!(roles().await.as_deref(), Some("admin"));
    let change = SetUser { roles: Some(Roles::parse(["staff"]).unwrap()), ..SetUser::default() };
    set_user(&one.ledger, &UserRef::Id(ada), change).await.unwrap();
    until("the other knows", async || roles().await.as_deref() == Some("staff")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_in_the_order_of_the_commits_and_a_rolled_back_change_leaves_none_out() {
    let (one, other, ada) = two("numbers", STALENESS).await;
    let head = async || feed::head(&mut one.ledger.store().read().await.unwrap()).await.unwrap().number;
    let before = head().await;
    let mut dropped = one.ledger.store().write().await.unwrap();
    one.ledger.node().announce(&mut dropped, &crate::feed::Said::EVERYTHING, one.ledger.now()).await.unwrap();
    drop(dropped);
    // Two changes that want to commit the other way round: the second one cannot begin before the first one has ended.
    let first = one.ledger.store().write().await.unwrap();
    let (ledger, who) = (other.ledger.clone(), UserRef::Id(ada));
    let second = tokio::spawn(async move { disable_user(&ledger, &who).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!second.is_finished());
    let mut first = first;
    one.ledger.node().announce(&mut first, &[crate::feed::Said::Keys], one.ledger.now()).await.unwrap();
    first.commit().await.unwrap();
    second.await.unwrap().unwrap();
    let (_, entries) = feed::behind(&mut one.ledger.store().read().await.unwrap(), before, 100).await.unwrap();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!((head().await, numbers), (before + 2, vec![before + 1, before + 2]));
    assert_eq!(
        entries.iter().map(|entry| &*entry.said).collect::<Vec<_>>(),
        ["keys".to_owned(), format!("user:{ada}")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_slept_while_the_feed_was_pruned_forgets_everything() {
    let url = postgres::shared().url("pruned");
    let one = node(&url, STALENESS).await;
    add_user(&one.ledger, ada(), Some(password(PASSWORD))).await.unwrap();
    let sleeper = node(&url, STALENESS).await;
    let session = one.sign_in(browser()).await.unwrap();
    assert!(sleeper.is_live(&session.secret).await);
    until("it is in memory", async || sleeper.is_fresh() && sleeper.is_live(&session.secret).await).await;
    // It neither hears nor asks.
    sleeper.ledger.stop_jobs();
    revoke(&one.ledger, Which::Session(session.session)).await.unwrap();
    let mut sql = one.ledger.store().plain().await.unwrap();
    feed::prune(&mut sql, one.ledger.now().plus(Span::from_seconds(60))).await.unwrap();
    drop(sql);
    sleeper.ledger.start_jobs(&tokio::runtime::Handle::current());
    until("it refuses", async || !sleeper.is_live(&session.secret).await).await;
    until("it is whole again", async || sleeper.is_fresh()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_and_that_happens_later_is_obeyed_by_the_node_that_asked_for_it() {
    let (one, _, ada) = two("doubted", STALENESS).await;
    let session = one.sign_in(browser()).await.unwrap();
    // As `commit_then` does it, when the commit is not answered.
    let mut sql = one.ledger.store().write().await.unwrap();
    let said = [crate::feed::Said::Forget(Forget::User(ada))];
    let number = one.ledger.node().announce(&mut sql, &said, one.ledger.now()).await.unwrap();
    one.ledger.node().doubts().unwrap().add(number.unwrap());
    until("it is in memory", async || one.is_fresh() && one.is_live(&session.secret).await && one.knows() == 1).await;
    sql.commit().await.unwrap();
    until("it is forgotten", async || one.knows() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_lost_changes_and_made_others_is_found_out() {
    let (one, other, _) = two("another_past", STALENESS).await;
    let session = one.sign_in(browser()).await.unwrap();
    until("it is in memory", async || other.is_fresh() && other.is_live(&session.secret).await && other.knows() == 1)
        .await;
    let head = feed::head(&mut one.ledger.store().plain().await.unwrap()).await.unwrap().number;
    until("all was heard", async || other.ledger.node().applied() == head).await;
    // A standby took over that had not heard of the last change; under its number it made another one since.
    let sql = format!(
        "BEGIN; UPDATE feed SET node = 'another', said = '', committed_at = committed_at + 1 WHERE number = {head};\
         INSERT INTO feed VALUES ({head} + 1, 'another', '', 0); UPDATE feed_head SET number = {head} + 1; COMMIT"
    );
    postgres::shared().sql("another_past", &sql).expect_code(0);
    until("all is forgotten", async || other.knows() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_that_are_cut_off_are_made_up_for_by_the_heartbeat() {
    let (one, other, _) = two("cut", STALENESS).await;
    until("both follow", async || one.is_fresh() && other.is_fresh()).await;
    for _ in 0..3 {
        let session = one.sign_in(browser()).await.unwrap();
        assert!(other.is_live(&session.secret).await);
        let kill =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut' AND query ILIKE 'LISTEN%'";
        postgres::shared().sql("postgres", kill);
        revoke(&one.ledger, Which::Session(session.session)).await.unwrap();
        let since = tokio::time::Instant::now();
        until("the other refuses", async || !other.is_live(&session.secret).await).await;
        assert!(since.elapsed() < STALENESS + Duration::from_millis(200), "{:?}", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_is_gone_memory_is_believed_for_so_long_and_then_nobody_is() {
    let mut database = Postgres::start();
    let house = node(&database.url("gone"), STALENESS).await;
    add_user(&house.ledger, ada(), Some(password(PASSWORD))).await.unwrap();
    let secret = house.sign_in(browser()).await.unwrap().secret;
    until("it follows", async || house.is_fresh() && house.is_live(&secret).await).await;
    database.kill();
    let died = tokio::time::Instant::now();
    let cookie = format!("session={}", secret.expose());
    let ask = async || {
        let headers = [(&b"cookie"[..], cookie.as_bytes())];
        let claims = Claims::read(headers.into_iter(), &house.ledger.settings().cookies);
        let answer = house.ledger.live().answer(&claims, house.ledger.now(), Reach::Whole).await;
        answer.map(|verdict| verdict.identity().is_some())
    };
    assert_eq!(ask().await.ok(), Some(true), "memory was whole a moment ago");
    let mut asked = tokio::time::Instant::now();
    while ask().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        asked = tokio::time::Instant::now();
    }
    assert!(asked - died < STALENESS + Duration::from_millis(100), "{:?}", asked - died);
    for _ in 0..5 {
        assert!(matches!(ask().await, Err(Fault::Store(_) | Fault::Slow)), "never an old yes");
    }
    database.restart();
    until("it answers again", async || ask().await.is_ok_and(|is_live| is_live)).await;
    until("from memory", async || house.is_fresh()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_one_node_retires_verifies_on_no_other() {
    let (one, other, _) = two("keys", STALENESS).await;
    prepare_keys(&one.ledger).await.unwrap();
    let published = || {
        let ids = |house: &House| -> Vec<String> {
            let keys = house.ledger.keyring().published();
            let mut ids: Vec<String> = keys.iter().map(|key| key.id().to_string()).collect();
            ids.sort();
            ids
        };
        (ids(&one), ids(&other))
    };
    until("both publish one key", async || published().0.len() == 1 && published().0 == published().1).await;
    let new = rotate_keys(&one.ledger, None).await.unwrap().id;
    until("the other publishes it", async || published().1.contains(&new.to_string())).await;
    retire_key(&other.ledger, &new).await.unwrap();
    until("the first one knows", async || !published().0.contains(&new.to_string())).await;
    assert_eq!(published().0, published().1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_two_nodes_redeem_at_once_is_redeemed_once() {
    let (one, other, ada) = two("codes", STALENESS).await;
    let spa = tokens::client("spa", ClientKind::Spa);
    add_client(&one.ledger, spa.clone()).await.unwrap();
    let [one, other] = [one, other].map(|house| tokens::Tokens { house, ada, spa: spa.clone() });
    for _ in 0..10 {
        let code = one.code(&spa, None).await;
        let (a, b) =
            tokio::join!(one.redeem(&spa, &code, tokens::VERIFIER), other.redeem(&spa, &code, tokens::VERIFIER));
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_refresh_on_two_nodes_at_once_get_the_same_tokens() {
    let (one, other, ada) = two("refresh", STALENESS).await;
    let spa = tokens::client("spa", ClientKind::Spa);
    add_client(&one.ledger, spa.clone()).await.unwrap();
    let [one, other] = [one, other].map(|house| tokens::Tokens { house, ada, spa: spa.clone() });
    let first = one.tokens(&spa, None).await.refresh.unwrap();
    let (a, b) = tokio::join!(one.refresh(&first), other.refresh(&first));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.access.secret.expose(), b.access.secret.expose());
    assert!(one.speaks(&a.access.secret).await && other.speaks(&a.access.secret).await);
}
