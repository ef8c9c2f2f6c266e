use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::claims::Claims;
use vestibule_gate::decide::Reach;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{Audience, Expected, Expiry, JwtError, SigningAlgorithm, TokenType, verify};
use vestibule_gate::token::opaque::Secret;
use vestibule_gate::verdict::{HeaderPrefix, Identity, IdentityHeaders, LONGEST_ASSERTION};

use super::{Asked, Assertions};
use crate::changes::{self, SetUser, create_session, prepare_keys, revoke_session, set_user};
use crate::settings::{AssertionBind, AssertionSettings, Settings};
use crate::{Ledger, NewUser, UserRef};

const APP: &str = "app.example.com";
const ASKED: Asked<'static> = Asked { host: "wiki.example.com", method: "GET", target: "/a%7Eb?c=d" };

/// A ledger that makes assertions, and somebody with a session.
struct House {
    ledger: Ledger,
    assertions: Assertions,
    user: UserRef,
    secret: Secret,
    _dir: tempfile::TempDir,
}

impl House {
    async fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = changes::tests::settings(dir.path());
        settings.keys.for_assertions = Some(SigningAlgorithm::Es256);
        let (algorithm, audience, bind) = (SigningAlgorithm::Es256, APP.to_owned(), AssertionBind::Session);
        settings.assertion = Some(AssertionSettings { algorithm, audience, bind });
        settings.headers = IdentityHeaders::new(HeaderPrefix::default(), Vec::new(), true).unwrap();
        settings.profiles = true;
        change(&mut settings);
        let ledger = changes::tests::open(settings).await;
        prepare_keys(&ledger).await.unwrap();
        let ada = NewUser {
            id: None,
            email: EmailAddress::parse("Ada@Example.com").unwrap(),
            name: DisplayName::parse("Ada").unwrap(),
            roles: Roles::parse(["admin", "editor"]).unwrap(),
            verified: true,
            password: None,
        };
        let user = UserRef::Id(changes::add_user(&ledger, ada, None).await.unwrap());
        let secret = create_session(&ledger, &user).await.unwrap();
        let assertions = Assertions::new(&ledger).unwrap();
        Self { ledger, assertions, user, secret, _dir: dir }
    }

    async fn identity(&self) -> Option<Identity> {
        self.identity_at(self.ledger.now()).await
    }

    async fn identity_at(&self, now: Timestamp) -> Option<Identity> {
        let cookie = format!("session={}", self.secret.expose());
        let headers = [(&b"cookie"[..], cookie.as_bytes())];
        let claims = Claims::read(headers.into_iter(), &self.ledger.settings().cookies);
        self.ledger.live().answer(&claims, now, Reach::Whole).await.unwrap().identity().cloned()
    }

    async fn assertion_at(&self, now: Timestamp) -> Arc<str> {
        let identity = self.identity_at(now).await.expect("somebody");
        self.assertions.of(&identity, now).unwrap().expect("one for the session")
    }
}

fn said(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn it_says_what_the_headers_say_and_who_may_believe_it() {
    let house = House::new(|_| ()).await;
    let now = house.ledger.now();
    let token = house.assertion_at(now).await;
    let UserRef::Id(user) = house.user else { unreachable!() };
    let identity = house.identity().await.unwrap();
    let sid = URL_SAFE_NO_PAD.encode(format!("idp:{}", identity.session()));
    assert_eq!(
        said(&token),
        json!({
            "iss": "http://localhost:8480", "aud": APP, "sub": user.to_string(), "sid": sid,
            "iat": now.unix_seconds(), "exp": now.unix_seconds() + 300,
            "session_exp": identity.expires_at().unix_seconds(),
            "amr": [], "roles": ["admin", "editor"],
            "anonymous": false, "verified": true, "can_reauthenticate": false,
            "email": "ada@example.com", "name": "Ada",
        })
    );
    let expected = |token_type, audience| Expected {
        token_type,
        issuer: "http://localhost:8480",
        audience: Audience::Includes(audience),
        expiry: Expiry::Counts,
    };
    let keys = house.ledger.keyring().published();
    assert!(verify(&token, &keys, &expected(TokenType::Assertion, APP), now).is_ok());
    let other = verify(&token, &keys, &expected(TokenType::Assertion, "other.example.com"), now);
    assert_eq!(other.unwrap_err(), JwtError::Audience);
    // ATK30: neither for an access token nor for an ID token.
    for other in [TokenType::Access, TokenType::Id] {
        assert_eq!(verify(&token, &keys, &expected(other, APP), now).unwrap_err(), JwtError::Type);
    }
}

#[tokio::test]
async fn an_assertion_is_no_credential() {
    let house = House::new(|_| ()).await;
    let line = format!("Bearer {}", house.assertion_at(house.ledger.now()).await);
    let headers = [(&b"authorization"[..], line.as_bytes())];
    let claims = Claims::read(headers.into_iter(), &house.ledger.settings().cookies);
    for reach in [Reach::Whole, Reach::Any] {
        let verdict = house.ledger.live().answer(&claims, house.ledger.now(), reach).await.unwrap();
        assert!(verdict.identity().is_none() && !verdict.is_anonymous());
    }
}

#[tokio::test]
async fn one_is_given_again_until_half_of_its_life_is_over() {
    let house = House::new(|_| ()).await;
    let now = house.ledger.now();
    let after = |seconds| now.plus(Span::from_seconds(seconds));
    let first = house.assertion_at(now).await;
    assert!(Arc::ptr_eq(&first, &house.assertion_at(after(149)).await));
    let second = house.assertion_at(after(150)).await;
    assert_ne!(first, second);
    assert_eq!(said(&second)["exp"], after(450).unix_seconds());
    let identity = house.identity().await.unwrap();
    let wiki = house.assertions.of_request(&identity, &ASKED, after(150)).unwrap();
    assert_eq!(said(&wiki)["aud"], "wiki.example.com");
    assert!(Arc::ptr_eq(&wiki, &house.assertions.of_request(&identity, &ASKED, after(151)).unwrap()));
}

#[tokio::test]
async fn it_never_outlives_its_session() {
    let house = House::new(|_| ()).await;
    let identity = house.identity().await.unwrap();
    // The idle timeout is ten minutes, the lifetime an hour.
    let late = identity.expires_at().minus(Span::from_seconds(100));
    let mut at = house.ledger.now();
    while at < late {
        assert!(house.identity_at(at).await.is_some());
        at = at.plus(Span::from_seconds(300));
    }
    let last = said(&house.assertion_at(late).await);
    assert_eq!(
        (&last["exp"], &last["session_exp"]),
        (&last["session_exp"], &json!(identity.expires_at().unix_seconds()))
    );
}

#[tokio::test]
async fn a_change_of_the_user_shows_in_the_next_assertion() {
    let house = House::new(|_| ()).await;
    let now = house.ledger.now();
    assert_eq!(said(&house.assertion_at(now).await)["roles"], json!(["admin", "editor"]));
    let set = SetUser { roles: Some(Roles::default()), verified: Some(false), ..SetUser::default() };
    set_user(&house.ledger, &house.user, set).await.unwrap();
    let said = said(&house.assertion_at(now).await);
    assert_eq!(said["roles"], json!([]));
    assert!(said.get("email").is_none() && said.get("name").is_none(), "nobody vouches for them any more: {said}");
}

#[tokio::test]
async fn nothing_is_signed_for_a_session_that_is_over() {
    let house = House::new(|_| ()).await;
    let before = house.identity().await.unwrap();
    let now = house.ledger.now();
    revoke_session(&house.ledger, before.user(), before.session()).await.unwrap();
    // What a request that began before the revocation still makes is kept where nobody finds it.
    house.assertions.of(&before, now).unwrap();
    assert!(house.identity().await.is_none());
}

#[tokio::test]
async fn each_session_has_its_own() {
    let house = House::new(|_| ()).await;
    let now = house.ledger.now();
    let first = house.assertion_at(now).await;
    let other = House { secret: create_session(&house.ledger, &house.user).await.unwrap(), ..house };
    let second = other.assertion_at(now).await;
    assert_ne!(said(&first)["sid"], said(&second)["sid"]);
}

#[tokio::test]
async fn bound_to_a_request_it_is_signed_for_each_and_for_none_that_nobody_knows() {
    let house = House::new(|settings| {
        if let Some(assertion) = &mut settings.assertion {
            assertion.bind = AssertionBind::Request;
        }
    })
    .await;
    let (identity, now) = (house.identity().await.unwrap(), house.ledger.now());
    assert!(house.assertions.of(&identity, now).unwrap().is_none());
    let one = house.assertions.of_request(&identity, &ASKED, now).unwrap();
    let path = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"/a%7Eb");
    assert_eq!(said(&one)["htm"], "GET");
    assert_eq!(said(&one)["path_hash"], URL_SAFE_NO_PAD.encode(path));
    let other = Asked { method: "POST", target: "/", ..ASKED };
    let other = house.assertions.of_request(&identity, &other, now).unwrap();
    assert_eq!(said(&other)["htm"], "POST");
    assert_ne!(said(&one)["path_hash"], said(&other)["path_hash"]);
}

#[tokio::test]
async fn the_longest_has_room_in_an_answer() {
    let issuer = format!("https://{}.example.com/{}", "i".repeat(60), "p".repeat(100));
    let house = House::new(|settings| settings.issuer = issuer).await;
    // As many as there can be: short keys take the most room in JSON.
    let letters: Vec<char> = ('a'..='z').chain('0'..='9').collect();
    let singles = letters.iter().map(char::to_string);
    let pairs = letters.iter().flat_map(|a| letters.iter().map(move |b| format!("{a}{b}"))).take(475);
    let roles: Vec<String> = singles.chain(pairs).collect();
    let roles = Roles::parse(roles.iter().map(String::as_str)).unwrap();
    assert!(roles.header_value().len() > 1_490);
    let name = DisplayName::parse(&"\u{1f4a9}".repeat(100)).unwrap();
    let set = SetUser { roles: Some(roles), name: Some(name), ..SetUser::default() };
    set_user(&house.ledger, &house.user, set).await.unwrap();
    let identity = house.identity().await.unwrap();
    let host = "h".repeat(253);
    let asked = Asked { host: &host, ..ASKED };
    let token = house.assertions.of_request(&identity, &asked, house.ledger.now()).unwrap();
    assert!((4_000..LONGEST_ASSERTION - 300).contains(&token.len()), "{}", token.len());
}

#[tokio::test]
async fn without_them_there_are_none() {
    let house = House::new(|settings| settings.headers = HeaderPrefix::default().into()).await;
    let (identity, now) = (house.identity().await.unwrap(), house.ledger.now());
    let first = house.assertions.of(&identity, now).unwrap().unwrap();
    assert!(!Arc::ptr_eq(&first, &house.assertions.of(&identity, now).unwrap().unwrap()), "nothing is remembered");
    let settings = Settings { assertion: None, ..(*house.ledger.settings()).clone() };
    house.ledger.reload(settings);
    assert!(Assertions::new(&house.ledger).is_none());
}
