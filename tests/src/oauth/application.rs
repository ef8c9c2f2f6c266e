//! An application that is registered with a server, and what it does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::http::Response;
use crate::person::{Person, encoded};
use crate::server::Vestibule;

use super::id_token::IdToken;
use super::request::{CHALLENGE, Request, VERIFIER};
use super::walk::{Returned, Walked, walk};

/// Where the applications of the tests want people back. Nobody listens there: a test reads where the browser would go.
pub const CALLBACK: &str = "http://app.localhost:9999/callback";
/// Where they want people after signing out.
pub const LOGGED_OUT: &str = "http://app.localhost:9999/out";

/// A registered application.
#[derive(Debug)]
pub struct Application<'v> {
    vestibule: &'v Vestibule,
    /// Its `client_id`.
    pub id: String,
    /// Its secret, unless it is public.
    pub secret: Option<String>,
}

impl<'v> Application<'v> {
    /// Registers one with [`CALLBACK`] and [`LOGGED_OUT`], and with further options of `client add`.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    #[track_caller]
    pub fn register(vestibule: &'v Vestibule, id: &str, kind: &str, more: &[&str]) -> Self {
        let mut args = vec!["client", "add", id, "--kind", kind, "--json"];
        if kind != "machine" {
            args.extend(["--redirect-uri", CALLBACK, "--post-logout-redirect-uri", LOGGED_OUT]);
        }
        args.extend(more);
        let said = vestibule.cli(&args).expect_code(0);
        let added: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out));
        let secret = added["client_secret"].as_str().map(str::to_owned);
        Self { vestibule, id: id.to_owned(), secret }
    }

    /// The same application, at another node of the same cluster.
    #[must_use]
    pub fn at<'n>(&self, node: &'n Vestibule) -> Application<'n> {
        Application { vestibule: node, id: self.id.clone(), secret: self.secret.clone() }
    }

    /// A request for a code as every client can make it, with PKCE.
    #[must_use]
    pub fn request(&self) -> Request {
        Request::default()
            .with("client_id", &self.id)
            .with("redirect_uri", CALLBACK)
            .with("response_type", "code")
            .with("scope", "openid")
            .with("state", "a state")
            .with("nonce", "a-nonce")
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256")
    }

    /// Sends a browser to the authorization endpoint. It comes from elsewhere.
    #[track_caller]
    pub fn ask(&self, person: &mut Person, request: &Request) -> Response {
        person.open(&self.vestibule.url(&format!("/oauth2/authorize?{}", request.query())))
    }

    /// As [`Self::ask`], and what the application is told at once.
    ///
    /// # Panics
    /// When a page is shown first.
    #[track_caller]
    pub fn told(&self, person: &mut Person, request: &Request) -> Returned {
        let answer = self.ask(person, request);
        Returned::read(&answer, CALLBACK).unwrap_or_else(|| panic!("{}{}", answer.head, answer.text()))
    }

    /// As [`Self::ask`], and on through every page until the application is told.
    #[track_caller]
    pub fn walk(&self, person: &mut Person, email: &str, request: &Request) -> Walked {
        let first = self.ask(person, request);
        walk(person, email, first, CALLBACK)
    }

    /// Goes on from a page.
    #[track_caller]
    pub fn walk_on(&self, person: &mut Person, email: &str, first: Response) -> Walked {
        walk(person, email, first, CALLBACK)
    }

    /// A whole sign-in: through the pages and to the tokens.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn sign_in(&self, person: &mut Person, email: &str, request: &Request) -> Value {
        let walked = self.walk(person, email, request);
        self.redeem(walked.returned.code())
    }

    /// The tokens for a code that was asked for with [`Self::request`].
    ///
    /// # Panics
    /// When there are none.
    #[track_caller]
    pub fn redeem(&self, code: &str) -> Value {
        let answer = self.try_redeem(code);
        assert_eq!(answer.status, 200, "{}{}", answer.head, answer.text());
        answer.json()
    }

    /// Asks for the tokens for a code.
    #[track_caller]
    pub fn try_redeem(&self, code: &str) -> Response {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
    }

    /// Exchanges a refresh token.
    #[track_caller]
    pub fn refresh(&self, token: &str) -> Response {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// Asks the token endpoint, as this client.
    #[track_caller]
    pub fn token(&self, fields: &[(&str, &str)]) -> Response {
        self.post("/oauth2/token", fields)
    }

    /// Sends a form to an endpoint, as this client: by `client_secret_basic`, or with `client_id` where it is public.
    #[track_caller]
    pub fn post(&self, endpoint: &str, fields: &[(&str, &str)]) -> Response {
        let mut fields = fields.to_vec();
        let mut headers = Vec::new();
        let authorization = self.basic();
        match &authorization {
            Some(value) => headers.push(("Authorization", value.as_str())),
            None => fields.push(("client_id", &self.id)),
        }
        self.vestibule.person().post_as(endpoint, &fields, &headers)
    }

    /// The header of `client_secret_basic` (RFC 6749 section 2.3.1).
    #[must_use]
    pub fn basic(&self) -> Option<String> {
        let secret = self.secret.as_ref()?;
        Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(&self.id), encoded(secret)))))
    }

    /// The `id_token` of a token answer, verified.
    #[must_use]
    #[track_caller]
    pub fn id_token(&self, tokens: &Value) -> IdToken {
        let token = tokens["id_token"].as_str().unwrap_or_else(|| panic!("no id_token: {tokens}"));
        IdToken::verified(token, &self.vestibule.person().get("/oauth2/jwks").json())
    }

    /// Asks the userinfo endpoint with an access token.
    #[must_use]
    #[track_caller]
    pub fn userinfo(&self, tokens: &Value) -> Response {
        let mut nobody = self.vestibule.person();
        nobody.headers.push(("Authorization".to_owned(), format!("Bearer {}", text(tokens, "access_token"))));
        nobody.get("/oauth2/userinfo")
    }

    /// Whether the resolver takes an access token.
    #[must_use]
    #[track_caller]
    pub fn resolves(&self, tokens: &Value) -> bool {
        let bearer = format!("Bearer {}", text(tokens, "access_token"));
        self.vestibule.resolve(&[("Authorization", &bearer)]).identity("session-valid") == Some("true")
    }
}

/// A text in a JSON answer.
#[track_caller]
fn text<'t>(answer: &'t Value, name: &str) -> &'t str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}"))
}
