use proptest::prelude::*;

use super::{Claims, CookieNames, CookiePrefix, Source, cookies};

fn names() -> CookieNames {
    CookieNames::new(&CookiePrefix::default())
}

fn read<'r>(headers: &'r [(&'r str, &'r str)]) -> Vec<(Source, &'r str)> {
    let claims = Claims::read(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &names());
    claims.candidates().iter().map(|c| (c.source, std::str::from_utf8(c.value).unwrap())).collect()
}

fn line(value: &str) -> Vec<(Source, String)> {
    read(&[("Cookie", value)]).into_iter().map(|(s, v)| (s, v.to_owned())).collect()
}

#[test]
fn several_lines_and_joined_lines_all_count() {
    let split = read(&[("Cookie", "session=a"), ("cookie", "session=b")]);
    assert_eq!(split, [(Source::Session, "a"), (Source::Session, "b")]);
    assert_eq!(read(&[("COOKIE", "session=a; x=1;\tsession=b")]), split);
}

#[test]
fn cookie_tossing_by_odd_names_finds_nothing() {
    for odd in [
        "Session=a",
        "session =a",
        "\u{2000}session=a",
        "\"session\"=a",
        "$session=a",
        "=session=a",
        "session",
        "x=a,session=b",
        "__Host-session=a",
        "x=\"; session\"",
        "sess%69on=a",
        "\u{c}session=a",
    ] {
        assert_eq!(line(odd), [], "{odd:?}");
    }
}

#[test]
fn values_stay_as_they_came() {
    assert_eq!(line("session=\"a\""), [(Source::Session, "\"a\"".to_owned())]);
    assert_eq!(line("session= a"), [(Source::Session, " a".to_owned())]);
    assert_eq!(line("session=a,session=b"), [(Source::Session, "a,session=b".to_owned())]);
    assert_eq!(line("session="), [(Source::Session, String::new())]);
    // The `$Version` sandwich: a legacy parser would join what stands between the quotes.
    assert_eq!(line("$Version=1; x=\"1; session=a; y=2\""), [(Source::Session, "a".to_owned())]);
}

#[test]
fn the_same_value_twice_counts_once_and_nine_are_too_many() {
    let same = "session=a; session=a; ".repeat(20);
    assert_eq!(line(&same).len(), 1);
    let nine: String = (0..9).map(|n| format!("session={n}; ")).collect();
    let headers = [("cookie", nine.as_str())];
    let claims = Claims::read(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &names());
    assert!(claims.has_too_many());
}

#[test]
fn a_bearer_counts_once_and_only_alone() {
    assert_eq!(read(&[("authorization", "bEaReR  abc ")]), [(Source::Bearer, "abc")]);
    for malformed in ["Bearer", "Bearer ", "Bearer a, Bearer b", "Bearer a,b", "Bearer,"] {
        let headers = [("authorization", malformed)];
        let claims = Claims::read(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &names());
        assert!(claims.candidates().is_empty() && !claims.is_empty(), "{malformed:?}");
    }
    let two = [("authorization", "Bearer a"), ("authorization", "Basic b")];
    let claims = Claims::read(two.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &names());
    assert!(claims.candidates().is_empty() && !claims.is_empty());
}

#[test]
fn other_schemes_belong_to_the_application() {
    for other in ["Basic YTpi", "Digest a=b", "Negotiate x", "Bearerish a", "Bear", ""] {
        let headers = [("authorization", other), ("authorization", other)];
        let claims = Claims::read(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &names());
        assert!(claims.is_empty(), "{other:?}");
    }
}

#[test]
fn names_with_an_underscore_are_other_names() {
    assert_eq!(read(&[("co_okie", "session=a"), ("x-cookie", "session=a"), ("authorization_", "Bearer a")]), []);
}

#[test]
fn a_prefix_is_part_of_every_name() {
    let names = CookieNames::new(&CookiePrefix::parse("acme_").unwrap());
    let headers = [(&b"cookie"[..], &b"session=a; acme_session=b"[..])];
    let claims = Claims::read(headers.into_iter(), &names);
    assert_eq!(claims.candidates().len(), 1);
    assert_eq!(claims.candidates()[0].value, b"b");
    assert!(CookiePrefix::parse("__Host-").is_err());
    assert!(CookiePrefix::parse("a=b").is_err());
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_is_invented(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (name, value) in cookies::pairs(&bytes) {
            let mut pair = name.to_vec();
            pair.push(b'=');
            pair.extend_from_slice(value);
            prop_assert!(bytes.windows(pair.len()).any(|window| window == pair));
        }
        let headers = [(&b"cookie"[..], bytes.as_slice()), (&b"authorization"[..], bytes.as_slice())];
        let _ = Claims::read(headers.into_iter(), &names());
    }

    #[test]
    fn what_a_browser_sends_is_read_whole(values in proptest::collection::vec("[!#-+./0-:<-Z^-~-]{0,20}", 1..8)) {
        let joined = values.iter().map(|v| format!("session={v}")).collect::<Vec<_>>().join("; ");
        let mut distinct: Vec<&String> = Vec::new();
        for value in &values {
            if !distinct.contains(&value) { distinct.push(value); }
        }
        let expected: Vec<(Source, String)> = distinct.into_iter().map(|v| (Source::Session, v.clone())).collect();
        prop_assert_eq!(line(&joined), expected);
    }
}
