use std::path::Path;

use vestibule_gate::account::{DisplayName, EmailAddress, Password, Roles};
use vestibule_gate::claims::{Claims, CookieNames, CookiePrefix};
use vestibule_gate::decide::Reach;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::token::opaque::Secret;
use vestibule_gate::verdict::{HeaderPrefix, Verdict};

use super::*;
use crate::fault::OpenError;
use crate::ledger::Ledger;
use crate::settings::{
    AnonymousSettings, CacheSettings, KeySettings, LimitSettings, PasswordSettings, PostgresSettings, Rate, SecretUrl,
    SessionSettings, Settings, StoreSettings,
};
use crate::store::query;
use crate::user::NewUser;
use crate::{backup, queries};

mod across;
mod api_tokens;
mod attacks;
mod clients;
mod cluster;
mod cold;
mod profiles;
mod tokens;
mod two_tabs;

const PASSWORD: &str = "quiet harbour lantern";

/// A file, or with `VESTIBULE_TEST_STORE=postgres` a database of its own for each folder: every test runs on both.
fn store(data_dir: &Path) -> StoreSettings {
    if is_file() {
        return StoreSettings::File;
    }
    let url = vestibule_tests::postgres::shared().url(&database(data_dir));
    let statement_timeout = std::time::Duration::from_secs(5);
    StoreSettings::Postgres(PostgresSettings {
        url: SecretUrl::new(&url),
        readers: 4,
        writers: 2,
        statement_timeout,
        node: "test".to_owned(),
        max_staleness: std::time::Duration::from_secs(1800),
    })
}

pub(crate) fn is_file() -> bool {
    std::env::var_os("VESTIBULE_TEST_STORE").is_none_or(|store| store != "postgres")
}

/// The name of a folder's database.
pub(crate) fn database(data_dir: &Path) -> String {
    let name: String = data_dir.to_string_lossy().bytes().map(|byte| format!("{byte:x}")).collect();
    format!("v{}", &name[name.len().saturating_sub(40)..])
}

pub(crate) fn settings(data_dir: &Path) -> Settings {
    let rate = Rate { count: 5, window: Span::from_seconds(600) };
    Settings {
        issuer: "http://localhost:8480".to_owned(),
        data_dir: data_dir.to_owned(),
        store: store(data_dir),
        session: SessionSettings { lifetime: Span::from_seconds(3600), idle_timeout: Span::from_seconds(600) },
        cache: CacheSettings { sessions: 1000 },
        password: PasswordSettings {
            min_score: 2,
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
            threads: 2,
            queue: 64,
        },
        limits: LimitSettings {
            sign_in_per_account: rate,
            sign_in_per_device: rate,
            sign_in_per_address: Rate { count: 50, ..rate },
            sign_up_per_address: rate,
            guest_per_address: rate,
            confirm_per_user: rate,
        },
        signup: true,
        anonymous: AnonymousSettings { enabled: true, purge_after: Span::from_seconds(3600) },
        keys: KeySettings {
            algorithm: SigningAlgorithm::EdDsa,
            for_assertions: None,
            secret: None,
            publish_before: Span::from_seconds(3600),
            keep_for: Span::from_seconds(86_400),
            rotate_every: None,
        },
        headers: HeaderPrefix::default().into(),
        assertion: None,
        profiles: false,
        cookies: CookieNames::new(&CookiePrefix::default()),
    }
}

/// A ledger in a folder that goes away with it.
struct House {
    ledger: Ledger,
    _dir: tempfile::TempDir,
}

/// Opens one that nobody else uses: what it has in memory is whole, though it follows nobody.
pub(crate) async fn open(settings: Settings) -> Ledger {
    let ledger = Ledger::open(settings).await.unwrap();
    ledger.live().freshness().whole_at(tokio::time::Instant::now());
    ledger
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = open(settings(dir.path())).await;
        Self { ledger, _dir: dir }
    }

    async fn with_ada() -> (Self, UserId) {
        let house = Self::new().await;
        let id = add_user(&house.ledger, ada(), Some(password(PASSWORD))).await.unwrap();
        (house, id)
    }

    async fn ask(&self, secret: &Secret) -> Verdict {
        let cookie = format!("session={}", secret.expose());
        let headers = [(&b"cookie"[..], cookie.as_bytes())];
        let claims = Claims::read(headers.into_iter(), &self.ledger.settings().cookies);
        self.ledger.live().answer(&claims, self.ledger.now(), Reach::Whole).await.unwrap()
    }

    async fn is_live(&self, secret: &Secret) -> bool {
        self.ask(secret).await.identity().is_some()
    }

    async fn sign_in(&self, browser: Browser) -> Result<Begun, LogInError> {
        self.try_password(PASSWORD, browser).await
    }

    async fn try_password(&self, text: &str, browser: Browser) -> Result<Begun, LogInError> {
        let attempt = LogIn { email: email("ADA@example.com"), password: password(text), browser };
        log_in(&self.ledger, attempt).await.map(begun)
    }
}

/// A sign-in that has begun a session.
#[derive(Debug)]
struct Begun {
    user: UserId,
    session: SessionId,
    secret: Secret,
    device: Option<String>,
}

fn begun(signed_in: SignedIn) -> Begun {
    let NewSession { id, secret, .. } = signed_in.session.expect("a session");
    Begun { user: signed_in.user, session: id, secret, device: signed_in.device }
}

fn ada() -> NewUser {
    NewUser {
        id: None,
        email: email("ada@example.com"),
        name: DisplayName::parse("Ada").unwrap(),
        roles: Roles::parse(["admin"]).unwrap(),
        verified: true,
        password: None,
    }
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn password(text: &str) -> Password {
    Password::attempt(text).unwrap()
}

fn browser() -> Browser {
    Browser::default()
}

fn known_by(secret: &Secret) -> KnownBy {
    KnownBy { sessions: vec![secret.hash()], ..KnownBy::default() }
}

fn from(secret: &Secret) -> Browser {
    Browser { sessions: vec![secret.hash()], ..Browser::default() }
}

#[tokio::test]
async fn revoked_on_the_very_next_resolve_by_whatever_ends_sessions() {
    let (house, ada) = House::with_ada().await;
    let who = UserRef::Id(ada);
    for way in
        ["sign-out", "revoke own", "revoke id", "revoke holder", "revoke user", "revoke all", "disable", "password"]
    {
        enable_user(&house.ledger, &who).await.unwrap();
        let session = house.sign_in(browser()).await.unwrap();
        assert!(house.is_live(&session.secret).await, "{way}");
        match way {
            "sign-out" => log_out(&house.ledger, &known_by(&session.secret)).await.unwrap(),
            "revoke own" => assert!(revoke_session(&house.ledger, ada, session.session).await.unwrap()),
            "revoke id" => assert_eq!(revoke(&house.ledger, Which::Session(session.session)).await.unwrap(), 1),
            "revoke holder" => drop(revoke(&house.ledger, Which::Holder(session.secret.hash())).await.unwrap()),
            "revoke user" => assert_eq!(revoke(&house.ledger, Which::User(who.clone())).await.unwrap(), 1),
            "revoke all" => assert_eq!(revoke(&house.ledger, Which::All).await.unwrap(), 1),
            "disable" => assert!(disable_user(&house.ledger, &who).await.unwrap().disabled),
            _ => drop(set_password(&house.ledger, &who, password(PASSWORD)).await.unwrap()),
        }
        assert!(!house.is_live(&session.secret).await, "{way}");
        enable_user(&house.ledger, &who).await.unwrap();
        assert!(!house.is_live(&session.secret).await, "{way}: enabling brings none back");
    }
    let session = house.sign_in(browser()).await.unwrap();
    assert!(house.is_live(&session.secret).await);
    delete_user(&house.ledger, &who).await.unwrap();
    assert!(!house.is_live(&session.secret).await);
}

#[tokio::test]
async fn session_fixation_every_sign_in_has_a_new_secret_and_ends_the_old_one() {
    let (house, ada) = House::with_ada().await;
    let first = house.sign_in(browser()).await.unwrap();
    let again = house.sign_in(from(&first.secret)).await.unwrap();
    assert_eq!(again.session, first.session, "the same user keeps the session");
    assert!(!house.is_live(&first.secret).await);
    assert!(house.is_live(&again.secret).await);
    let guest = begun(continue_as_guest(&house.ledger, from(&again.secret)).await.unwrap());
    assert_ne!(guest.user, ada);
    assert!(!house.is_live(&again.secret).await, "another user's sign-in ends the session");
    assert!(house.ask(&guest.secret).await.identity().unwrap().is_anonymous());
    let back = house.sign_in(from(&guest.secret)).await.unwrap();
    assert_eq!(back.user, ada, "the ids are never merged");
    assert!(!house.is_live(&guest.secret).await);
}

#[tokio::test]
async fn a_guest_who_signs_up_keeps_the_id_and_loses_every_session() {
    let house = House::new().await;
    let guest = begun(continue_as_guest(&house.ledger, browser()).await.unwrap());
    let planted = create_session(&house.ledger, &UserRef::Id(guest.user)).await.unwrap();
    let attempt = |email_text: &str, guest| SignUp {
        email: email(email_text),
        name: DisplayName::default(),
        password: password(PASSWORD),
        guest,
        browser: browser(),
    };
    let owner = begun(sign_up(&house.ledger, attempt("eve@example.com", Some(guest.user))).await.unwrap());
    assert_eq!(owner.user, guest.user);
    assert!(!house.is_live(&guest.secret).await);
    assert!(!house.is_live(&planted).await);
    assert!(!house.ask(&owner.secret).await.identity().unwrap().is_anonymous());
    let taken = sign_up(&house.ledger, attempt("EVE@example.com", None)).await.unwrap_err();
    assert!(matches!(taken, SignUpError::Taken));
    let full_user = begun(sign_up(&house.ledger, attempt("mallory@example.com", Some(owner.user))).await.unwrap());
    assert_ne!(full_user.user, owner.user, "a full user's id is never taken over");
}

#[tokio::test]
async fn a_password_change_ends_all_other_sessions() {
    let (house, ada) = House::with_ada().await;
    let here = house.sign_in(browser()).await.unwrap();
    let there = house.sign_in(browser()).await.unwrap();
    let change = async |current: &str, new: &str| {
        change_password(&house.ledger, ada, here.session, Password::attempt(current), password(new)).await
    };
    let wrong = change("not the password", "amber thicket violin").await.unwrap_err();
    assert!(matches!(wrong, ChangePasswordError::Confirm(ConfirmError::WrongPassword)));
    let weak = change(PASSWORD, "ada@example.com").await.unwrap_err();
    assert!(matches!(weak, ChangePasswordError::New(NewPasswordError::TooWeak(_))));
    assert!(house.is_live(&there.secret).await);
    change(PASSWORD, "amber thicket violin").await.unwrap();
    assert!(house.is_live(&here.secret).await);
    assert!(!house.is_live(&there.secret).await);
    assert!(matches!(house.sign_in(browser()).await.unwrap_err(), LogInError::Wrong));
}

#[tokio::test]
async fn a_role_or_verified_change_shows_in_the_next_answer() {
    let (house, ada) = House::with_ada().await;
    let session = house.sign_in(browser()).await.unwrap();
    let lines = async || {
        let mut out = Vec::new();
        let names = vestibule_gate::verdict::HeaderNames::new(&HeaderPrefix::default().into());
        house.ask(&session.secret).await.write_headers(&names, None, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(lines().await.contains("user-roles: admin\r\n"));
    let set = SetUser { roles: Some(Roles::default()), verified: Some(false), name: None, claims: Vec::new() };
    set_user(&house.ledger, &UserRef::Id(ada), set).await.unwrap();
    let after = lines().await;
    assert!(!after.contains("user-roles") && after.contains("user-verified: false\r\n"), "{after}");
}

#[tokio::test]
async fn brute_force_on_one_account_does_not_lock_out_a_known_browser() {
    let (house, _) = House::with_ada().await;
    let known = house.sign_in(browser()).await.unwrap().device;
    for _ in 0..5 {
        let wrong = house.try_password("not the password", browser()).await.unwrap_err();
        assert!(matches!(wrong, LogInError::Wrong));
    }
    assert!(matches!(house.sign_in(browser()).await.unwrap_err(), LogInError::Limited(_)));
    let here = Browser { device: known, ..Browser::default() };
    assert!(house.sign_in(here).await.is_ok());
    let forged = Browser { device: Some("vbd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..browser() };
    assert!(matches!(house.sign_in(forged).await.unwrap_err(), LogInError::Limited(_)));
}

#[tokio::test]
async fn a_disabled_user_is_told_so_only_after_the_right_password() {
    let (house, ada) = House::with_ada().await;
    disable_user(&house.ledger, &UserRef::Id(ada)).await.unwrap();
    assert!(matches!(house.try_password("not the password", browser()).await.unwrap_err(), LogInError::Wrong));
    assert!(matches!(house.sign_in(browser()).await.unwrap_err(), LogInError::Disabled));
    let refused = create_session(&house.ledger, &UserRef::Id(ada)).await.unwrap_err();
    assert!(matches!(refused, CreateSessionError::Disabled));
}

#[tokio::test]
async fn an_imported_hash_signs_in_and_is_rehashed() {
    // Made with Go's golang.org/x/crypto/bcrypt v0.58.0 as Authgear does; see proof/stored.rs.
    let authgear = "$bcrypt-sha512$$2a$04$jnnn/otolaRFh4T6dhpCheGI0U0rhRiph9aV.BRJqt.HNiDKpWdvS";
    for hash in [bcrypt::hash(PASSWORD, 4).unwrap(), authgear.to_owned()] {
        let house = House::new().await;
        let hash = StoredHash::parse(&hash).unwrap();
        let id = UserId::parse("0190a5f8-7b7c-4d4e-8f00-0123456789ab").unwrap();
        import_users(&house.ledger, vec![NewUser { id: Some(id), password: Some(hash), ..ada() }]).await.unwrap();
        assert!(matches!(house.try_password("quiet harbour lanter", browser()).await, Err(LogInError::Wrong)));
        assert_eq!(house.sign_in(browser()).await.unwrap().user, id);
        let mut sql = house.ledger.store().read().await.unwrap();
        let row = users::find(&mut sql, &UserRef::Id(id)).await.unwrap().unwrap();
        assert!(row.password_hash.unwrap().0.starts_with("$argon2id$"));
        drop(sql);
        assert!(house.sign_in(browser()).await.is_ok());
    }
}

#[tokio::test]
async fn an_operator_s_password_must_be_as_strong_as_anybody_s() {
    let (house, id) = House::with_ada().await;
    let who = UserRef::Id(id);
    for weak in ["password", "aaaaaaaaaaaa", "12345678"] {
        let refused = set_password(&house.ledger, &who, password(weak)).await;
        assert!(matches!(refused, Err(SetPasswordError::New(NewPasswordError::TooWeak(_)))), "{weak}: {refused:?}");
        let bob = NewUser { email: email("bob@example.com"), ..ada() };
        let refused = add_user(&house.ledger, bob, Some(password(weak))).await;
        assert!(matches!(refused, Err(AddUserError::Password(NewPasswordError::TooWeak(_)))), "{weak}: {refused:?}");
    }
    assert!(house.sign_in(browser()).await.is_ok(), "the old password stays");
    assert_eq!(queries::statistics(&house.ledger).await.unwrap().users, 1);
}

#[tokio::test]
async fn a_password_is_hashed_anew_when_its_cost_changes() {
    let (house, ada) = House::with_ada().await;
    let costs = async || {
        let mut sql = house.ledger.store().read().await.unwrap();
        let hash = users::find(&mut sql, &UserRef::Id(ada)).await.unwrap().unwrap().password_hash.unwrap().0;
        hash.split('$').nth(3).unwrap().to_owned()
    };
    assert_eq!(costs().await, "m=64,t=1,p=1");
    let mut dearer = (*house.ledger.settings()).clone();
    dearer.password.iterations = 2;
    house.ledger.reload(dearer);
    assert!(house.try_password("not the password", browser()).await.is_err());
    assert_eq!(costs().await, "m=64,t=1,p=1", "only who knows the password");
    house.sign_in(browser()).await.unwrap();
    assert_eq!(costs().await, "m=64,t=2,p=1");
    house.sign_in(browser()).await.unwrap();
}

#[tokio::test]
async fn who_is_told_to_come_back_has_not_tried() {
    let dir = tempfile::tempdir().unwrap();
    let mut busy = settings(dir.path());
    (busy.password.threads, busy.password.queue, busy.password.memory_kib) = (1, 1, 4096);
    let house = std::sync::Arc::new(House { ledger: open(busy).await, _dir: dir });
    let ada = add_user(&house.ledger, ada(), Some(password(PASSWORD))).await.unwrap();
    let mut turned_away = 0;
    for _ in 0..10 {
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let house = std::sync::Arc::clone(&house);
            crowd.spawn(async move {
                let confirmed = confirm(&house.ledger, ada, Password::attempt(PASSWORD)).await;
                (house.sign_in(browser()).await.err(), confirmed.err())
            });
        }
        for (sign_in, confirmed) in crowd.join_all().await {
            assert!(matches!(sign_in, None | Some(LogInError::Busy)), "{sign_in:?}");
            assert!(matches!(confirmed, None | Some(ConfirmError::Busy)), "{confirmed:?}");
            turned_away += u32::from(sign_in.is_some()) + u32::from(confirmed.is_some());
        }
    }
    assert!(turned_away > 10, "hardly anybody was turned away: {turned_away}");
    house.sign_in(browser()).await.unwrap();
    confirm(&house.ledger, ada, Password::attempt(PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn an_import_is_all_or_nothing() {
    let (house, _) = House::with_ada().await;
    let two = vec![NewUser { email: email("bob@example.com"), ..ada() }, ada()];
    let refused = import_users(&house.ledger, two).await.unwrap_err();
    assert_eq!(refused.index(), Some(1));
    assert_eq!(queries::statistics(&house.ledger).await.unwrap().users, 1);
}

#[tokio::test]
async fn an_impersonation_has_no_methods_and_never_authenticated() {
    let (house, ada) = House::with_ada().await;
    let secret = create_session(&house.ledger, &UserRef::Id(ada)).await.unwrap();
    assert_eq!(house.ask(&secret).await.identity().unwrap().authenticated_at(), Timestamp::NEVER);
    let listed = queries::sessions(&house.ledger, ada).await.unwrap();
    assert!(listed.len() == 1 && listed[0].by_cli && listed[0].amr.is_empty());
}

#[tokio::test]
async fn an_address_that_changes_is_no_longer_verified() {
    let (house, ada) = House::with_ada().await;
    let current = || Password::attempt(PASSWORD);
    change_email(&house.ledger, ada, current(), email("Ada@Example.com")).await.unwrap();
    let user = async || queries::user(&house.ledger, &UserRef::Id(ada)).await.unwrap().unwrap();
    assert!(user().await.verified, "only the spelling");
    change_email(&house.ledger, ada, current(), email("countess@example.com")).await.unwrap();
    assert!(!user().await.verified);
    add_user(&house.ledger, self::ada(), None).await.unwrap();
    let taken = change_email(&house.ledger, ada, current(), email("ada@example.com")).await.unwrap_err();
    assert!(matches!(taken, ChangeEmailError::Taken));
    assert!(matches!(delete_account(&house.ledger, ada, None).await.unwrap_err(), ConfirmError::WrongPassword));
    delete_account(&house.ledger, ada, current()).await.unwrap();
}

#[tokio::test]
async fn two_processes_on_one_folder_are_refused_and_everything_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(settings(dir.path())).await.unwrap();
    assert!(matches!(Ledger::open(settings(dir.path())).await.err().unwrap(), OpenError::InUse(_)));
    let ada = add_user(&ledger, ada(), Some(password(PASSWORD))).await.unwrap();
    let secret = create_session(&ledger, &UserRef::Id(ada)).await.unwrap();
    let copy = dir.path().join("copy.db");
    let backed_up = backup::to(&ledger, &copy).await;
    assert_eq!(backed_up.is_ok(), is_file(), "pg_dump is the backup of the other");
    assert!(backup::to(&ledger, &copy).await.is_err(), "a backup overwrites nothing");
    ledger.close().await;
    drop(ledger);
    let house = House { ledger: Ledger::open(settings(dir.path())).await.unwrap(), _dir: dir };
    assert!(house.is_live(&secret).await);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(settings(dir.path())).await.unwrap();
    let mut sql = ledger.store().write().await.unwrap();
    query("INSERT INTO schema_version (version) VALUES (99)").execute(&mut sql).await.unwrap();
    sql.commit().await.unwrap();
    ledger.close().await;
    drop(ledger);
    let refused = Ledger::open(settings(dir.path())).await.err().unwrap();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
}

/// Resolves and revocations race for a while: a resolve that begins after a revocation has been acknowledged never
/// says yes, however fills and forgettings interleave.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_resolve_that_begins_after_an_acknowledged_revocation_says_yes() {
    let (house, ada) = House::with_ada().await;
    let house = std::sync::Arc::new(house);
    for _ in 0..40 {
        let secret = create_session(&house.ledger, &UserRef::Id(ada)).await.unwrap();
        let readers: Vec<_> = (0..6)
            .map(|_| {
                let (house, secret) = (std::sync::Arc::clone(&house), secret.clone());
                tokio::spawn(async move {
                    while house.is_live(&secret).await {
                        tokio::task::yield_now().await
                    }
                })
            })
            .collect();
        revoke(&house.ledger, Which::User(UserRef::Id(ada))).await.unwrap();
        for _ in 0..20 {
            assert!(!house.is_live(&secret).await);
        }
        for reader in readers {
            reader.await.unwrap();
        }
    }
}
