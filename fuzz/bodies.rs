//! What holds of every byte string that a parser of client input may get: the bodies of the fuzz targets. Ordinary
//! tests run them over the seeds (`crates/vestibule/tests/parsers`), so they are compiled and right on any day.

use url::Url;
use vestibule::wire::head::{Head, MAX_HEAD, Slots, Version};
use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::claims::cacheable::{CacheKey, may_be_kept};
use vestibule_gate::claims::cookies::pairs;
use vestibule_gate::claims::{Claims, CookieNames, CookiePrefix, MAX_CANDIDATES, Source};
use vestibule_gate::grant::return_to::{AllowedOrigin, ReturnToRules};
use vestibule_gate::token::opaque::{SecretKind, TagKey, has_shape, is_tagged};

/// A parser's test.
pub(crate) type Body = fn(&[u8]);

/// All of them, by the name of target and seed folder.
pub(crate) const ALL: [(&str, Body); 7] = [
    ("head", head),
    ("cookies", cookies),
    ("claims", claims),
    ("secret", secret),
    ("return_to", return_to),
    ("email", email),
    ("names", names),
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
