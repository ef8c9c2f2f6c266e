//! A resolver on a real ledger in a folder of its own, and one request that it has answered before.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use vestibule::config::Config;
use vestibule::listen::Peer;
use vestibule::ops::resolves::Outcome;
use vestibule::resolver::exchange::{Caller, Exchange};
use vestibule::resolver::resolve::Clock;
use vestibule::resolver::{Policy, Resolver};
use vestibule::wire::answer::Date;
use vestibule_gate::account::{DisplayName, EmailAddress, Role, Roles};
use vestibule_gate::grant::scope::FULL_ACCESS;
use vestibule_gate::grant::{Client, ClientId, ClientKind, RedirectUri, Scopes};
use vestibule_gate::original::{HostPattern, PathPolicies};
use vestibule_gate::rules::{Allow, Conditions, PathPattern, Rule, Rules};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::TokenType;
use vestibule_ledger::changes::{Bearer, Browser, NewApiToken};
use vestibule_ledger::{Ledger, NewUser, UserRef, changes};

const CALLER: Caller = Caller { peer: Peer::Unix, closing: false };

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
        Self::new(|live| format!("Cookie: session={}\r\n", live.session), Outcome::Valid)
    }

    /// The assertion is signed beforehand, as for all but the first answer of some minutes.
    pub(crate) fn live_cookie_with_assertion() -> Self {
        let sections = "[headers]\nassertion = true\nassertion_audience = \"app.example.com\"\n";
        let lines = |live: &Live| format!("Cookie: session={}\r\n", live.session);
        Self::in_a_house_with(sections, "/_resolver/resolve", lines, Outcome::Valid, Policy::default())
    }

    pub(crate) fn live_token() -> Self {
        Self::new(|live| format!("Authorization: Bearer {}\r\n", live.token), Outcome::Valid)
    }

    pub(crate) fn live_jwt() -> Self {
        Self::new(|live| format!("Authorization: Bearer {}\r\n", live.jwt), Outcome::Valid)
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
        let line =
            move |live: &Live| format!("Cookie: {}session={}; {}last=1\r\n", others(0), live.session, others(20));
        Self::new(line, Outcome::Valid)
    }

    pub(crate) fn eight_kib_of_other_headers() -> Self {
        let others: String = (0..64).map(|n| format!("X-Header-{n:02}: {}\r\n", "v".repeat(114))).collect();
        Self::new(move |live| format!("{others}Cookie: session={}\r\n", live.session), Outcome::Valid)
    }

    /// Whether a request may pass, by the last of so many rules.
    pub(crate) fn may_pass(rules: usize) -> Self {
        let last = rules - 1;
        let lines = move |live: &Live| {
            format!(
                "X-Original-Method: GET\r\nX-Original-URL: https://app.example.com/area-{last:04}/list?page=2\r\n\
                 Cookie: session={}\r\n",
                live.session
            )
        };
        let rules = (0..rules).map(|number| rule(&format!("/area-{number:04}/**"))).collect();
        let rules = Rules::compile(rules, PathPolicies::default()).expect("rules that differ");
        Self::asking(
            "/_resolver/check/nginx",
            lines,
            Outcome::Valid,
            Policy { rules: Arc::new(rules), ..Policy::default() },
        )
    }

    /// A resolve with these lines beside those that nginx sends. `lines` is given what is alive.
    fn new(lines: impl Fn(&Live) -> String, outcome: Outcome) -> Self {
        Self::asking("/_resolver/resolve", lines, outcome, Policy::default())
    }

    fn asking(door: &str, lines: impl Fn(&Live) -> String, outcome: Outcome, policy: Policy) -> Self {
        Self::in_a_house_with("", door, lines, outcome, policy)
    }

    fn in_a_house_with(
        sections: &str,
        door: &str,
        lines: impl Fn(&Live) -> String,
        outcome: Outcome,
        policy: Policy,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (ledger, live) = runtime.block_on(ledger(folder.path(), sections));
        let request = format!("GET {door} HTTP/1.1\r\nHost: resolver\r\n{}\r\n", lines(&live));
        let now = ledger.now();
        let resolver = Resolver::new(ledger, Duration::from_secs(60));
        resolver.set_policy(policy);
        let mut ready = Self {
            resolver,
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
        match self.resolver.exchange(&self.request, CALLER, clock, &mut self.answer) {
            Ok(Exchange::Answered(answered)) => assert!(answered.outcome == self.outcome),
            Ok(Exchange::Unfinished | Exchange::Open(_)) | Err(_) => unreachable!("memory knows"),
        }
    }

    /// Puts the session into memory, if the request has one.
    fn fill(&mut self) {
        let Self { resolver, request, answer, date, now, runtime, .. } = self;
        if let Ok(Exchange::Open(open)) = resolver.exchange(request, CALLER, Clock { now: *now, date }, answer) {
            let clock = Clock { now: *now, date: &mut Date::default() };
            runtime.block_on(resolver.exchange_by_the_store(&open, false, clock, answer));
        }
    }
}

/// A rule for these paths, which lets editors pass.
fn rule(paths: &str) -> Rule {
    let conditions = Conditions { any_role: vec![Role::parse("editor").expect("a role")], ..Conditions::default() };
    Rule {
        name: None,
        hosts: vec![HostPattern::parse("app.example.com").expect("a host")],
        paths: vec![PathPattern::parse(paths).expect("a pattern")],
        methods: Vec::new(),
        allow: Allow::Any(vec![conditions]),
    }
}

/// Credentials that are alive.
struct Live {
    session: String,
    token: String,
    jwt: String,
}

/// A ledger with one user, and what they are known by.
async fn ledger(folder: &Path, sections: &str) -> (Ledger, Live) {
    // An RSA key would take minutes to make under valgrind. A guest is the shortest way to an access token.
    let keys = "[anonymous]\nenabled = true\n[keys]\nalgorithm = \"EdDSA\"\n";
    let text = format!("data_dir = \"{}\"\n{keys}{sections}", folder.display());
    let config = Config::read(Some((Path::new("vestibule.toml"), &text)), std::iter::empty()).expect("it is sound");
    let ledger = Ledger::open(config.for_ledger()).await.expect("a new ledger");
    changes::prepare_keys(&ledger).await.expect("a key");
    let user = NewUser {
        id: None,
        email: EmailAddress::parse("ada@example.com").expect("an address"),
        name: DisplayName::parse("Ada").expect("a name"),
        roles: Roles::parse(["editor", "reader"]).expect("two roles"),
        verified: true,
        password: None,
    };
    let id = changes::add_user(&ledger, user, None).await.expect("a user");
    let session = changes::create_session(&ledger, &UserRef::Id(id)).await.expect("a session");
    let token = NewApiToken {
        bearer: Bearer::User(UserRef::Id(id)),
        label: String::new(),
        scopes: None,
        lifetime: None,
        by_cli: true,
    };
    let (token, _) = changes::create_api_token(&ledger, token).await.expect("a token");
    let jwt = jwt(&ledger).await;
    (ledger, Live { session: session.expose().to_owned(), token: token.expose().to_owned(), jwt })
}

async fn jwt(ledger: &Ledger) -> String {
    let kind = ClientKind::Spa;
    let client = Client {
        id: ClientId::parse("app").expect("an id"),
        name: "app".to_owned(),
        kind,
        redirect_uris: vec![RedirectUri::register("https://app.example.com/", kind).expect("a redirect URI")],
        post_logout_redirect_uris: Vec::new(),
        scopes: Vec::new(),
        full_access: false,
        pkce_required: true,
        jwt_access_tokens: true,
        rotates_refresh_tokens: true,
        access_token_lifetime: Span::from_seconds(1800),
        refresh_token_lifetime: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
    };
    changes::add_client(ledger, client.clone()).await.expect("a client");
    let scopes = Scopes::parse(&format!("openid {FULL_ACCESS}")).expect("scopes");
    let issued = changes::guest_with_tokens(ledger, &client, &scopes, &Browser::default()).await.expect("a guest");
    let issuer = ledger.settings().issuer.clone();
    let claims = serde_json::json!({
        "iss": issuer, "aud": issuer, "sub": issued.user.id.to_string(), "client_id": "app", "scope": issued.scope,
        "jti": issued.access.secret.expose(), "iat": issued.access.issued_at.unix_seconds(),
        "exp": issued.access.expires_at.unix_seconds(),
    });
    ledger.sign(TokenType::Access, &claims).expect("a signature")
}
