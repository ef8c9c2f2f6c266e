//! A resolver on a real ledger in a folder of its own, and one request that it has answered before.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use vestibule::config::Config;
use vestibule::ops::resolves::Outcome;
use vestibule::resolver::Resolver;
use vestibule::resolver::exchange::Exchange;
use vestibule::resolver::resolve::Clock;
use vestibule::wire::answer::Date;
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_ledger::{Ledger, NewUser, UserRef, changes};

/// A request that is to be answered from memory.
pub(crate) struct Ready {
    resolver: Resolver,
    request: Vec<u8>,
    answer: Vec<u8>,
    date: Date,
    now: Timestamp,
    outcome: Outcome,
    runtime: Runtime,
    _folder: TempDir,
}

impl Ready {
    pub(crate) fn live_cookie() -> Self {
        Self::new(|secret| format!("Cookie: session={secret}\r\n"), Outcome::Valid)
    }

    pub(crate) fn nobody() -> Self {
        Self::new(|_| "Cookie: theme=dark\r\n".to_owned(), Outcome::Anonymous)
    }

    pub(crate) fn forged() -> Self {
        Self::new(|_| format!("Cookie: session=vbs_{}\r\n", "A".repeat(48)), Outcome::Invalid)
    }

    pub(crate) fn expired() -> Self {
        let mut ready = Self::live_cookie();
        ready.now = ready.now.plus(Span::from_seconds(10 * 365 * 24 * 3600));
        ready.outcome = Outcome::Invalid;
        ready.exchange();
        ready
    }

    pub(crate) fn token_shaped_bearer() -> Self {
        Self::new(|_| format!("Authorization: Bearer {}\r\n", "eyJhbGciOiJFUzI1NiJ9.".repeat(30)), Outcome::Invalid)
    }

    pub(crate) fn forty_other_cookies() -> Self {
        let others = |from: usize| (from..from + 20).map(|n| format!("cookie_{n}=value-{n}; ")).collect::<String>();
        let line = move |secret: &str| format!("Cookie: {}session={secret}; {}last=1\r\n", others(0), others(20));
        Self::new(line, Outcome::Valid)
    }

    pub(crate) fn eight_kib_of_other_headers() -> Self {
        let others: String = (0..64).map(|n| format!("X-Header-{n:02}: {}\r\n", "v".repeat(114))).collect();
        Self::new(move |secret| format!("{others}Cookie: session={secret}\r\n"), Outcome::Valid)
    }

    /// A request with these lines beside those that nginx sends. `lines` is given a live session's secret.
    fn new(lines: impl Fn(&str) -> String, outcome: Outcome) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (ledger, secret) = runtime.block_on(ledger(folder.path()));
        let request = format!("GET /_resolver/resolve HTTP/1.1\r\nHost: resolver\r\n{}\r\n", lines(&secret));
        let now = ledger.now();
        let mut ready = Self {
            resolver: Resolver::new(ledger, Duration::from_secs(60)),
            request: request.into_bytes(),
            answer: Vec::with_capacity(4096),
            date: Date::default(),
            now,
            outcome,
            runtime,
            _folder: folder,
        };
        ready.fill();
        // What happens once in a process or a second is behind us when it counts.
        ready.exchange();
        ready
    }

    /// Answers from memory, as every request on a kept connection is.
    pub(crate) fn exchange(&mut self) {
        self.answer.clear();
        let clock = Clock { now: self.now, date: &mut self.date };
        match self.resolver.exchange(&self.request, false, clock, &mut self.answer) {
            Ok(Exchange::Answered(answered)) => assert!(answered.outcome == self.outcome),
            Ok(Exchange::Unfinished | Exchange::Open(_)) | Err(_) => unreachable!("memory knows"),
        }
    }

    /// Puts the session into memory, if the request has one.
    fn fill(&mut self) {
        let Self { resolver, request, answer, date, now, runtime, .. } = self;
        if let Ok(Exchange::Open(open)) = resolver.exchange(request, false, Clock { now: *now, date }, answer) {
            let clock = Clock { now: *now, date: &mut Date::default() };
            runtime.block_on(resolver.exchange_by_the_store(&open, false, clock, answer));
        }
    }
}

/// A ledger with every default, one user, and a session of theirs.
async fn ledger(folder: &Path) -> (Ledger, String) {
    let text = format!("data_dir = \"{}\"", folder.display());
    let config = Config::read(Some((Path::new("vestibule.toml"), &text)), std::iter::empty()).expect("it is sound");
    let ledger = Ledger::open(config.for_ledger()).await.expect("a new ledger");
    let user = NewUser {
        id: None,
        email: EmailAddress::parse("ada@example.com").expect("an address"),
        name: DisplayName::parse("Ada").expect("a name"),
        roles: Roles::parse(["editor", "reader"]).expect("two roles"),
        verified: true,
        password: None,
    };
    let id = changes::add_user(&ledger, user, None).await.expect("a user");
    let secret = changes::create_session(&ledger, &UserRef::Id(id)).await.expect("a session");
    (ledger, secret.expose().to_owned())
}
