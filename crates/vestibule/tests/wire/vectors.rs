//! Every vector of `tests/vectors`, asked at every door of a real resolver on a real ledger, over HTTP and by gRPC. The gate's own run says
//! what is decided; where both agree with the files, no door says anything else than another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use vestibule::config::Config;
use vestibule::resolver::envoy::messages::CheckRequest;
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::grant::Scopes;
use vestibule_gate::id::UserId;
use vestibule_gate::token::opaque::TokenHash;
use vestibule_ledger::changes::{Bearer, Browser, NewApiToken};
use vestibule_ledger::{Ledger, NewUser, UserRef, changes};
use vestibule_tests::vectors::{Dialect, Question, Somebody, Suite, Token, Vector, Verdict, people, suites};

use crate::ext_authz::caller::{Caller, Said, joined, raw};
use crate::house::{House, Plan};

const MANNERS: [&str; 2] = ["check", "forward"];

/// Everybody's secrets and ids, by their names in the files.
#[derive(Default)]
struct Everybody {
    secrets: BTreeMap<String, String>,
    users: BTreeMap<String, UserId>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vector_has_its_verdict_at_every_http_door() {
    let (suites, people) = (suites(), people());
    let house = house().await;
    let everybody = Everybody::move_in(&house, &people).await;
    let (mut asked, mut wrong) = (0, String::new());
    for suite in &suites {
        house.service.resolver().set_policy(policy(suite));
        for vector in &suite.vectors {
            for (dialect, manner) in
                Dialect::ALL.into_iter().flat_map(|dialect| MANNERS.map(|manner| (dialect, manner)))
            {
                let Some(question) = vector.question(dialect, &people, &everybody.secrets) else { continue };
                let door = format!("{manner}/{}", dialect.name());
                // A connection each: one that cannot be read as HTTP is closed.
                let answer = house.unix().await.ask(bytes(&door, dialect, &question)).await;
                if let Err(why) = everybody.agrees(vector, manner, &answer) {
                    let _ = writeln!(wrong, "{}: {} ({door}): {why}\n{answer}", suite.topic, vector.name);
                }
                asked += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(asked > 1_000, "only {asked} questions were asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vector_has_its_verdict_by_grpc() {
    let (suites, people) = (suites(), people());
    let house = house().await;
    let everybody = Everybody::move_in(&house, &people).await;
    let caller = Caller::unix(&house).await;
    let (mut asked, mut wrong) = (0, String::new());
    for suite in &suites {
        house.service.resolver().set_policy(policy(suite));
        for vector in &suite.vectors {
            let Some(question) = vector.question(Dialect::Envoy, &people, &everybody.secrets) else { continue };
            for message in messages(&question) {
                let answer = text(&caller.check(&message).await);
                if let Err(why) = everybody.agrees(vector, "forward", &answer) {
                    let _ = writeln!(wrong, "{}: {}: {why}\n{answer}{message:?}", suite.topic, vector.name);
                }
                asked += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(asked > 300, "only {asked} questions were asked");
}

async fn house() -> House {
    let settings = |settings: &mut vestibule_ledger::settings::Settings| {
        (settings.anonymous.enabled, settings.profiles) = (true, true)
    };
    House::planned(Plan { settings, ..Plan::default() }).await
}

/// The question as Envoy's messages: line by line, and joined where no name comes twice, since joined lines may be refused
/// where lines are not.
fn messages(question: &Question) -> Vec<CheckRequest> {
    let Question { method, behind, headers } = question;
    let mut lines: Vec<(String, &str)> =
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str())).collect();
    // The first is the message's own; a second one comes as any header does.
    let host = lines.iter().position(|(name, _)| name == "host").map_or("", |at| lines.remove(at).1);
    let lines: Vec<(&str, &str)> = lines.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let names: BTreeSet<&str> = lines.iter().map(|(name, _)| *name).collect();
    let mut all = vec![raw(method, host, behind, &lines)];
    all.extend((names.len() == lines.len()).then(|| joined(method, host, behind, &lines)));
    all
}

/// As an answer over HTTP would say it.
fn text(said: &Said) -> String {
    let lines: String = said.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("gRPC {} ...\n{lines}", said.status)
}

/// What the server makes of the suite's words.
fn policy(suite: &Suite) -> vestibule::resolver::Policy {
    let text = format!("public_url = \"https://auth.example.com\"\n{}", suite.configuration);
    let read = Config::read(Some((Path::new("vestibule.toml"), &text)), std::iter::empty());
    read.unwrap_or_else(|problems| panic!("{}: {problems}", suite.topic)).policy()
}

fn bytes(door: &str, dialect: Dialect, question: &Question) -> String {
    let Question { method, behind, headers } = question;
    let mut text = format!("{method} /_resolver/{door}{behind} HTTP/1.1\r\n");
    // Envoy's `Host` is the client's; the others have one of their own.
    if dialect != Dialect::Envoy {
        text.push_str("Host: vestibule.internal\r\n");
    }
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "\r\n"
}

impl Everybody {
    /// Whether the answer is what the vector says; if not, why.
    fn agrees(&self, vector: &Vector, manner: &str, answer: &str) -> Result<(), String> {
        let status = answer.split(' ').nth(1).unwrap_or("none");
        let redirects = manner == "forward" && vector.navigates;
        let expected = match vector.verdict {
            Verdict::Permit => "200",
            Verdict::SignIn | Verdict::StepUp if redirects => "302",
            Verdict::SignIn | Verdict::StepUp => "401",
            Verdict::Refuse => "403",
            // Envoy writes the target behind the door's path: without a slash between them, there is no such door.
            Verdict::Unreadable if status == "404" && !vector.target.starts_with('/') => "404",
            Verdict::Unreadable if manner == "forward" => "400",
            // What is not HTTP at all never reaches a door.
            Verdict::Unreadable if status == "400" => "400",
            Verdict::Unreadable => "403",
        };
        if status != expected {
            return Err(format!("{expected} was expected"));
        }
        let lines = answer.lines().filter_map(|line| line.split_once(':'));
        let line =
            |name: &str| lines.clone().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
        let told = line("x-authgear-user-id");
        let other = match vector.verdict {
            Verdict::Permit => {
                let who = self.users.get(vector.told()).map(ToString::to_string);
                (told != who.as_deref()).then(|| format!("{who:?} was expected, found {told:?}"))
            }
            _ if answer.contains("x-authgear") => Some("a refusal says who somebody is".to_owned()),
            Verdict::StepUp if !redirects => {
                let challenge = challenge(vector);
                (line("WWW-Authenticate") != Some(challenge.as_str())).then(|| format!("{challenge} was expected"))
            }
            Verdict::StepUp | Verdict::SignIn if redirects => {
                let login = "https://auth.example.com/login?return_to=";
                (!line("Location").is_some_and(|to| to.starts_with(login))).then(|| format!("{login} was expected"))
            }
            Verdict::Refuse => vector.scopes.as_ref().and_then(|scopes| {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"");
                (line("WWW-Authenticate") != Some(challenge.as_str())).then(|| format!("{challenge} was expected"))
            }),
            _ => None,
        };
        other.map_or(Ok(()), Err)
    }

    /// Adds everybody with their credential.
    async fn move_in(house: &House, people: &BTreeMap<String, Somebody>) -> Self {
        let mut all = Self::default();
        let mut by_email: BTreeMap<&str, UserId> = BTreeMap::new();
        // The house has had one person from the start.
        by_email.insert("ada@example.com", UserId::parse(crate::house::USER).unwrap());
        let ada = &people["ada"];
        let set = changes::SetUser { roles: Some(roles(ada)), ..changes::SetUser::default() };
        changes::set_user(&house.ledger, &UserRef::Id(by_email["ada@example.com"]), set).await.unwrap();
        for (name, somebody) in people {
            let (user, secret) = match &somebody.email {
                None => guest(&house.ledger).await,
                Some(email) => {
                    let user = match by_email.get(email.as_str()) {
                        Some(user) => *user,
                        None => changes::add_user(&house.ledger, new_user(email, somebody), None).await.unwrap(),
                    };
                    by_email.insert(email, user);
                    (user, credential(&house.ledger, user, somebody).await)
                }
            };
            amend(&house.database(), &secret, somebody).await;
            all.secrets.insert(name.clone(), secret);
            all.users.insert(name.clone(), user);
        }
        all
    }
}

/// RFC 9470 section 3.
fn challenge(vector: &Vector) -> String {
    let step_up = vector.step_up.clone().unwrap_or_default();
    let mut challenge = "Bearer error=\"insufficient_user_authentication\"".to_owned();
    if !step_up.amr.is_empty() {
        let _ = write!(challenge, ", acr_values=\"{}\"", step_up.amr.join(" "));
    }
    if let Some(age) = step_up.max_age {
        let _ = write!(challenge, ", max_age=\"{age}\"");
    }
    challenge
}

async fn guest(ledger: &Ledger) -> (UserId, String) {
    let signed_in = changes::continue_as_guest(ledger, Browser::default()).await.unwrap();
    (signed_in.user, signed_in.session.unwrap().secret.expose().to_owned())
}

fn roles(somebody: &Somebody) -> Roles {
    Roles::parse(somebody.roles.iter().map(String::as_str)).unwrap()
}

fn new_user(email: &str, somebody: &Somebody) -> NewUser {
    NewUser {
        id: None,
        email: EmailAddress::parse(email).unwrap(),
        name: DisplayName::parse("").unwrap(),
        roles: roles(somebody),
        verified: somebody.verified,
        password: None,
    }
}

async fn credential(ledger: &Ledger, user: UserId, somebody: &Somebody) -> String {
    let user = UserRef::Id(user);
    let Some(Token { scopes, .. }) = &somebody.token else {
        return changes::create_session(ledger, &user).await.unwrap().expose().to_owned();
    };
    let scopes = Scopes::parse(&scopes.join(" ")).unwrap();
    let bearer = Bearer::User(user);
    let new = NewApiToken { bearer, label: String::new(), scopes: Some(scopes), lifetime: None, by_cli: true };
    changes::create_api_token(ledger, new).await.unwrap().0.expose().to_owned()
}

/// Makes of a credential what only a person, a client and some time could have: nobody has used it yet, so that the store
/// is read after this.
async fn amend(database: &Path, secret: &str, somebody: &Somebody) {
    let mut sql = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
    let ago = i64::try_from(somebody.authenticated_ago).unwrap() * 1000;
    let session = session_of(&mut sql, secret).await;
    sqlx::query("UPDATE sessions SET amr = $1, authenticated_at = created_at - $2 WHERE id = $3")
        .bind(somebody.amr.join(" "))
        .bind(ago)
        .bind(&session)
        .execute(&mut sql)
        .await
        .unwrap();
    if let Some(token) = &somebody.token {
        let kind = if token.whole { "spa" } else { "third-party" };
        let client = "INSERT OR IGNORE INTO clients VALUES ($1, $1, $2, 0, '', '', '', 0, 1, 0, 1, 600000, NULL, NULL, NULL, NULL, \
                      NULL, 0)";
        sqlx::query(client).bind(&token.client).bind(kind).execute(&mut sql).await.unwrap();
        let session_of_client = "UPDATE sessions SET kind = 'token', client_id = $1 WHERE id = $2";
        sqlx::query(session_of_client).bind(&token.client).bind(&session).execute(&mut sql).await.unwrap();
        let access = "UPDATE credentials SET kind = 'access' WHERE session_id = $1";
        sqlx::query(access).bind(&session).execute(&mut sql).await.unwrap();
    }
    sql.close().await.unwrap();
}

async fn session_of(sql: &mut SqliteConnection, secret: &str) -> String {
    let hash = TokenHash::of(secret.as_bytes()).to_text();
    sqlx::query_scalar("SELECT session_id FROM credentials WHERE hash = $1").bind(hash).fetch_one(sql).await.unwrap()
}
