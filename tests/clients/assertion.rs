//! The applications of `examples/assertion`, which believe nobody but the assertion: behind nginx with the printed file,
//! and asked past it, with assertions that are not for them or no longer.

use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use vestibule_tests::http::{Response, exchange};
use vestibule_tests::nginx::{Site, printed};
use vestibule_tests::oauth::Application;
use vestibule_tests::process::Process;
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::{port, skip, wait};

use super::install::{go_example, node_example, python_example};

type Installed = Result<Command, &'static str>;

const ASSERTION: &str = "x-authgear-assertion";
const HOST: &str = "app.example.com";
const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// The application, as somebody would run it.
struct Example {
    process: Process,
    address: SocketAddr,
}

impl Example {
    fn start(mut program: Command, vestibule: &Vestibule, audience: &str, address: SocketAddr) -> Self {
        program.env("ISSUER", vestibule.url("")).env("AUDIENCE", audience).env("ADDRESS", address.to_string());
        let log = vestibule.folder().join(format!("app-{}.log", address.port()));
        let mut process = Process::start(&program, &log);
        process.ready(|| TcpStream::connect(address).is_ok());
        Self { process, address }
    }

    /// Asks it past the proxy, with these assertions.
    fn ask(&self, assertions: &[&str]) -> Response {
        let lines: String = assertions.iter().map(|assertion| format!("{ASSERTION}: {assertion}\r\n")).collect();
        let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{lines}\r\n");
        exchange(&self.address.into(), request.as_bytes())
    }

    #[track_caller]
    fn refuses(&self, assertions: &[&str], why: &str) {
        let answer = self.ask(assertions);
        assert_eq!(answer.status, 401, "{why}: {}{}", answer.text(), self.process.log());
    }
}

/// nginx with the printed file, before an application at this address.
fn site(app: SocketAddr, config: &str) -> Site {
    let address = port::free();
    let setup = Setup::default()
        .origin(&format!("http://localhost:{}", address.port()))
        .config(&format!("[headers]\nassertion = true\nassertion_audience = \"{HOST}\"\n{config}"));
    let site = Site::with(setup, address, |vestibule, _| printed(vestibule, &format!("http://{app}"), address));
    site.vestibule.add_user(ADA, &["--verified"]);
    site.vestibule.add_user(BOB, &[]);
    site
}

fn user_id(site: &Site, session: &str) -> String {
    let answer = site.vestibule.resolve(&[("Cookie", &format!("session={session}"))]);
    answer.identity("user-id").unwrap_or_else(|| panic!("{}", answer.head)).to_owned()
}

/// What an assertion says, whoever signed it.
fn read(assertion: &str) -> Value {
    let payload = assertion.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
    serde_json::from_slice(&payload.unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {assertion}"))
}

/// The assertion that the resolver gives for this session; none when it is over.
fn assertion(site: &Site, session: &str) -> Option<String> {
    site.vestibule.resolve(&[("Cookie", &format!("session={session}"))]).identity("assertion").map(str::to_owned)
}

#[track_caller]
fn says(answer: &Response, user: &str) {
    assert_eq!((answer.status, &answer.json()["user"]), (200, &user.into()), "{}", answer.text());
}

/// What holds in each language.
#[track_caller]
fn believes_what_is_true(test: &str, language: fn() -> Installed) {
    let program = match language() {
        Ok(program) => program,
        Err(reason) => return skip(test, reason),
    };
    let address = port::free();
    let site = site(address, "[keys]\nalgorithm = \"ES256\"\n");
    let app = Example::start(program, &site.vestibule, HOST, address);
    let (session, other) = (site.vestibule.create_session(ADA), site.vestibule.create_session(BOB));
    let (ada, bob) = (user_id(&site, &session), user_id(&site, &other));
    let cookie = format!("session={session}");

    let answer = site.get("/", &[("Cookie", &cookie)]);
    says(&answer, &ada);
    assert_eq!(site.get("/", &[]).status, 401);

    // What a client sends itself does not pass nginx, however true it is.
    let true_one = assertion(&site, &session).expect("an assertion");
    let answer = app.ask(&[&true_one]);
    says(&answer, &ada);
    assert_eq!(answer.json()["session_exp"], read(&true_one)["session_exp"], "a connection's end");
    assert_eq!(site.get("/", &[(ASSERTION, &true_one)]).status, 401);
    says(&site.get("/", &[("Cookie", &format!("session={other}")), (ASSERTION, &true_one)]), &bob);
    app.refuses(&[&true_one, &true_one], "twice is one too many");
    forged(&app, &true_one);

    // One for another host, by the same issuer and key; and what is for the same, and no assertion.
    let beside =
        |audience: &str| Example::start(language().expect("as before"), &site.vestibule, audience, port::free());
    beside("else.example.com").refuses(&[&true_one], "it is for another host");
    let token = access_token(&site);
    assert_eq!(read(&token)["iss"], read(&true_one)["iss"]);
    let audience = read(&token)["aud"].as_str().expect("one audience").to_owned();
    beside(&audience).refuses(&[&token], "it is an access token");

    // Nobody who signed out gets one, and the one that was given holds for its remaining minutes.
    site.vestibule.cli(&["session", "revoke", "--user", ADA]).expect_code(0);
    assert_eq!(assertion(&site, &session), None);
    assert_eq!(site.get("/", &[("Cookie", &cookie)]).status, 401);
    says(&app.ask(&[&true_one]), &ada);
}

/// None of what only looks like one.
fn forged(app: &Example, true_one: &str) {
    let [head, body, signature] = true_one.split('.').collect::<Vec<_>>()[..] else { panic!("{true_one}") };
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"vestibule-assertion+jwt"}"#);
    app.refuses(&[""], "it is empty");
    app.refuses(&[&format!("{head}.{body}.")], "it has lost its signature");
    app.refuses(&[&format!("{unsigned}.{body}.")], "it says that it has no signature");
    app.refuses(&[&format!("{unsigned}.{body}.{signature}")], "its head is another one");
}

/// Signed by the same issuer, with the same key as the assertions.
fn access_token(site: &Site) -> String {
    let client = Application::register(&site.vestibule, "spa", "spa", &["--jwt-access-tokens"]);
    let tokens = client.sign_in(&mut site.person(), ADA, &client.request());
    tokens["access_token"].as_str().expect("a JWT").to_owned()
}

/// A session's last seconds are its assertion's, too, so that nobody has to wait for five minutes.
#[track_caller]
fn refuses_what_is_over(test: &str, language: fn() -> Installed) {
    let program = match language() {
        Ok(program) => program,
        Err(reason) => return skip(test, reason),
    };
    let address = port::free();
    let site = site(address, "[session]\nlifetime = \"4s\"\n");
    let app = Example::start(program, &site.vestibule, HOST, address);
    let session = site.vestibule.create_session(ADA);
    let assertion = assertion(&site, &session).expect("an assertion");
    says(&app.ask(&[&assertion]), &user_id(&site, &session));
    wait::until("it is over", || (app.ask(&[&assertion]).status == 401).then_some(()));
}

#[test]
fn python_believes_what_is_true() {
    believes_what_is_true("python_believes_what_is_true", python_example);
}

#[test]
fn python_refuses_what_is_over() {
    refuses_what_is_over("python_refuses_what_is_over", python_example);
}

#[test]
fn node_believes_what_is_true() {
    believes_what_is_true("node_believes_what_is_true", node_example);
}

#[test]
fn node_refuses_what_is_over() {
    refuses_what_is_over("node_refuses_what_is_over", node_example);
}

#[test]
fn go_believes_what_is_true() {
    believes_what_is_true("go_believes_what_is_true", go_example);
}

#[test]
fn go_refuses_what_is_over() {
    refuses_what_is_over("go_refuses_what_is_over", go_example);
}
