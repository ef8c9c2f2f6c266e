//! `vestibule serve`: the wiring plan. Opens the ledger, binds the listeners, and keeps them going until it is told to end.
//!
//! Two signals matter: SIGTERM (or SIGINT) lets what runs finish and ends with 0; SIGHUP reads the configuration again.

mod listeners;
mod reload;
mod rule_files;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use vestibule_ledger::{Ledger, changes};

use self::listeners::{Doors, Listeners};
use crate::config::Config;
use crate::control::{self, reach};
use crate::log::{self, Logging};
use crate::ops::metrics::Metrics;
use crate::ops::resolves::Resolves;
use crate::ops::{self, Ops};
use crate::resolver::{self, Resolver, Threads, envoy};
use crate::routes;
use crate::web::Site;
use crate::wire::connection::Timeouts;
use crate::wire::router::{self, RouterService};

/// How long an ending waits for what runs. Kept under the 30 s after which most supervisors kill.
const LONGEST_END: Duration = Duration::from_secs(10);

/// How far all threads but the resolver's step back: on a machine without a free processor they get a tenth of its share.
const NICENESS: i32 = 10;

const NO_THREADS: &str = "the system gives no threads; allow this user more";

/// How long a resolve may wait for the store. A proxy that gets no answer asks again or refuses its client.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// Serves until it is told to end. The whole life of the process: makes the runtime, reads the configuration, and
/// returns when all is written.
///
/// # Errors
/// Why it did not start, in words for the operator.
pub fn run(file: Option<PathBuf>) -> anyhow::Result<()> {
    let config = Config::load(file.as_deref())?;
    let logging = log::start(config.log.level, config.log.format);
    let threads = Threads::start(config.resolver.threads).context(NO_THREADS)?;
    let following = config.store_url.as_ref().map(|_| following_runtime()).transpose()?;
    let_resolves_go_first();
    let runtime = Builder::new_multi_thread().enable_all().build().context(NO_THREADS)?;
    runtime.block_on(async {
        // Before anything takes time: until somebody listens for it, a hang-up ends the process.
        let (hang_up, mut ends) = (signal(SignalKind::hangup())?, Ends::listen()?);
        let house = tokio::select! {
            house = House::open(config, file, logging, threads) => house?,
            () = ends.next() => return Ok(()),
        };
        let here = Handle::current();
        house.serve(following.as_ref().map_or(&here, Runtime::handle), hang_up, ends).await
    })
}

/// A thread on which this process hears what other nodes change, and nothing else. It does not step back: what it has not
/// heard of yet is answered from memory, and it asks for little.
fn following_runtime() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name("feed").enable_all().build().context(NO_THREADS)
}

/// Everything that runs.
struct House {
    config: Config,
    /// The file to be read again. One that was found without being named is asked for by its name from now on: gone for
    /// a moment, while an editor writes it, does not mean that there is none.
    file: Option<PathBuf>,
    logging: Logging,
    ledger: Ledger,
    metrics: Metrics,
    site: Site,
    doors: Doors,
    threads: Threads,
    pages: RouterService,
    ops: Arc<Ops>,
    ops_pages: RouterService,
    listeners: Listeners,
    looks: rule_files::Looks,
}

impl House {
    async fn open(config: Config, file: Option<PathBuf>, logging: Logging, threads: Threads) -> anyhow::Result<Self> {
        raise_descriptor_limit();
        // Before the ledger is opened: it keeps hold of its counters.
        let metrics = Metrics::start();
        let ledger = reach::open(&config.for_ledger()).await?;
        changes::prepare_keys(&ledger).await.context("no signing key could be made")?;
        changes::declare_clients(&ledger, &config.declared).await.context("the declared clients cannot be stored")?;
        let site = Site::new(ledger.clone(), &config)?;
        let listeners = Listeners::bind(&config.listen, threads.loops())?;
        let resolver = Resolver::new(ledger.clone(), STORE_PATIENCE);
        resolver.set_caching(config.caching());
        resolver.set_policy(config.policy());
        let resolves = Arc::new(Resolves::default());
        let timeouts = Timeouts::default();
        let ops = Arc::new(Ops::new(ledger.clone(), Arc::clone(&resolves), metrics.clone()));
        let with_router = |router| RouterService::new(router, ledger.clone(), timeouts, router::MAX_CONNECTIONS);
        let resolver = Arc::new(resolver);
        let (asked, counted) = (Arc::clone(&resolver), Arc::clone(&resolves));
        let doors = Doors {
            resolver: resolver::Service::new(resolver, resolves, timeouts, resolver::MAX_CONNECTIONS),
            ext_authz: envoy::Service::new(asked, counted, timeouts, envoy::MAX_CONNECTIONS),
        };
        Ok(Self {
            doors,
            threads,
            pages: with_router(routes::public(site.clone())),
            ops_pages: with_router(ops::router(Arc::clone(&ops))),
            file: file.or_else(|| config.file.clone()),
            config,
            logging,
            metrics,
            site,
            ops,
            listeners,
            looks: rule_files::Looks::default(),
            ledger,
        })
    }

    async fn serve(mut self, following: &Handle, mut hang_up: Signal, mut ends: Ends) -> anyhow::Result<()> {
        self.ledger.start_jobs(following);
        let mut tasks = JoinSet::new();
        tasks.spawn(self.metrics.clone().keep_up());
        let doors = self.listeners.open(&self.doors, self.threads.loops(), &self.pages);
        let mut ops_door = self.listeners.open_ops(&self.ops_pages);
        let (stop, stopped) = watch::channel(false);
        let mut control =
            tokio::spawn(control::server::serve(self.doors.resolver.resolver(), self.config.data_dir(), stopped));
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "serving");
        self.begin_to_look();
        let mut look = tokio::time::interval(rule_files::EACH);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = hang_up.recv() => self.reload().await,
                _ = look.tick() => self.look_at_rule_files(),
                () = ends.next() => break,
                failed = &mut control => {
                    failed?.context("the control socket in data_dir cannot be made; commands could not reach this server")?;
                    anyhow::bail!("the control socket ended");
                }
            }
        }
        self.ops.drain();
        self.let_balancers_notice(&mut ends).await;
        tracing::info!("ending: letting what runs finish");
        // The socket files go with the doors, so that a successor can have their places.
        self.listeners.close(doors).await;
        tokio::select! {
            _ = async {
                let Doors { resolver, ext_authz } = &self.doors;
                tokio::join!(resolver.drain(LONGEST_END), ext_authz.drain(LONGEST_END), self.pages.drain(LONGEST_END))
            } => {}
            () = ends.next() => tracing::warn!("told to end again: not waiting any longer"),
        }
        let _ = stop.send(true);
        if let Err(error) = control.await? {
            tracing::error!(%error, "the control socket did not end in order");
        }
        ops_door.shutdown().await;
        self.ops_pages.drain(Duration::from_millis(500)).await;
        tasks.shutdown().await;
        self.ledger.close().await;
        tracing::info!("ended");
        Ok(())
    }

    /// Serves on, though it says that it is not ready: whoever balances by that sends nobody here any more when the doors
    /// close.
    async fn let_balancers_notice(&self, ends: &mut Ends) {
        let Some(drain_for) = self.config.cluster.drain_for.0 else { return };
        tracing::info!(seconds = drain_for.seconds(), "told to end: not ready from now on, and still serving");
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(drain_for.millis().unsigned_abs())) => {}
            () = ends.next() => tracing::warn!("told to end again: the doors close now"),
        }
    }
}

/// The signals that mean: end.
struct Ends(Signal, Signal);

impl Ends {
    fn listen() -> std::io::Result<Self> {
        Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Makes this thread step back behind those that are there already, the resolver's, and with it every thread that it
/// starts: those of the pages, of the store, of jobs and commands. Every request of every application waits for a
/// resolve; a backup, a purge or a page can wait for a moment longer. Linux keeps the niceness of each thread.
fn let_resolves_go_first() {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "all threads keep the usual priority");
    }
}

/// As many descriptors as the system lets us have: the usual 1,024 are fewer than the connections that we let in.
fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}
