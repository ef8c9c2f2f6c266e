//! A load on every node: people sign in and out and get other roles, and every node is asked about all of them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::history::{History, Report, Said, SessionNumber, What, check};
use crate::http::{Address, try_exchange};
use crate::person::Person;
use crate::server::PASSWORD;
use crate::{process, program};

use super::{ADA, Cluster, FIRST_ROLE, ORIGIN, STALENESS};

/// Threads that ask one node about everybody. They wait for the store, where memory does not know.
const ASKERS: usize = 3;
/// Threads that ask one node about sessions that it has in memory: nothing keeps it from an old answer.
const WARM_ASKERS: usize = 2;
/// Threads that sign in and out at one node.
const CHANGERS: usize = 2;
/// Sessions that are alive, about.
const ALIVE: usize = 24;
/// Sessions that have ended and are asked about, about.
const ENDED: usize = 24;
/// Sessions that a node knew a moment ago, about.
const WARM: usize = 32;
/// Between two of a thread's requests: the machine has other tests.
const PAUSE: Duration = Duration::from_millis(4);

/// A load that runs.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    history: History,
    known: Mutex<Known>,
    is_over: AtomicBool,
}

/// Sessions with their secrets.
#[derive(Debug, Default)]
struct Known {
    alive: VecDeque<(SessionNumber, Arc<str>)>,
    ended: VecDeque<(SessionNumber, Arc<str>)>,
}

/// Where one node is.
#[derive(Debug, Clone)]
struct Place {
    number: usize,
    public: Address,
    resolver: Address,
    config: PathBuf,
    /// Sessions that it knew a moment ago.
    warm: Arc<Mutex<VecDeque<(SessionNumber, Arc<str>)>>>,
}

impl Load {
    /// Begins. Roles are given at node 0 alone.
    pub fn start(cluster: &Cluster) -> Self {
        let shared = Arc::new(Shared::default());
        shared.history.change(0, What::Role(FIRST_ROLE.to_owned()), || true);
        let mut threads = Vec::new();
        for (number, node) in cluster.nodes.iter().enumerate() {
            let vestibule = &node.vestibule;
            let (public, resolver) = (vestibule.public(), vestibule.resolver_unix());
            let (config, warm) = (vestibule.config_file(), Arc::default());
            let place = Place { number, public, resolver, config, warm };
            let mut work = |work: fn(&Shared, &Place, usize), turn: usize| {
                let (shared, place) = (Arc::clone(&shared), place.clone());
                threads.push(thread::spawn(move || work(&shared, &place, turn)));
            };
            (0..CHANGERS).for_each(|turn| work(sign_in_and_out, turn));
            (0..ASKERS).for_each(|turn| work(ask_about_all, turn));
            (0..WARM_ASKERS).for_each(|turn| work(ask_about_warm, turn));
            (number == 0).then(|| work(give_roles, 0));
        }
        Self { shared, threads }
    }

    /// Lets it run for so long: not a wait for something, but how much is seen of a state.
    pub fn run_for(&self, time: Duration) {
        thread::sleep(time);
    }

    /// The history so far.
    pub fn history(&self) -> &History {
        &self.shared.history
    }

    /// Ends it, and proves that nobody got an old answer.
    ///
    /// # Panics
    /// With the contradictions.
    pub fn checked(mut self, name: &str) -> Report {
        self.shared.is_over.store(true, Ordering::Relaxed);
        for thread in std::mem::take(&mut self.threads) {
            thread.join().expect("a thread of the load");
        }
        let record = self.shared.history.record();
        match check(&record, STALENESS) {
            Ok(report) => {
                println!("{name}: {report}");
                assert!(report.yes > 300 && report.sign_outs > 20 && report.roles > 1, "hardly any load: {report}");
                report
            }
            Err(found) => {
                let shown: Vec<String> = found.iter().take(5).map(|one| format!("{one:#?}")).collect();
                panic!("{name}: {} old answers, such as {}", found.len(), shown.join("\n"))
            }
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

impl Place {
    fn warm(&self) -> MutexGuard<'_, VecDeque<(SessionNumber, Arc<str>)>> {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who this secret stands for, as a node's resolver says.
pub(super) fn ask(resolver: &Address, secret: &str) -> Said {
    let request = format!(
        "GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\nConnection: close\r\nCookie: session={secret}\r\n\r\n"
    );
    match try_exchange(resolver, request.as_bytes()) {
        Ok(answer) if answer.status == 200 && answer.identity("session-valid") == Some("true") => {
            Said::Yes(answer.identity("user-roles").unwrap_or_default().to_owned())
        }
        Ok(answer) if answer.status == 200 => Said::No,
        Ok(_) | Err(_) => Said::Unknown,
    }
}

fn ask_about_all(shared: &Shared, place: &Place, turn: usize) {
    let mut next = turn * 7;
    while shared.goes_on() {
        next += 1;
        let known = shared.known();
        let count = known.alive.len() + known.ended.len();
        let chosen = known.alive.iter().chain(&known.ended).nth(next % count.max(1)).cloned();
        drop(known);
        if let Some((session, secret)) = chosen {
            let said = shared.history.resolve(place.number, session, || ask(&place.resolver, &secret));
            if matches!(said, Said::Yes(_)) {
                let mut warm = place.warm();
                warm.push_back((session, secret));
                warm.len().checked_sub(WARM + 1).into_iter().for_each(|_| _ = warm.pop_front());
            }
        }
        thread::sleep(PAUSE);
    }
}

/// Until it is told that they are no more.
fn ask_about_warm(shared: &Shared, place: &Place, _: usize) {
    while shared.goes_on() {
        let next = place.warm().pop_front();
        if let Some((session, secret)) = next {
            let said = shared.history.resolve(place.number, session, || ask(&place.resolver, &secret));
            if said != Said::No {
                place.warm().push_back((session, secret));
            }
        }
        thread::sleep(PAUSE);
    }
}

fn sign_in_and_out(shared: &Shared, place: &Place, _: usize) {
    while shared.goes_on() {
        let mut known = shared.known();
        let oldest = if known.alive.len() >= ALIVE { known.alive.pop_front() } else { None };
        drop(known);
        match oldest {
            Some(session) => sign_out(shared, place, session),
            None => sign_in(shared, place),
        }
        thread::sleep(PAUSE * 5);
    }
}

fn sign_in(shared: &Shared, place: &Place) {
    let session = shared.history.new_session();
    let mut ada = Person::new(place.public.clone(), ORIGIN, "/auth");
    shared.history.change(place.number, What::SignIn(session), || {
        ada.try_post("/login", &[("email", ADA), ("password", PASSWORD)]).is_ok_and(|answer| answer.status == 303)
    });
    if let Some(secret) = ada.cookie("session") {
        shared.known().alive.push_back((session, secret.into()));
    }
}

/// Until it is acknowledged, three times: somebody who is told that it failed tries again.
fn sign_out(shared: &Shared, place: &Place, (session, secret): (SessionNumber, Arc<str>)) {
    // Asked about while it is under way, too.
    let mut known = shared.known();
    known.ended.push_back((session, Arc::clone(&secret)));
    if known.ended.len() > ENDED {
        known.ended.pop_front();
    }
    drop(known);
    for _ in 0..3 {
        let mut ada = Person::new(place.public.clone(), ORIGIN, "/auth");
        ada.set_cookie("session", &secret);
        let ask = || ada.try_post("/logout", &[]).is_ok_and(|answer| answer.status == 303);
        if shared.history.change(place.number, What::SignOut(session), ask) || !shared.goes_on() {
            return;
        }
    }
}

fn give_roles(shared: &Shared, place: &Place, _: usize) {
    for number in 1.. {
        if !shared.goes_on() {
            return;
        }
        let role = format!("r{number}");
        shared.history.change(place.number, What::Role(role.clone()), || {
            let mut command = Command::new(program::vestibule());
            command.arg("--config").arg(&place.config).args(["user", "set", ADA, "--role", &role]);
            process::run(&mut command, "").code == 0
        });
        thread::sleep(PAUSE * 50);
    }
}
