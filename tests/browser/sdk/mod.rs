//! Authgear's SDK for browsers, `@authgear/web`, unchanged: an application that was built with it works here when its
//! `endpoint` and its `clientID` are changed. Each call in both session types, and what the SDK says of the session is
//! held against what the resolver says.

mod account;
mod guest;
mod refresh;
mod sign_in;

use serde_json::Value;
use vestibule_tests::backend::{Backend, Recorded};
use vestibule_tests::browser::Browser;
use vestibule_tests::nginx::{Site, printed_with};
use vestibule_tests::server::{PASSWORD, Setup};
use vestibule_tests::{npm, port};

use super::{EMAIL, OPEN, submit_sign_in};

/// How the SDK holds a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// `refresh_token`, which it keeps in the page's storage.
    Token,
    /// `cookie`, which is ours.
    Cookie,
}

/// Where our pages are, seen from the application, which always is another origin of the same site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `public_url` has a path; the application is on another port.
    Path,
    /// The pages have a host of their own.
    Hosts,
}

/// An application that uses the SDK, and a browser that has opened it.
struct House {
    mode: Mode,
    site: Site,
    /// The origin of the application.
    app: String,
    browser: Browser,
}

/// Runs a test in both session types.
fn in_both_modes(test: impl Fn(&House)) {
    test(&House::new(Mode::Token, Shape::Path));
    test(&House::new(Mode::Cookie, Shape::Hosts));
}

const PAGE: &str = "<!doctype html><title>An application</title><script src='/sdk.js'></script>";

impl House {
    fn new(mode: Mode, shape: Shape) -> Self {
        let (address, other) = (port::free(), port::free());
        let setup = Setup::default().config(OPEN);
        let origin = |host: &str, port: u16| format!("http://{host}:{port}");
        let listen = address.to_string();
        let (setup, app, more) = match shape {
            Shape::Path => {
                let app = origin("localhost", other.port());
                (setup.origin(&origin("localhost", address.port())), app, ["--listen".to_owned(), other.to_string()])
            }
            Shape::Hosts => {
                let setup = setup.origin(&origin("auth.site.localhost", address.port())).path("");
                let setup = setup.config("[session]\ncookie_domain = \"site.localhost\"");
                let app = origin("app.site.localhost", address.port());
                (setup, app, ["--server-name".to_owned(), "app.site.localhost".to_owned()])
            }
        };
        let pages = vec![("/", "text/html", PAGE.to_owned()), ("/sdk.js", "text/javascript", npm::sdk().to_owned())];
        let site = Site::before(Backend::with(pages), setup, address, |vestibule, backend| {
            let options = ["--app", backend, "--listen", &listen, &more[0], &more[1]];
            printed_with(vestibule, &options)
        });
        site.vestibule.add_user(EMAIL, &["--name", "Ada", "--role", "editor", "--verified"]);
        let back = format!("{app}/");
        site.vestibule.add_client("spa", "spa", &[&back], &[&back]);
        site.vestibule.add_client("web", "web", &[&back], &[&back]);
        let house = Self { mode, site, app, browser: Browser::start() };
        house.open_app();
        house
    }

    /// Opens the application, and has the SDK configured.
    fn open_app(&self) {
        self.browser.open(&format!("{}/", self.app));
        self.configure();
    }

    /// Configures the SDK of the page that is open.
    fn configure(&self) {
        let (client, mode) = match self.mode {
            Mode::Token => ("spa", "refresh_token"),
            Mode::Cookie => ("web", "cookie"),
        };
        let endpoint = self.site.vestibule.url("");
        self.run(&format!(
            "await sdk.configure({{clientID: '{client}', endpoint: '{endpoint}', sessionType: '{mode}'}})"
        ));
    }

    /// What a call of the SDK gives, or the error that it throws.
    fn attempt(&self, call: &str) -> Result<Value, Value> {
        let answer = self.browser.script_async(&format!(
            "const done = arguments[arguments.length - 1], sdk = authgear.default;\
             (async () => {{ {call} }})().then(\
               value => done({{value: value ?? null}}),\
               error => done({{error: {{...error, name: error.name, message: error.message}}}}));"
        ));
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["value"].clone()),
        }
    }

    #[track_caller]
    fn run(&self, call: &str) -> Value {
        self.attempt(call).unwrap_or_else(|error| panic!("{:?}: {call}: {error}", self.mode))
    }

    /// A call that leads to another page.
    fn leave(&self, call: &str) {
        let call = format!("const sdk = authgear.default; sdk.{call}.catch(error => {{ document.title = error; }})");
        self.browser.leaves(|| _ = self.browser.script(&call));
    }

    /// What the SDK sends as options where it is to come back to the application.
    fn back(&self, more: &str) -> String {
        format!("{{redirectURI: '{}/'{more}}}", self.app)
    }

    /// Signs in as Ada, from the application and back.
    fn sign_in(&self) -> Value {
        self.leave(&format!("startAuthentication({})", self.back(", state: 'a state'")));
        submit_sign_in(&self.browser, EMAIL, PASSWORD);
        self.finish("finishAuthentication")
    }

    /// Enters what the sign-in page asks for: all of it, or the password alone of somebody whom it knows.
    fn prove(&self) {
        if self.browser.has("#email") {
            self.browser.fill("#email", EMAIL);
        }
        self.browser.fill("#password", PASSWORD);
        self.browser.submit("form[action$='/login'] button[type=submit]");
    }

    /// The last half of a call that left the application.
    #[track_caller]
    fn finish(&self, call: &str) -> Value {
        let url = self.browser.url();
        assert!(url.starts_with(&self.app), "not back: {url}\n{}", self.browser.text());
        self.configure();
        self.run(&format!("return await sdk.{call}()"))
    }

    fn state(&self) -> String {
        self.run("return sdk.sessionState").as_str().unwrap_or_default().to_owned()
    }

    /// What the SDK has to say of a session while there is one: with cookies it does not know.
    fn signed_in(&self) -> &'static str {
        match self.mode {
            Mode::Token => "AUTHENTICATED",
            Mode::Cookie => "UNKNOWN",
        }
    }

    /// What the application is told when the SDK fetches something of it.
    fn fetch(&self) -> Recorded {
        self.run("const reply = await sdk.fetch('/api'); return reply.status");
        let seen = self.site.backend.seen();
        seen.into_iter().rev().find(|seen| seen.head.starts_with("GET /api ")).expect("the application was asked")
    }

    /// Whom the resolver knows by the token of the page, or by its cookie.
    fn resolved(&self) -> Option<String> {
        let header = match self.mode {
            Mode::Token => ("Authorization", format!("Bearer {}", self.access_token()?)),
            Mode::Cookie => ("Cookie", format!("session={}", self.browser.cookie("session")?)),
        };
        self.resolve(header)
    }

    fn resolve(&self, (name, value): (&str, String)) -> Option<String> {
        self.site.vestibule.resolve(&[(name, &value)]).identity("user-id").map(str::to_owned)
    }

    fn access_token(&self) -> Option<String> {
        self.run("return sdk.accessToken").as_str().map(str::to_owned)
    }

    /// The refresh token that the SDK keeps.
    fn refresh_token(&self) -> Option<String> {
        self.run("return Object.values(localStorage).find(text => text.startsWith('vbr_'))").as_str().map(str::to_owned)
    }

    /// The id of the user, as the command line knows it.
    fn user_id(&self, email: &str) -> String {
        let shown = self.site.vestibule.cli(&["user", "show", email, "--json"]).expect_code(0);
        let shown: Value = serde_json::from_str(&shown.out).expect("JSON");
        shown["id"].as_str().expect("an id").to_owned()
    }
}
