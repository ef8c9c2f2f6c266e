//! May a proxy keep the answer to this request, under the key `$cookie_NAME|$http_authorization`?
//!
//! Only when the proxy finds in the request the same secret that won, or it files one person's answer under a key that
//! another can send. nginx finds a cookie in any case of its name, also after a `,`, takes the first, and skips only
//! spaces before it; we compare byte for byte. So an answer may be kept only where the two readings cannot differ.

use super::{Claims, CookieNames, Source};

/// Why a cookie's name cannot stand in a cache's key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheKeyError {
    /// A prefix is set, and nobody says that the proxy's key was changed with it.
    #[error(
        "with a cookie prefix, `$cookie_session` is empty and everybody would share one cache entry; \
         use `$cookie_{0}` in the proxy's key and repeat the name here: `{0}`"
    )]
    Missing(Box<str>),
    /// Another name than that of the session cookie.
    #[error("the session cookie is called `{0}`; the proxy's key must have `$cookie_{0}`, so write `{0}`")]
    Other(Box<str>),
    /// nginx ends the name of a variable there.
    #[error(
        "`{0}` cannot be in an nginx key: nginx ends a variable's name at `-`, and everybody would share one entry; \
         use a cookie prefix of A-Z, a-z, 0-9 and `_`"
    )]
    Unspeakable(Box<str>),
}

/// The name of the cookie in the proxy's cache key, such as `session` of `$cookie_session`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey(Box<str>);

impl CacheKey {
    /// The key under these cookie names: without a prefix `session`, which need not be written down; with one, the full
    /// name, which must be, as the proxy's configuration must be changed with it.
    ///
    /// # Errors
    /// [`CacheKeyError`], in words for the operator.
    pub fn new(names: &CookieNames, written: Option<&str>) -> Result<Self, CacheKeyError> {
        let name: Box<str> = names.session().into();
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(CacheKeyError::Unspeakable(name));
        }
        match written {
            None if &*name == "session" => Ok(Self(name)),
            None => Err(CacheKeyError::Missing(name)),
            Some(written) if written == &*name => Ok(Self(name)),
            Some(_) => Err(CacheKeyError::Other(name)),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the answer for the credential that won may be kept.
///
/// A cookie answer: when there is exactly one Cookie line; the bytes of the key, in any case, occur exactly once in it,
/// as the name of the cookie that won, directly followed by `=`; only spaces stand between it and the `;` or the
/// beginning before it; and the line has no `,`. A bearer answer: when no cookie of ours is there.
///
/// The line is seen without the white space around it. A tab in front of it, which nginx takes for a part of the
/// name, must be excluded by whoever still sees it.
#[must_use]
pub fn may_be_kept(claims: &Claims<'_>, won: Source, names: &CookieNames, key: &CacheKey) -> bool {
    let Some(name) = names.of(won) else {
        return [Source::AppSession, Source::AppAccessToken, Source::Session].iter().all(|&source| !claims.has(source));
    };
    name == key.as_str() && claims.only_cookie_line().is_some_and(|line| is_only_cookie(line, key.as_str().as_bytes()))
}

fn is_only_cookie(line: &[u8], name: &[u8]) -> bool {
    let mut found = line.windows(name.len()).enumerate().filter(|(_, bytes)| bytes.eq_ignore_ascii_case(name));
    let (Some((at, bytes)), None) = (found.next(), found.next()) else { return false };
    bytes == name && line.get(at + name.len()) == Some(&b'=') && begins_a_pair(&line[..at]) && !line.contains(&b',')
}

/// Whether a pair begins behind these bytes, for somebody who skips spaces only.
fn begins_a_pair(before: &[u8]) -> bool {
    before.iter().rev().find(|&&b| b != b' ').is_none_or(|&b| b == b';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CacheKey, CacheKeyError, may_be_kept};
    use crate::claims::{Claims, CookieNames, CookiePrefix, Source};

    fn names(prefix: &str) -> CookieNames {
        CookieNames::new(&CookiePrefix::parse(prefix).unwrap())
    }

    fn kept(lines: &[&[u8]], won: Source) -> bool {
        let names = names("");
        let claims = Claims::read(lines.iter().map(|line| (&b"Cookie"[..], *line)), &names);
        may_be_kept(&claims, won, &names, &CacheKey::new(&names, None).unwrap())
    }

    /// What nginx 1.22 to 1.31 find as `$cookie_session` in one line, restated from how they behave.
    fn nginx_reads<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
        let spaces = |at: usize| at + line[at..].iter().take_while(|&&b| b == b' ').count();
        let mut at = 0;
        while at < line.len() {
            if line[at..].get(..name.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(name)) {
                let behind = spaces(at + name.len());
                if line.get(behind) == Some(&b'=') {
                    let from = spaces(behind + 1);
                    let to = line[from..].iter().position(|&b| b == b';').map_or(line.len(), |length| from + length);
                    return Some(&line[from..to]);
                }
            }
            let length = line[at..].iter().position(|&b| b == b';' || b == b',')?;
            at = spaces(at + length + 1);
        }
        None
    }

    #[test]
    fn a_plain_cookie_may_be_kept() {
        assert!(kept(&[b"session=S"], Source::Session));
        assert!(kept(&[b"theme=dark; session=S; lang=de"], Source::Session));
        assert!(kept(&[b"a=b;session=S"], Source::Session));
        assert!(kept(&[b"a;   session=S"], Source::Session));
    }

    #[test]
    fn a_tossed_cookie_is_never_filed_under_a_name_that_another_knows() {
        for line in [
            &b"Session=KNOWN; session=S"[..],
            b"session=S; SESSION=KNOWN",
            b"x=a,session=KNOWN; session=S",
            b"session=S; x=a,b",
            b"session =KNOWN; session=S",
            b"session=S; session=S",
            b"my_session=KNOWN; session=S",
            b"session=S; x=session",
            b"session; session=S",
            b"a=b;\tsession=S",
            b"\tsession=S",
            b"a=b; \t session=S",
            b"asession=S",
            b"Session=S",
            b"session = S",
            b"",
        ] {
            assert!(!kept(&[line], Source::Session), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn several_lines_are_never_kept() {
        assert!(!kept(&[b"session=S", b"a=b"], Source::Session));
        assert!(!kept(&[b"a=b", b"session=S"], Source::Session));
        assert!(!kept(&[], Source::Session));
    }

    #[test]
    fn only_the_cookie_in_the_key_is_kept() {
        assert!(!kept(&[b"app_session=S"], Source::AppSession));
        assert!(!kept(&[b"app_access_token=S; session=T"], Source::AppAccessToken));
    }

    #[test]
    fn a_bearer_answer_is_kept_only_without_cookies_of_ours() {
        assert!(kept(&[], Source::Bearer));
        assert!(kept(&[b"theme=dark"], Source::Bearer));
        assert!(!kept(&[b"session=S"], Source::Bearer));
        assert!(!kept(&[b"app_session=S"], Source::Bearer));
    }

    #[test]
    fn a_prefix_needs_a_key_that_nginx_can_name() {
        assert!(CacheKey::new(&names(""), None).is_ok());
        assert!(CacheKey::new(&names(""), Some("session")).is_ok());
        assert!(matches!(CacheKey::new(&names(""), Some("Session")), Err(CacheKeyError::Other(_))));
        assert!(matches!(CacheKey::new(&names("my_"), None), Err(CacheKeyError::Missing(_))));
        assert!(matches!(CacheKey::new(&names("my_"), Some("session")), Err(CacheKeyError::Other(_))));
        assert_eq!(CacheKey::new(&names("my_"), Some("my_session")).unwrap().as_str(), "my_session");
        assert!(matches!(CacheKey::new(&names("my-"), Some("my-session")), Err(CacheKeyError::Unspeakable(_))));
    }

    /// A cookie of ours between pieces that an attacker would put around it.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let piece =
            || prop::sample::select(vec!["session", "Session", "=", ";", "; ", ",", " ", "\t", "\"", "K", "x", "a=b"]);
        let pieces = move || prop::collection::vec(piece(), 0..4).prop_map(|pieces| pieces.concat());
        (pieces(), pieces()).prop_map(|(before, behind)| format!("{before}session=S{behind}").into_bytes())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_is_kept_is_filed_under_the_secret_that_won(line in lines()) {
            // As it arrives: without the white space around it.
            let line = line.trim_ascii();
            let names = names("");
            let claims = Claims::read([(&b"cookie"[..], line)].into_iter(), &names);
            let key = CacheKey::new(&names, None).unwrap();
            if may_be_kept(&claims, Source::Session, &names, &key)
                && let [only] = claims.candidates()
            {
                let filed = nginx_reads(line, b"session");
                prop_assert_eq!(filed.map(<[u8]>::trim_ascii), Some(only.value.trim_ascii()));
            }
        }

        #[test]
        fn of_what_is_kept_there_is_exactly_one(line in lines()) {
            let names = names("");
            let claims = Claims::read([(&b"cookie"[..], line.trim_ascii())].into_iter(), &names);
            let key = CacheKey::new(&names, None).unwrap();
            if may_be_kept(&claims, Source::Session, &names, &key) {
                prop_assert_eq!(claims.candidates().len(), 1);
            }
        }
    }
}
