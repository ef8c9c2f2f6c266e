//! What holds of every byte string that a parser of client input may get: the bodies of the fuzz targets. Ordinary
//! tests run them over the seeds (`crates/vestibule/tests/parsers`), so they are compiled and right on any day.

#[path = "bodies/ext_authz.rs"]
pub(crate) mod ext_authz;
#[path = "bodies/original.rs"]
pub(crate) mod original;
#[path = "bodies/rules.rs"]
pub(crate) mod rules;
#[path = "bodies/step_up.rs"]
pub(crate) mod step_up;

use std::sync::LazyLock;

use url::{Url, form_urlencoded};
use vestibule::wire::head::{Head, MAX_HEAD, Slots, Version};
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::claims::cacheable::{CacheKey, may_be_kept};
use vestibule_gate::claims::cookies::pairs;
use vestibule_gate::claims::{Claims, CookieNames, CookiePrefix, MAX_CANDIDATES, Source};
use vestibule_gate::grant::authorize::{AuthorizeRequest, ResponseType, ReturnAddress};
use vestibule_gate::grant::need::{Present, Step, decide};
use vestibule_gate::grant::return_to::{AllowedOrigin, ReturnToRules};
use vestibule_gate::grant::scope::{FULL_ACCESS, OPENID};
use vestibule_gate::grant::{Client, ClientId, ClientKind, Parameters, RedirectUri, Response, respond};
use vestibule_gate::id::UserId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{
    Audience, Expected, Expiry, KeyId, KeySet, PublicKey, TokenType, VerifyingKey, peek_jti, verify,
};
use vestibule_gate::token::opaque::{SecretKind, TagKey, has_shape, is_tagged};

/// A parser's test.
pub(crate) type Body = fn(&[u8]);

/// All of them, by the name of target and seed folder.
pub(crate) const ALL: [(&str, Body); 16] = [
    ("head", head),
    ("cookies", cookies),
    ("claims", claims),
    ("secret", secret),
    ("return_to", return_to),
    ("email", email),
    ("names", names),
    ("jwt", jwt),
    ("redirect_uri", redirect_uri),
    ("authorize", authorize),
    ("rules", rules::file),
    ("step_up", step_up::demand),
    ("original_nginx", original::nginx),
    ("original_forwarded", original::forwarded),
    ("original_envoy", original::envoy),
    ("original_path", original::canonical),
    ("ext_authz", ext_authz::check),
];

/// A request head: what is read has one framing, one host, one end, and nothing behind it changes that.
pub(crate) fn head(bytes: &[u8]) {
    let (mut slots, mut again) = (Slots::default(), Slots::default());
    let Ok(Some(head)) = Head::read(bytes, &mut slots) else { return };
    let whole = &bytes[..head.length];
    assert!(whole.len() <= MAX_HEAD && whole.ends_with(b"\r\n\r\n"), "it has an end");
    let line_feeds = whole.iter().filter(|&&b| b == b'\n').count();
    let line_ends = whole.windows(2).filter(|two| two == b"\r\n").count();
    let returns = whole.iter().filter(|&&b| b == b'\r').count();
    assert!(line_feeds == line_ends && returns == line_ends && !whole.contains(&0), "lines end in CRLF, and only they");
    let alone = Head::read(whole, &mut again).ok().flatten().map(|head| head.length);
    assert_eq!(alone, Some(head.length), "what stands behind a head changes nothing");
    let count = |name: &str| head.headers().filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).count();
    assert!(count("content-length") + count("transfer-encoding") <= 1, "one framing");
    assert!(count("host") == 1 || head.version == Version::Http10 && count("host") == 0, "one host");
    assert!(head.path().is_none_or(|path| !path.contains(['?', '#'])), "no query in the path");
    let _ = head.has_tab_before_cookies();
    claims_of(head.headers());
}

/// A Cookie line: every pair is there, byte for byte, with nothing but blanks and `;` around it.
pub(crate) fn cookies(bytes: &[u8]) {
    let mut rest = bytes;
    for (name, value) in pairs(bytes) {
        assert!(!name.contains(&b'=') && !name.contains(&b';') && !value.contains(&b';'));
        let pair = [name, b"=", value].concat();
        let at = rest.windows(pair.len()).position(|window| window == pair).expect("pairs come in their order");
        rest = &rest[at + pair.len()..];
    }
}

/// A whole request's credentials: lines of `name: value`, as many as there are.
pub(crate) fn claims(bytes: &[u8]) {
    let split = |line: &'_ [u8]| line.iter().position(|&b| b == b':');
    claims_of(
        bytes
            .split(|&b| b == b'\n')
            .filter_map(|line| split(line).map(|at| (&line[..at], line[at + 1..].trim_ascii()))),
    );
}

fn claims_of<'r>(headers: impl Iterator<Item = (&'r [u8], &'r [u8])>) {
    let names = CookieNames::new(&CookiePrefix::default());
    let headers: Vec<_> = headers.collect();
    let claims = Claims::read(headers.iter().copied(), &names);
    assert!(claims.candidates().len() <= MAX_CANDIDATES);
    for candidate in claims.candidates() {
        let there = |(_, value): &(&[u8], &[u8])| {
            candidate.value.is_empty() || value.windows(candidate.value.len()).any(|window| window == candidate.value)
        };
        assert!(headers.iter().any(there), "a credential that nobody sent");
    }
    let key = CacheKey::new(&names, None).expect("no prefix");
    if may_be_kept(&claims, Source::Session, &names, &key) && claims.has(Source::Session) {
        assert_eq!(claims.candidates().iter().filter(|found| found.source == Source::Session).count(), 1);
    }
}

/// A secret: what has no shape has no tag, and nobody makes one without the key.
pub(crate) fn secret(bytes: &[u8]) {
    let key = TagKey::new(&[7; 32]);
    let tagged = is_tagged(SecretKind::Session, bytes, &key);
    assert!(!tagged || has_shape(SecretKind::Session, bytes));
    assert!(!tagged, "a tag of 96 bits was guessed");
}

/// `return_to`: wherever it leads, it is ours or listed, over http or https, without a user, in printable ASCII.
pub(crate) fn return_to(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let own = Url::parse("https://id.example.com/auth").expect("a URL");
    let listed = ["https://app.example.com", "https://*.apps.example.com"];
    let allowed = listed.iter().map(|origin| AllowedOrigin::parse(origin).expect("an origin")).collect();
    let rules = ReturnToRules::new(own, allowed, "/auth/settings").expect("rules");
    let decided = rules.decide(Some(text));
    assert!(decided.as_str().bytes().all(|b| b.is_ascii_graphic()), "safe in a header");
    let url = Url::parse(decided.as_str()).expect("absolute");
    let host = url.host_str().expect("a host");
    let known = matches!(host, "id.example.com" | "app.example.com") || host.ends_with(".apps.example.com");
    assert!(known && url.scheme() == "https" && url.port().is_none(), "an open redirect to {url}");
    assert!(url.username().is_empty() && url.password().is_none());
    assert_eq!(rules.decide(Some(decided.as_str())).as_str(), decided.as_str(), "decided once is decided");
}

/// An e-mail address: one `@`, no way to break a line, and a normal form that stays what it is.
pub(crate) fn email(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(email) = EmailAddress::parse(text) else { return };
    assert_eq!(email.key().matches('@').count(), 1);
    assert!(!email.shown().chars().chain(email.key().chars()).any(|c| c.is_control() || c.is_whitespace()));
    assert_eq!(EmailAddress::parse(email.key()).map(|again| again.key().to_owned()).as_deref(), Ok(email.key()));
    let shouted = EmailAddress::parse(&email.shown().to_ascii_uppercase());
    assert!(shouted.is_ok_and(|other| other == email), "case makes no other account");
}

/// Names and roles: neither can break a header, a list or a page's line.
pub(crate) fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(name) = DisplayName::parse(text) {
        assert!(!name.as_str().chars().any(char::is_control));
        assert_eq!(DisplayName::parse(name.as_str()).as_ref(), Ok(&name));
    }
    if let Ok(roles) = Roles::parse(text.split('\n')) {
        let header = roles.header_value();
        assert!(header.len() <= 1_500 && header.bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(Roles::parse_list(&header).map(|again| again.header_value()), Ok(header));
    }
}

/// The one token that the key of [`jwt`] has signed before it was thrown away.
const SIGNED: &str = include_str!("seeds/jwt/signed");
const PUBLIC: [u8; 32] = [
    0xf1, 0xfb, 0xe9, 0x30, 0x8f, 0x25, 0xc5, 0xcb, 0x5f, 0x42, 0x65, 0x13, 0x42, 0x32, 0x65, 0x70, 0x89, 0x7a, 0x92,
    0xc7, 0x75, 0xfa, 0x02, 0x0a, 0x61, 0xbe, 0x56, 0xde, 0xd6, 0x3c, 0xba, 0x37,
];

/// A token: nothing passes but the one that was signed, and nothing that passes was not peeked at.
pub(crate) fn jwt(bytes: &[u8]) {
    let id = KeyId::parse("fuzz").expect("an id");
    let keys = KeySet::new([VerifyingKey::new(id, PublicKey::Ed25519(PUBLIC)).expect("a key")]);
    let now = Timestamp::from_millis(2_000_000_060_000);
    let peeked = peek_jti(bytes, &keys, now);
    assert!(peeked.as_ref().is_none_or(|jti| jti.len() <= 64 && jti.bytes().all(|b| b.is_ascii_graphic())));
    let Ok(text) = std::str::from_utf8(bytes) else { return assert!(peeked.is_none()) };
    let expected = Expected {
        token_type: TokenType::Access,
        issuer: "https://id.example.com",
        audience: Audience::Includes("https://api.example.com"),
        expiry: Expiry::Counts,
    };
    let verified = verify(text, &keys, &expected, now);
    assert_eq!(verified.is_ok(), text == SIGNED, "{verified:?}");
    if let Ok(verified) = verified {
        assert_eq!(verified.text("jti"), peeked.as_deref());
    }
}

/// A redirect URI on the first line, what a client presents on the second: what is registered is one place that a person
/// can read, and nothing else is admitted but another port of the loopback address.
pub(crate) fn redirect_uri(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (registered, presented) = text.split_once('\n').unwrap_or((text, text));
    for kind in ClientKind::ALL {
        let Ok(uri) = RedirectUri::register(registered, kind) else { continue };
        assert_eq!(uri.as_str(), registered);
        assert!(registered.bytes().all(|b| b.is_ascii_graphic()) && uri.admits(registered, kind));
        let url = Url::parse(registered).expect("absolute");
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
        let host = url.host_str().unwrap_or_default();
        let is_here = matches!(host, "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost");
        let is_private = kind == ClientKind::Native && url.scheme().contains('.');
        assert!(url.scheme() == "https" || url.scheme() == "http" && is_here || is_private, "{url} is read by others");
        if uri.admits(presented, kind) && presented != registered {
            let mut other = Url::parse(presented).expect("as much a URL as the registered one");
            other.set_port(url.port()).expect("http has ports");
            assert!(kind == ClientKind::Native && matches!(host, "127.0.0.1" | "[::1]"));
            assert_eq!(other, url, "more than the port differs");
        }
    }
}

/// The parameters of an authorization request: the answer goes to a registered place, carries the state whole, grants
/// nothing that the client may not have, and shows no page where none may be shown.
pub(crate) fn authorize(bytes: &[u8]) {
    let Ok(parameters) = Parameters::parse(bytes) else { return };
    for client in CLIENTS.iter() {
        let address = ReturnAddress::decide(&parameters, client, Some("https://id.example.com/settings"));
        if let Ok(address) = &address {
            answered(&parameters, address);
        }
        let Ok(request) = AuthorizeRequest::read(&parameters, client) else { continue };
        let is_code = request.response_type == ResponseType::Code;
        assert!(!is_code || request.scopes.contains(OPENID));
        assert!(!is_code || request.challenge.is_some() || !client.kind.is_public());
        assert!(!request.scopes.contains(FULL_ACCESS) || client.may_have_full_access());
        assert!(!is_code || !address.is_ok_and(|address| address.is_own_settings()), "a code to a page of ours");
        decided(&request, client);
    }
}

fn answered(parameters: &Parameters, address: &ReturnAddress) {
    let url = address.url();
    let is_registered = matches!(url.as_str(), "https://app.example.com/cb?a=b");
    let is_ours = url.as_str().starts_with("https://id.example.com/settings") && address.is_own_settings();
    assert!(is_registered || is_ours, "an open redirect to {url}");
    let fields = match respond(address, &[("error", "x")]) {
        Response::FormPost { action, fields } => {
            assert_eq!(action, url.as_str());
            fields
        }
        Response::Redirect(location) => {
            assert!(location.bytes().all(|b| b.is_ascii_graphic()) && location.starts_with(url.as_str()));
            form_urlencoded::parse(&location.as_bytes()[url.as_str().len()..]).into_owned().collect()
        }
    };
    let state = fields.iter().find(|(name, _)| name == "state").map(|(_, value)| value.as_str());
    assert_eq!(state, parameters.get("state"), "the state comes back whole");
}

fn decided(request: &AuthorizeRequest, client: &Client) {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let user = UserId::parse("0190a5f8-7b7c-7d4e-8f00-0123456789ab").expect("an id");
    let authenticated_at = now.minus(Span::from_seconds(60));
    let known = Present { user, authenticated_at, is_fresh: false, chosen: false, hinted: None, anonymous: false };
    let fresh = Present { is_fresh: true, ..known };
    let other = Present { hinted: Some(false), ..fresh };
    for (present, consented) in [(None, true), (Some(known), false), (Some(known), true), (Some(other), true)] {
        let step = decide(request, client, present.as_ref(), now, consented);
        assert!(!request.prompt.is_none() || matches!(step, Step::Grant | Step::Refuse(_)), "prompt=none");
        let may = present == Some(known) && request.single_sign_on && (consented || client.kind.is_first_party());
        assert!(step != Step::Grant || may, "granted without a person, a proof or a consent");
    }
    assert_eq!(decide(request, client, Some(&fresh), now, true), Step::Grant, "there is an end");
}

/// One that has no secret, one of our own that has, and one of somebody else.
static CLIENTS: LazyLock<[Client; 3]> = LazyLock::new(|| {
    [ClientKind::Spa, ClientKind::Confidential, ClientKind::ThirdParty].map(|kind| Client {
        id: ClientId::parse("app").expect("an id"),
        name: "Example".to_owned(),
        kind,
        redirect_uris: vec![RedirectUri::register("https://app.example.com/cb?a=b", kind).expect("a redirect URI")],
        post_logout_redirect_uris: Vec::new(),
        scopes: Vec::new(),
        full_access: false,
        pkce_required: false,
        jwt_access_tokens: false,
        rotates_refresh_tokens: true,
        access_token_lifetime: Span::from_seconds(1800),
        refresh_token_lifetime: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
    })
});
