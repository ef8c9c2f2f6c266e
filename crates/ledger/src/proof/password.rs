//! Passwords: Argon2id with the configured parameters, verified and made on a few low-priority threads of their own.
//!
//! A flood of sign-ins fills a bounded queue and is then told to come back; it never takes a thread or a core that
//! resolves need. An unknown user costs a hash like any other ([`Hasher::verify`] with no hash).

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};

use argon2::Params;
use parking_lot::Mutex;
use tokio::sync::oneshot;
use vestibule_gate::account::Password;

use super::argon2id::{self, Memory};
use super::stored::Form;
use crate::fault::Fault;
use crate::mint;
use crate::settings::PasswordSettings;
use crate::user::StoredHash;

/// How much nicer the hashing threads are than the one that starts them: resolves go first, and then pages.
const NICENESS: i32 = 5;

/// Why there is no answer about a password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HashError {
    /// The queue is full: come back later.
    #[error("too many passwords are being checked")]
    Busy,
    /// It could not be hashed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verified {
    /// The wrong password, or no such account.
    Wrong,
    /// The right one.
    Right,
    /// The right one, hashed in a way that is not today's: hash it anew.
    RightButOld,
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads that hash.
#[derive(Clone)]
pub(crate) struct Hasher {
    queue: SyncSender<Job>,
    waiting: metrics::Gauge,
}

impl Hasher {
    /// Starts the threads. They end when the last handle is dropped.
    pub(crate) fn start(threads: usize, queue: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = Arc::clone(&receiver);
            std::thread::Builder::new().name("password".to_owned()).spawn(move || work(&receiver))?;
        }
        Ok(Self { queue: sender, waiting: metrics::gauge!("vestibule_password_queue") })
    }

    /// Hashes a password with these parameters.
    pub(crate) async fn hash(&self, cost: &PasswordSettings, password: Password) -> Result<StoredHash, HashError> {
        let params = params(cost)?;
        let salt: [u8; 16] = mint::random()?;
        self.run(move |memory| hash(&params, &password, &salt, memory)).await?
    }

    /// Compares a password with a hash, or with a dummy where there is no account: both take the same time.
    pub(crate) async fn verify(
        &self,
        cost: &PasswordSettings,
        password: Password,
        stored: Option<StoredHash>,
    ) -> Result<Verified, HashError> {
        let params = params(cost)?;
        self.run(move |memory| {
            let verified = verify(&params, &password, stored.as_ref(), memory);
            memory.keep_only(&params);
            verified
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let (answer, answered) = oneshot::channel();
        let waiting = self.waiting.clone();
        waiting.increment(1.0);
        let job: Job = Box::new(move |memory| {
            waiting.decrement(1.0);
            // Whoever asked may be gone; then nobody wants the answer.
            if !answer.is_closed() {
                let _ = answer.send(work(memory));
            }
        });
        match self.queue.try_send(job) {
            Ok(()) => answered.await.map_err(|_| Fault::Closed.into()),
            Err(refused) => {
                self.waiting.decrement(1.0);
                Err(match refused {
                    TrySendError::Full(_) => HashError::Busy,
                    TrySendError::Disconnected(_) => Fault::Closed.into(),
                })
            }
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    // On Linux the calling thread's own niceness, not the process's.
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the hashing threads keep the usual priority");
    }
    let mut memory = Memory::default();
    loop {
        let job = jobs.lock().recv();
        match job {
            Ok(job) => job(&mut memory),
            Err(_) => return,
        }
    }
}

/// Argon2id with these costs.
pub(crate) fn params(cost: &PasswordSettings) -> Result<Params, Fault> {
    Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)
        .map_err(|_| Fault::Unreadable("the [password] parameters"))
}

fn hash(params: &Params, password: &Password, salt: &[u8], memory: &mut Memory) -> Result<StoredHash, HashError> {
    let hash = argon2id::hash(params, password.expose().as_bytes(), salt, memory);
    let hash = hash.ok_or(HashError::Fault(Fault::Unreadable("a password")))?;
    Ok(StoredHash(hash.to_string()))
}

fn verify(params: &Params, password: &Password, stored: Option<&StoredHash>, memory: &mut Memory) -> Verified {
    let Some(stored) = stored else {
        // The same work as for an account: one Argon2 with today's parameters, compared with what cannot match.
        static DUMMY_SALT: OnceLock<[u8; 16]> = OnceLock::new();
        let salt = DUMMY_SALT.get_or_init(|| mint::random().unwrap_or([7; 16]));
        let _ = std::hint::black_box(hash(params, password, salt, memory));
        return Verified::Wrong;
    };
    match Form::read(&stored.0) {
        Some(form) if form.is_of(password, memory) => {
            if form.is_made_with(params) {
                Verified::Right
            } else {
                Verified::RightButOld
            }
        }
        Some(_) | None => Verified::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use vestibule_gate::account::Password;

    use super::{HashError, Hasher, Verified};
    use crate::settings::PasswordSettings;
    use crate::user::StoredHash;

    const CHEAP: PasswordSettings =
        PasswordSettings { min_score: 2, memory_kib: 64, iterations: 1, parallelism: 1, threads: 1, queue: 2 };

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_verified_and_an_old_hash_is_told_apart() {
        let hasher = Hasher::start(1, 8).unwrap();
        let stored = hasher.hash(&CHEAP, password("correct horse")).await.unwrap();
        assert!(stored.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", stored.0);
        let verify = async |cost: &PasswordSettings, text: &str, stored: Option<&StoredHash>| {
            hasher.verify(cost, password(text), stored.cloned()).await.unwrap()
        };
        assert_eq!(verify(&CHEAP, "correct horse", Some(&stored)).await, Verified::Right);
        assert_eq!(verify(&CHEAP, "wrong horse!", Some(&stored)).await, Verified::Wrong);
        assert_eq!(verify(&CHEAP, "correct horse", None).await, Verified::Wrong);
        let dearer = PasswordSettings { iterations: 2, ..CHEAP };
        assert_eq!(verify(&dearer, "correct horse", Some(&stored)).await, Verified::RightButOld);
    }

    #[tokio::test]
    async fn a_hash_from_elsewhere_is_verified_and_old() {
        let hasher = Hasher::start(1, 8).unwrap();
        let stored = StoredHash::parse(&bcrypt::hash("correct horse", 4).unwrap()).unwrap();
        let right = hasher.verify(&CHEAP, password("correct horse"), Some(stored.clone())).await.unwrap();
        assert_eq!(right, Verified::RightButOld);
        let wrong = hasher.verify(&CHEAP, password("wrong horse!"), Some(stored)).await.unwrap();
        assert_eq!(wrong, Verified::Wrong);
    }

    #[tokio::test]
    async fn a_full_queue_says_so_at_once() {
        let hasher = Hasher::start(1, 1).unwrap();
        let slow = PasswordSettings { memory_kib: 32 * 1024, iterations: 8, ..CHEAP };
        let attempts = (0..12).map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(&slow, password("correct horse")).await })
        });
        let attempts: Vec<_> = attempts.collect();
        let mut busy = 0;
        for attempt in attempts {
            busy += usize::from(matches!(attempt.await.unwrap(), Err(HashError::Busy)));
        }
        assert!((8..12).contains(&busy), "{busy} of 12 were refused");
    }
}
