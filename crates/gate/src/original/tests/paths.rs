//! The canonical path, line by line of the contract's list.

use std::borrow::Cow;

use super::super::path::{MAX_BYTES, canonical};
use super::super::{Line, PathPolicy, Unreadable};
use super::{described, read};

fn strict(path: &str) -> Result<String, Unreadable> {
    canonical(path.as_bytes(), PathPolicy::default()).map(Cow::into_owned)
}

#[test]
fn a_path_has_one_canonical_form() {
    for (path, form) in [
        ("/", "/"),
        ("/a/b/", "/a/b/"),
        ("/%61dmin", "/admin"),
        ("/%41", "/A"),
        ("/a%2Db%5fc%7E", "/a-b_c~"),
        ("/users/%40me", "/users/@me"),
        ("/a%3ab%2Cc%3d%28%29", "/a:b,c=()"),
        ("/a%22%3c%3E%5B%5D%5e%60%7b%7C%7d", "/a\"<>[]^`{|}"),
        ("/a%20b", "/a%20b"),
        ("/%c3%a9/%F0%9f%98%80", "/%C3%A9/%F0%9F%98%80"),
        ("/a..b/.../..c/.d/e.", "/a..b/.../..c/.d/e."),
        ("/.well-known/x", "/.well-known/x"),
        ("/A/a", "/A/a"),
        ("/a+b&c*d!$'", "/a+b&c*d!$'"),
    ] {
        assert_eq!(strict(path).as_deref(), Ok(form), "{path}");
        assert_eq!(strict(form).as_deref(), Ok(form), "{form} is its own form");
    }
}

#[test]
fn a_path_with_two_readings_is_refused() {
    use Unreadable::{Backslash, DotSegment, Fragment, LeadingSlashes, Line as Relaxable, NotAPath};
    for (path, why) in [
        ("", NotAPath),
        ("*", NotAPath),
        ("admin", NotAPath),
        ("http://app.example.com/admin", NotAPath),
        ("%2fadmin", NotAPath),
        ("//admin", LeadingSlashes),
        ("///", LeadingSlashes),
        ("/public/../admin", DotSegment),
        ("/./admin", DotSegment),
        ("/admin/..", DotSegment),
        ("/admin/.", DotSegment),
        ("/..", DotSegment),
        ("/a//b", Relaxable(Line::DoubleSlash)),
        ("/a//", Relaxable(Line::DoubleSlash)),
        ("/public/..%2fadmin", Relaxable(Line::EncodedSlash)),
        ("/public/%2e%2e/admin", Relaxable(Line::EncodedDot)),
        ("/public/.%2E/admin", Relaxable(Line::EncodedDot)),
        ("/a%2etxt", Relaxable(Line::EncodedDot)),
        ("/a%2Fb", Relaxable(Line::EncodedSlash)),
        ("/a\\..\\admin", Backslash),
        ("/a%5cb", Backslash),
        ("/a%5Cb", Backslash),
        ("/a;x=1/b", Relaxable(Line::Semicolon)),
        ("/public/..;/admin", Relaxable(Line::Semicolon)),
        ("/a%3bx", Relaxable(Line::EncodedSemicolon)),
        ("/a%252e", Relaxable(Line::EncodedPercent)),
        ("/a%23b", Relaxable(Line::EncodedHash)),
        ("/a%3Fb", Relaxable(Line::EncodedQuestion)),
        ("/a#b", Fragment),
        ("/public#/../admin", Fragment),
    ] {
        assert_eq!(strict(path), Err(why), "{path:?}");
    }
}

#[test]
fn bytes_that_programs_read_in_two_ways_are_refused() {
    use Unreadable::{BadPercent, Control, Line as Relaxable, NotAscii};
    for (path, why) in [
        ("/a%", BadPercent),
        ("/a%2", BadPercent),
        ("/a%zzb", BadPercent),
        ("/a%%61", BadPercent),
        ("/a%+1", BadPercent),
        ("/a%u002e", BadPercent),
        ("/a%00b", Control),
        ("/admin%0a", Control),
        ("/admin%0D%0Ax", Control),
        ("/admin%09", Control),
        ("/admin%7f", Control),
        ("/admin%C2%85", Control),
        ("/a\tb", Control),
        ("/a b", Control),
        ("/a\u{7f}", Control),
        ("/\u{e9}", NotAscii),
        ("/%e9", Relaxable(Line::NotUtf8)),
        ("/%c0%ae%c0%ae/admin", Relaxable(Line::NotUtf8)),
        ("/a%e0%80%afb", Relaxable(Line::NotUtf8)),
        ("/%c3", Relaxable(Line::NotUtf8)),
        ("/%c3A9", Relaxable(Line::NotUtf8)),
        ("/%ed%a0%80", Relaxable(Line::NotUtf8)),
    ] {
        assert_eq!(strict(path), Err(why), "{path:?}");
    }
    assert_eq!(canonical(b"/\xc3\xa9", PathPolicy::default()), Err(NotAscii));
    assert_eq!(canonical(b"/a\0b", PathPolicy::default()), Err(Control));
}

#[test]
fn a_path_of_more_than_8_kib_is_refused() {
    let long = format!("/{}", "a".repeat(MAX_BYTES));
    assert_eq!(strict(&long[..MAX_BYTES]).as_deref(), Ok(&long[..MAX_BYTES]));
    assert_eq!(strict(&long), Err(Unreadable::PathTooLong));
}

#[test]
fn an_ordinary_path_is_borrowed() {
    for path in ["/a/b.c/@d", "/%C3%A9%20x"] {
        assert!(matches!(canonical(path.as_bytes(), PathPolicy::default()), Ok(Cow::Borrowed(_))), "{path}");
    }
}

#[test]
fn the_query_is_no_path_and_stays_as_it_came() {
    let asked = described("GET", "https", "App.example.com:443", "/%61?next=/../admin//;%2f%2e%00&x=\u{e9}\\");
    let original = read(&asked).unwrap();
    assert_eq!(original.path(), "/a");
    assert_eq!(original.target(), "/%61?next=/../admin//;%2f%2e%00&x=\u{e9}\\");
    assert_eq!(original.url(), "https://app.example.com/%61?next=/../admin//;%2f%2e%00&x=\u{e9}\\");
    assert_eq!(read(&described("GET", "http", "a", "/?")).unwrap().path(), "/");
    assert_eq!(read(&described("GET", "http", "a:81", "/?a")).unwrap().url(), "http://a:81/?a");
    for (target, why) in [
        ("/a?b#c", Unreadable::Fragment),
        ("/a?b c", Unreadable::Query),
        ("/a?b\r\nc", Unreadable::Query),
        ("?/a", Unreadable::NotAPath),
        ("", Unreadable::NotAPath),
    ] {
        assert_eq!(read(&described("GET", "http", "a", target)), Err(why), "{target:?}");
    }
    let long = format!("/?{}", "a".repeat(super::super::MAX_BYTES));
    assert_eq!(read(&described("GET", "http", "a", &long)), Err(Unreadable::TooLong("path and query")));
}

#[test]
fn a_method_is_a_word_in_upper_case() {
    for method in ["GET", "HEAD", "M-SEARCH", "VERSION-CONTROL", "PURGE", "X_Y"] {
        let read = read(&described(method, "http", "a", "/"));
        assert_eq!(read.map(|original| original.method().to_owned()).as_deref(), Ok(&*method.to_uppercase()));
    }
    let long = "A".repeat(33);
    for method in ["", "get", "Get", "GET ", "GET,POST", "G\u{c9}T", "GET/", "\"GET\"", &long] {
        assert_eq!(read(&described(method, "http", "a", "/")), Err(Unreadable::Method), "{method:?}");
    }
}
