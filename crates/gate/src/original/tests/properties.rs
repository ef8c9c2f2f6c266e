//! What is accepted has one reading: programs that decode, resolve dots, cut parameters off and merge slashes, in any
//! order and more than once, all arrive at the same path; where `[paths]` has relaxed a line, at one of those judged.

use proptest::prelude::*;

use super::super::path::canonical;
use super::super::{Described, Dialect, HostPattern, Line, Original, Own, PathPolicies, PathPolicy, describe};
use super::read;

/// Pieces that some program reads in a way of its own.
const NASTY: &[&str] = &[
    "/", "/", "/", ".", "..", "//", "\\", ";", ";x=1", "%2e", "%2E", "%2f", "%2F", "%5c", "%25", "%252e", "%252f",
    "%253b", "%00", "%23", "%3f", "%3b", "#", "%", "%zz", "%61", "%41", "%40", "%20", "%c3%a9", "%C3%A9", "%c0%ae",
    "%e9", "%0a", "a", "A", "b", "admin", "@", ":", "*", "|", "~", "\t", "\u{e9}", "..;", "%2e%2e", ".%2e",
];

fn nasty() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(NASTY), 0..9).prop_map(|pieces| format!("/{}", pieces.concat()))
}

fn decode(path: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(path).collect()
}

fn decoded_to_the_end(path: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    while decode(&path) != path {
        path = decode(&path);
    }
    path
}

/// RFC 3986 section 5.2.4, for dots in any spelling.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut ends_in_a_dot = false;
    for segment in path[1..].split(|&b| b == b'/') {
        let plain = String::from_utf8_lossy(segment).to_lowercase().replace("%2e", ".");
        ends_in_a_dot = plain == "." || plain == "..";
        match plain.as_str() {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let end: &[u8] = if ends_in_a_dot { b"/" } else { b"" };
    [b"/", kept.join(&b'/').as_slice(), end].concat()
}

fn without_parameters(path: &[u8]) -> Vec<u8> {
    let segments = path.split(|&b| b == b'/').map(|segment| segment.split(|&b| b == b';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join(&b'/')
}

fn merged(path: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    path.dedup_by(|second, first| *first == b'/' && *second == b'/');
    path
}

fn with_slashes(path: &[u8]) -> Vec<u8> {
    path.iter().map(|&b| if b == b'\\' { b'/' } else { b }).collect()
}

fn cut(path: &[u8]) -> Vec<u8> {
    path.split(|&b| matches!(b, b'?' | b'#' | 0)).next().unwrap_or_default().to_vec()
}

type Step = fn(&[u8]) -> Vec<u8>;
const STEPS: [Step; 6] = [decode, without_dots, without_parameters, merged, with_slashes, cut];

fn program() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(prop::sample::select(&STEPS[..]), 0..7)
}

fn run(program: &[Step], path: &str) -> Vec<u8> {
    program.iter().fold(path.as_bytes().to_vec(), |path, step| step(&path))
}

fn policies(lines: &[Line]) -> PathPolicies {
    let policy = PathPolicy::default().allowing(lines.iter().copied());
    [(HostPattern::parse("app").unwrap(), policy)].into_iter().collect()
}

fn asked(target: &str) -> Described<'_> {
    Described { method: b"GET", scheme: b"http", host: b"app", target: target.as_bytes() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_accepted_has_one_reading(path in nasty(), program in program()) {
        if let Ok(form) = canonical(path.as_bytes(), PathPolicy::default()) {
            let read = run(&program, &path);
            prop_assert_eq!(decoded_to_the_end(&read), decode(form.as_bytes()), "{} is {}", path, form);
        }
    }

    #[test]
    fn what_a_relaxed_line_lets_through_has_only_the_readings_that_are_judged(path in nasty(), program in program()) {
        if let Ok(original) = Original::read(&asked(&path), &policies(&Line::ALL)) {
            let read = decoded_to_the_end(&run(&program, &path));
            let mut judged = std::iter::once(original.path()).chain(original.other_readings());
            prop_assert!(
                judged.any(|judged| decoded_to_the_end(judged.as_bytes()) == read),
                "{} is read as {:?}", path, String::from_utf8_lossy(&read),
            );
        }
    }

    #[test]
    fn a_canonical_path_is_its_own(path in nasty(), lines in prop::collection::vec(prop::sample::select(&Line::ALL[..]), 0..4)) {
        let policy = PathPolicy::default().allowing(lines);
        if let Ok(form) = canonical(path.as_bytes(), policy) {
            let again = canonical(form.as_bytes(), policy);
            prop_assert_eq!(again.as_deref(), Ok(&*form));
        }
    }

    /// A rule for `/@me` holds for `/%40me`, and one for `/\u{e9}` in any case of its digits.
    #[test]
    fn a_path_is_the_same_in_every_spelling(path in "/[!-~\u{e9} ]{0,12}", spelled in prop::collection::vec(0..3, 30)) {
        let spell = |pieces: &[i32]| -> String {
            let bytes = path.bytes().zip(pieces.iter().chain(std::iter::repeat(&0)));
            let spelled = bytes.map(|(byte, how)| match (byte, how) {
                (b'/', _) => "/".to_owned(),
                (_, 1) => format!("%{byte:02x}"),
                (b' ' | b'%' | 0x80.., _) | (_, 2) => format!("%{byte:02X}"),
                _ => char::from(byte).to_string(),
            });
            spelled.collect()
        };
        let (one, other) = (spell(&[]), spell(&spelled));
        let forms = [&one, &other].map(|path| canonical(path.as_bytes(), PathPolicy::default()));
        if let [Ok(one), Ok(other)] = forms {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn a_relaxation_changes_no_path_that_was_accepted_without_it(path in nasty()) {
        if let Ok(original) = Original::read(&asked(&path), &policies(&[])) {
            let relaxed = policies(&Line::ALL);
            let asked = asked(&path);
            let relaxed = Original::read(&asked, &relaxed).unwrap();
            prop_assert_eq!(original.path(), relaxed.path());
            prop_assert_eq!(relaxed.other_readings().count(), 0);
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let described = Described { method: b"GET", scheme: b"https", host: &bytes, target: &bytes };
        _ = read(&described);
        _ = read(&Described { host: b"a", ..described });
        let headers = ["x-original-method", "x-original-url", "host", "x-forwarded-proto"];
        for dialect in [Dialect::Nginx, Dialect::Forwarded, Dialect::Envoy] {
            let own = Own { method: &bytes, target: &bytes };
            _ = describe(dialect, own, headers.iter().map(|name| (name.as_bytes(), &bytes[..])));
        }
    }

    /// The dialects differ in where the pieces stand, and in nothing else.
    #[test]
    fn the_dialects_never_differ(
        method in "(GET|POST|get|[A-Z]{0,3}|[ -~]{0,3})", scheme in "(https?|wss|HTTP|https,http|)",
        host in "(app|App\\.:80|\\[::1\\]:443|a,b|u@h|[a-z.:@,]{0,8})", path in nasty(), query in "(\\?[ -~]{0,10})?",
    ) {
        let target = format!("{path}{query}");
        let url = format!("{scheme}://{host}{target}");
        let own = Own { method: method.as_bytes(), target: target.as_bytes() };
        let say = |dialect, headers: &[(&'static str, &str)]| {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
            let original = describe(dialect, own, headers.into_iter()).and_then(|described| read(&described).map(|o| {
                (o.method().to_owned(), o.scheme(), o.host().to_owned(), o.port(), o.path().to_owned(), o.url())
            }));
            original.ok()
        };
        let nginx = say(Dialect::Nginx, &[("X-Original-Method", &method), ("X-Original-URL", &url)]);
        let forwarded = say(Dialect::Forwarded, &[
            ("X-Forwarded-Method", &method), ("X-Forwarded-Proto", &scheme), ("X-Forwarded-Host", &host),
            ("X-Forwarded-Uri", &target),
        ]);
        let envoy = say(Dialect::Envoy, &[("Host", &host), ("X-Forwarded-Proto", &scheme)]);
        prop_assert_eq!(&nginx, &forwarded);
        prop_assert_eq!(&forwarded, &envoy);
    }
}
