//! The ledger: the folder, the store, the live table, the clock, the hashing threads and the limits, in one handle.

use std::sync::Arc;

use parking_lot::RwLock;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use vestibule_gate::keys::Keys;
use vestibule_gate::table::{Limits as TableLimits, Table};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::TokenType;
use vestibule_gate::token::opaque::TagKey;

use crate::changes;
use crate::clock::Clock;
use crate::fault::{self, Fault, OpenError};
use crate::jobs;
use crate::live::Live;
use crate::node::Node;
use crate::proof::attempts::Refusals;
use crate::proof::limits::Limits;
use crate::proof::password::{self, Hasher};
use crate::settings::{SessionSettings, Settings, StoreSettings};
use crate::signing::{self, Keyring};
use crate::store::folder::Folder;
use crate::store::query;
use crate::store::resolves::Terms;
use crate::store::{Connections, Place, Store, keys};
use crate::user::SessionInfo;

/// The handle to everything that is known. Cheap to clone.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    store: Store,
    live: Arc<Live>,
    clock: Clock,
    hasher: Hasher,
    keyring: Keyring,
    limits: Limits,
    refusals: Refusals,
    settings: RwLock<Arc<Settings>>,
    jobs: parking_lot::Mutex<Vec<JoinHandle<()>>>,
    node: Node,
    _folder: Folder,
}

impl Ledger {
    /// Opens the data folder: makes it and the database where they are missing, and brings the schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator. [`OpenError::InUse`] when another process has the folder.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        password::params(&settings.password)
            .map_err(|_| OpenError::Password("Argon2 does not take these parameters together".to_owned()))?;
        let folder = Folder::open(&settings.data_dir)?;
        let place = match &settings.store {
            StoreSettings::File => Place::File(folder.database()),
            StoreSettings::Postgres(postgres) => Place::Postgres(postgres.clone()),
        };
        let path = place.name();
        let failed = |fault: Fault| OpenError::Store { path: path.clone(), fault };
        let store = Store::open(place).await?;
        changes::count_from_zero();
        fault::count_from_zero();
        let clock = Clock::start();
        let node = Node::new(&settings, &store, &clock).await.map_err(failed)?;
        let key = installation_key(&store, clock.now()).await.map_err(failed)?;
        let issuer = settings.issuer.as_str().into();
        let keys = Arc::new(Keys::new(TagKey::new(&key)));
        let keyring = signing::open(&store, &settings.keys, &path, Arc::clone(&keys)).await?;
        let limits = table_limits(&settings.session);
        let table = Table::new(settings.cache.sessions, settings.headers.clone(), limits);
        let table = Arc::new(if node.has_others() { table.shared() } else { table });
        let hasher = Hasher::start(settings.password.threads, settings.password.queue)
            .map_err(|source| OpenError::Folder { path: path.clone(), source })?;
        Ok(Self(Arc::new(Inner {
            live: Live::new(table, keys, issuer, store.clone(), terms(&settings), node.freshness()),
            node,
            store,
            clock,
            hasher,
            keyring,
            limits: Limits::default(),
            refusals: Refusals::default(),
            settings: RwLock::new(Arc::new(settings)),
            jobs: parking_lot::Mutex::default(),
            _folder: folder,
        })))
    }

    /// Starts what runs by itself: writing activity behind, and purging. A command that opens the ledger for one
    /// change does without. What other nodes change is followed on the runtime `following`, which must go on until the
    /// ledger is closed: on one of its own it waits for nothing else that this process does.
    pub fn start_jobs(&self, following: &Handle) {
        *self.0.jobs.lock() = jobs::start(self, following);
    }

    /// Ends what runs by itself.
    pub(crate) fn stop_jobs(&self) {
        self.0.jobs.lock().drain(..).for_each(|job| job.abort());
    }

    /// Puts new settings in force, as far as they can change while this runs (see [`Settings`]).
    pub fn reload(&self, settings: Settings) {
        self.0.live.set_terms(terms(&settings));
        self.0.live.table().set_limits(table_limits(&settings.session));
        *self.0.settings.write() = Arc::new(settings);
    }

    /// Writes what is pending and closes the store.
    pub async fn close(&self) {
        self.stop_jobs();
        if let Err(fault) = jobs::flush_activity::flush_all(self).await {
            tracing::error!(%fault, "the last activity was not written");
        }
        self.0.node.leave(&self.0.store).await;
        self.0.store.close().await;
    }

    /// What time it is, for the request that begins now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Who is this?
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        &self.0.live
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.0.settings.read())
    }

    /// The key for tags: of secrets, and of cookies that only have to be recognised.
    #[must_use]
    pub fn tag_key(&self) -> &TagKey {
        self.0.live.keys().tag()
    }

    /// What tokens are signed with, and verified.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// Makes sure that the published keys are known as they are: before one signs, and before they are shown.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be known what other nodes have made of them.
    pub async fn know_keys(&self) -> Result<(), Fault> {
        signing::make_sure(self).await
    }

    /// Makes a token, with the key of the configured algorithm that signs now.
    ///
    /// # Errors
    /// [`Fault::NoSigning`] when there is no key yet: see [`changes::prepare_keys`].
    pub fn sign(&self, token_type: TokenType, claims: &impl Serialize) -> Result<String, Fault> {
        self.keyring().sign(self.settings().keys.algorithm, token_type, claims, self.now())
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`Fault`] when it does not.
    pub async fn check(&self) -> Result<(), Fault> {
        let mut sql = self.store().read().await?;
        query("SELECT 1").execute(&mut sql).await?;
        Ok(())
    }

    /// The connections to the database, by what they are for; none where the store is a file.
    #[must_use]
    pub fn connections(&self) -> Vec<Connections> {
        self.store().connections()
    }

    /// Whether a session's time is over, by the store's row and by what memory knows of its last use.
    pub(crate) fn is_over(&self, session: &SessionInfo, now: Timestamp) -> bool {
        let seen = self.live().table().last_seen(session.id).unwrap_or(Timestamp::NEVER).max(session.last_seen_at);
        now >= session.end(seen, self.settings().session.idle_timeout)
    }

    pub(crate) async fn write_first_uses(&self) -> Result<(), Fault> {
        jobs::flush_activity::write_first_uses(self).await
    }

    pub(crate) fn node(&self) -> &Node {
        &self.0.node
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }
}

fn terms(settings: &Settings) -> Terms {
    Terms { lifetime: settings.session.lifetime, profiles: settings.profiles }
}

fn table_limits(session: &SessionSettings) -> TableLimits {
    TableLimits { idle_timeout: session.idle_timeout, write_interval: session.write_interval() }
}

async fn installation_key(store: &Store, now: Timestamp) -> Result<[u8; 32], Fault> {
    let mut transaction = store.write().await?;
    let key = keys::get_or_mint(&mut transaction, "tag", now).await?;
    transaction.commit().await?;
    Ok(key)
}
