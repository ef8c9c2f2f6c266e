//! What a head is, byte by byte. Its refusals are tested on the wire (`tests/wire/smuggling.rs`), what holds of any bytes
//! in `tests/parsers`.

use super::{Head, MAX_HEAD, Method, Refusal, Slots, Version, may_be_whole};

/// Method, version, length, whether the connection stays, whether a body is announced.
type Parts = (Method, Version, usize, bool, bool);

fn parts(bytes: &[u8]) -> Result<Option<Parts>, Refusal> {
    let mut slots = Slots::default();
    let head = Head::read(bytes, &mut slots)?;
    Ok(head.map(|head| (head.method, head.version, head.length, head.keep_alive, head.body_announced)))
}

fn path(target: &str) -> Option<String> {
    let bytes = format!("GET {target} HTTP/1.0\r\n\r\n");
    let mut slots = Slots::default();
    let head = Head::read(bytes.as_bytes(), &mut slots).expect("a head").expect("a whole one");
    head.path().map(str::to_owned)
}

#[test]
fn a_head_says_where_it_ends_and_what_comes_behind() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(parts(get), Ok(Some((Method::Get, Version::Http11, get.len(), true, false))));
    let with_more = [&b"\r\n\r\n"[..], get, b"GET"].concat();
    assert_eq!(parts(&with_more), Ok(Some((Method::Get, Version::Http11, get.len() + 4, true, false))));
    let old = b"HEAD / HTTP/1.0\r\nConnection: a, Keep-Alive\r\nContent-Length: 007\r\n\r\n";
    assert_eq!(parts(old), Ok(Some((Method::Head, Version::Http10, old.len(), true, true))));
    let both = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n";
    assert_eq!(parts(both), Ok(Some((Method::Other, Version::Http11, both.len(), false, false))));
}

#[test]
fn the_path_is_what_stands_before_the_query() {
    for (target, expected) in [
        ("/a", Some("/a")),
        ("/a?b?c", Some("/a")),
        ("/a#b", Some("/a")),
        ("//a/b", Some("//a/b")),
        ("http://h/a?b", Some("/a")),
        ("HTTPS://u:p@h:1/a//b", Some("/a//b")),
        ("http://h", None),
        ("http://h?/a", Some("")),
        ("http://h#/a", Some("")),
        ("ftp://h/a", None),
        ("h:443", None),
        ("*", None),
        ("a/b", None),
        ("?http://h/a", None),
    ] {
        assert_eq!(path(target).as_deref(), expected, "{target}");
    }
}

#[test]
fn a_tab_before_a_cookie_is_seen() {
    let tabbed = |line: &str| {
        let bytes = format!("GET / HTTP/1.0\r\n{line}\r\n\r\n");
        let mut slots = Slots::default();
        Head::read(bytes.as_bytes(), &mut slots).expect("a head").expect("a whole one").has_tab_before_cookies()
    };
    for line in ["Cookie:a=b", "Cookie:   a=b", "X:\tCookie: a", "Cookie: a=b;\tc=d", "Cookies:\ta=b"] {
        assert!(!tabbed(line), "{line:?}");
    }
    for line in ["Cookie:\ta=b", "cookie: \t a=b", "COOKIE: a=b\r\nCookie: \tc=d", "Cookie:\t"] {
        assert!(tabbed(line), "{line:?}");
    }
}

/// Cut anywhere, a head is unfinished until its last byte, and the quick look for its end never misses it.
#[test]
fn a_head_is_unfinished_until_its_last_byte() {
    let get = b"GET /resolve?a=b HTTP/1.1\r\nHost: a\r\nCookie: session=x\r\n\r\n";
    for length in 0..get.len() {
        assert_eq!(parts(&get[..length]), Ok(None), "{length}");
        assert!(may_be_whole(get, length), "{length}");
        assert!(!may_be_whole(&get[..get.len() - 1], length.min(get.len() - 1)));
    }
    assert_eq!(parts(&vec![b'x'; MAX_HEAD - 1]), Ok(None));
    assert_eq!(parts(&vec![b'x'; MAX_HEAD]), Err(Refusal::TooLarge));
}
