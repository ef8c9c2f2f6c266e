//! One spelling for all that differ only in case, as a back end that does not look at case may take them for one:
//! letters, encoded letters of other alphabets, and the digits of an encoding.
//!
//! What is encoded stays encoded where it is ASCII: `%2F` is no `/`. A back end that folds less than this takes two paths
//! for two that are one here; then more is refused, never less.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The folded path; the path itself when there is nothing to fold.
pub(super) fn fold(path: &str) -> Cow<'_, str> {
    if path.bytes().any(|b| b == b'%' || !b.is_ascii()) {
        Cow::Owned(fold_encoded(path))
    } else if path.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(path.to_ascii_lowercase())
    } else {
        Cow::Borrowed(path)
    }
}

/// Decodes what is not ASCII, folds it, and leaves encodings of ASCII as they are.
fn fold_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        fold_letters(&rest[..at], &mut out);
        let run = encoded_run(&rest[at..]);
        if run == 0 {
            let next = rest[at..].char_indices().nth(3).map_or(rest.len(), |(next, _)| at + next);
            out.push_str(&rest[at..next].to_ascii_lowercase());
            rest = &rest[next..];
        } else {
            match percent_decode_str(&rest[at..at + run]).decode_utf8() {
                Ok(letters) => fold_letters(&letters, &mut out),
                Err(_) => out.push_str(&rest[at..at + run].to_ascii_lowercase()),
            }
            rest = &rest[at + run..];
        }
    }
    fold_letters(rest, &mut out);
    out
}

/// To capitals and back: `ſ` and `s`, `K` (the sign for Kelvin) and `k` become one, as some back ends have it.
fn fold_letters(text: &str, out: &mut String) {
    out.extend(text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
}

/// How many bytes at the front encode bytes that are not ASCII.
fn encoded_run(text: &str) -> usize {
    let is_encoded = |three: &&[u8]| matches!(three, [b'%', high, low] if matches!(high, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F') && low.is_ascii_hexdigit());
    3 * text.as_bytes().chunks(3).take_while(is_encoded).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn what_differs_only_in_case_is_one() {
        for (one, other) in [
            ("/admin", "/ADMIN"),
            ("/b%C3%BCro", "/B%C3%9CRO"),
            ("/b%C3%BCro", "/b%c3%bcro"),
            ("/kiosk", "/%E2%84%AAiosk"),
            ("/list", "/li%C5%BFt"),
            ("/a%2Fb", "/A%2fB"),
            ("/stra%C3%9Fe", "/STRASSE"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        for (one, other) in [("/a%2Fb", "/a/b"), ("/a", "/a/"), ("/%C3%A9", "/e"), ("/%FF", "/%FE"), ("/%", "/")] {
            assert_ne!(fold(one), fold(other));
        }
    }

    proptest! {
        #[test]
        fn folding_is_done_once_and_makes_no_segments(path in "(/|%|[a-zA-Z]|%[0-9A-Fa-f]{2}|é){0,30}") {
            let once = fold(&path).into_owned();
            prop_assert_eq!(once.matches('/').count(), path.matches('/').count());
            let ascii: String = path.chars().filter(char::is_ascii).collect();
            let (capitals, small) = (ascii.to_ascii_uppercase(), ascii.to_ascii_lowercase());
            prop_assert_eq!(fold(&capitals), fold(&small));
        }
    }
}
