//! A resolver on a real ledger, listening on both kinds of socket, and a client that speaks in bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use vestibule::listen::{ListenAddress, Listener};
use vestibule::ops::resolves::Resolves;
use vestibule::resolver::{Caching, MAX_CONNECTIONS, Resolver, Service, Threads, envoy};
use vestibule::wire::connection::Timeouts;
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::claims::cacheable::CacheKey;
use vestibule_gate::claims::{CookieNames, CookiePrefix};
use vestibule_gate::id::UserId;
use vestibule_gate::time::Span;
use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::verdict::HeaderPrefix;
use vestibule_ledger::settings::{
    AnonymousSettings, CacheSettings, KeySettings, LimitSettings, PasswordSettings, Rate, SessionSettings, Settings,
};
use vestibule_ledger::{Ledger, NewUser, UserRef, changes};

pub(crate) const USER: &str = "018f4e8a-0000-7000-8000-000000000001";

/// What a test may choose.
pub(crate) struct Plan {
    pub(crate) timeouts: Timeouts,
    pub(crate) cache_for: Option<Span>,
    pub(crate) connections: u32,
    pub(crate) roles: Vec<String>,
    /// What is set besides.
    pub(crate) settings: fn(&mut Settings),
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            cache_for: None,
            connections: MAX_CONNECTIONS,
            roles: vec!["staff".to_owned()],
            settings: |_| (),
        }
    }
}

pub(crate) struct House {
    pub(crate) ledger: Ledger,
    pub(crate) service: Service,
    /// A live session's secret.
    pub(crate) secret: String,
    tcp: std::net::SocketAddr,
    unix: PathBuf,
    /// The same by gRPC.
    pub(crate) envoy: envoy::Service,
    pub(crate) envoy_tcp: std::net::SocketAddr,
    pub(crate) envoy_unix: PathBuf,
    /// Those that answer.
    pub(crate) threads: Threads,
    folder: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::planned(Plan::default()).await
    }

    pub(crate) async fn planned(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path());
        (plan.settings)(&mut settings);
        let ledger = Ledger::open(settings).await.unwrap();
        let secret = session(&ledger, &plan.roles).await;
        let resolver = Arc::new(Resolver::new(ledger.clone(), Duration::from_secs(5)));
        resolver.set_caching(plan.cache_for.map(|longest| {
            let key = CacheKey::new(&ledger.settings().cookies, None).unwrap();
            Caching { longest, key }
        }));
        let service = Service::new(resolver, Arc::new(Resolves::default()), plan.timeouts, plan.connections);
        let unix = folder.path().join("resolver.sock");
        let threads = Threads::start(Some(2)).unwrap();
        let loops = threads.loops();
        let on_the_loop_that_accepts = loops.first().enter();
        let tcp = Listener::bind("listen.resolver[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap();
        let socket = format!("unix:{}", unix.display());
        let socket = Listener::bind("listen.resolver[1]", &ListenAddress::parse(&socket).unwrap()).unwrap();
        let address = tcp.tcp_address().unwrap();
        for listener in [tcp, socket] {
            let (service, loops) = (service.clone(), loops.clone());
            let first = loops.first().clone();
            first.spawn(async move { service.accept_on(&listener, &loops).await });
        }
        let ext_authz = Listener::bind("listen.ext_authz[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap();
        let envoy_unix = folder.path().join("ext-authz.sock");
        let socket = format!("unix:{}", envoy_unix.display());
        let socket = Listener::bind("listen.ext_authz[1]", &ListenAddress::parse(&socket).unwrap()).unwrap();
        let envoy_tcp = ext_authz.tcp_address().unwrap();
        let envoy = envoy::Service::new(service.resolver(), service.resolves(), plan.timeouts, envoy::MAX_CONNECTIONS);
        for listener in [ext_authz, socket] {
            let (service, loops) = (envoy.clone(), loops.clone());
            let first = loops.first().clone();
            first.spawn(async move { service.accept_on(&listener, &loops).await });
        }
        drop(on_the_loop_that_accepts);
        Self { ledger, service, envoy, secret, tcp: address, unix, envoy_tcp, envoy_unix, threads, folder }
    }

    /// The file of the ledger's store.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("vestibule.db")
    }

    /// The Cookie line of the live session.
    pub(crate) fn cookie(&self) -> String {
        format!("Cookie: session={}", self.secret)
    }

    pub(crate) async fn tcp(&self) -> Talk<TcpStream> {
        Talk(TcpStream::connect(self.tcp).await.unwrap())
    }

    pub(crate) async fn unix(&self) -> Talk<UnixStream> {
        Talk(UnixStream::connect(&self.unix).await.unwrap())
    }

    /// Waits until no connection has a seat: a client may know of the end a moment before we have put it away.
    pub(crate) async fn is_left(&self) {
        for _ in 0..500 {
            if self.service.connections() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} connections are still there", self.service.connections());
    }

    /// All that comes back for these bytes until the server closes. For requests that end the connection.
    pub(crate) async fn last_words(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut talk = self.tcp().await;
        talk.send(bytes).await;
        talk.rest().await
    }
}

fn settings(data_dir: &Path) -> Settings {
    let rate = Rate { count: 5, window: Span::from_seconds(600) };
    Settings {
        store: vestibule_ledger::settings::StoreSettings::File,
        issuer: "http://localhost:8480".to_owned(),
        data_dir: data_dir.to_owned(),
        session: SessionSettings { lifetime: Span::from_seconds(3600), idle_timeout: Span::from_seconds(600) },
        cache: CacheSettings { sessions: 1000 },
        password: PasswordSettings {
            min_score: 2,
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
            threads: 1,
            queue: 8,
        },
        limits: LimitSettings {
            sign_in_per_account: rate,
            sign_in_per_device: rate,
            sign_in_per_address: rate,
            sign_up_per_address: rate,
            guest_per_address: rate,
            confirm_per_user: rate,
        },
        signup: false,
        anonymous: AnonymousSettings { enabled: false, purge_after: Span::from_seconds(3600) },
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

async fn session(ledger: &Ledger, roles: &[String]) -> String {
    let user = NewUser {
        id: Some(UserId::parse(USER).unwrap()),
        email: EmailAddress::parse("ada@example.com").unwrap(),
        name: DisplayName::parse("Ada").unwrap(),
        roles: Roles::parse(roles.iter().map(String::as_str)).unwrap(),
        verified: true,
        password: None,
    };
    let id = changes::add_user(ledger, user, None).await.unwrap();
    changes::create_session(ledger, &UserRef::Id(id)).await.unwrap().expose().to_owned()
}

/// A client's end of a connection.
pub(crate) struct Talk<S>(pub(crate) S);

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // A server that has closed already has said why; that is read next.
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// One answer: its head, since none has a body. Waits for it, but not for ever.
    pub(crate) async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        let read = async {
            while !answer.ends_with(b"\r\n\r\n") {
                answer.push(self.0.read_u8().await.expect("an answer"));
            }
        };
        tokio::time::timeout(Duration::from_secs(5), read).await.expect("an answer in time");
        without_date(&answer)
    }

    pub(crate) async fn ask(&mut self, bytes: impl AsRef<[u8]>) -> String {
        self.send(bytes).await;
        self.answer().await
    }

    /// All that comes until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        let read = self.0.read_to_end(&mut rest);
        tokio::time::timeout(Duration::from_secs(5), read).await.expect("closed in time").expect("closed in order");
        without_date(&rest)
    }
}

/// Answers as text, `Date` lines checked and left out, `\r` left out.
pub(crate) fn without_date(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("printable answers");
    assert!(text.bytes().all(|b| matches!(b, b'\r' | b'\n' | b' '..=b'~')), "printable ASCII: {text:?}");
    let heads = text.matches("HTTP/1.1 ").count();
    let dates = text.to_ascii_lowercase().matches("\r\ndate: ").count();
    assert_eq!(heads, dates, "a Date in each answer: {text:?}");
    text.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("date: ")).collect::<Vec<_>>().join("\n")
}
