//! Every header by which an answer says who somebody is: the closed list under its prefix, and the names that the
//! operator has added. Whoever prints a configuration for a proxy takes the names from here.

use super::extra::{ExtraHeader, ExtraHeaderError};
use super::{Facts, HeaderPrefix};
use crate::id::UserId;
use crate::time::Timestamp;

/// The longest head of an answer with extra headers or an assertion; without them it stays under 4,000 bytes.
pub const LONGEST_HEAD: usize = 12_000;

/// What the headers of the closed list and the rest of a head take, with the longest list of roles.
const CLOSED_LIST: usize = 2_500;

/// The most that an assertion takes, with its name: see `ledger::assertion`.
pub const LONGEST_ASSERTION: usize = 6_000;

/// What answers say of somebody, and under which names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityHeaders {
    prefix: HeaderPrefix,
    extra: Vec<ExtraHeader>,
    assertion: bool,
}

impl From<HeaderPrefix> for IdentityHeaders {
    fn from(prefix: HeaderPrefix) -> Self {
        Self { prefix, extra: Vec::new(), assertion: false }
    }
}

impl IdentityHeaders {
    /// The closed list, these headers besides, and whether there are assertions.
    ///
    /// # Errors
    /// [`ExtraHeaderError`], with the number of the header that is not taken; the last one where all of them together
    /// are too long.
    pub fn new(
        prefix: HeaderPrefix,
        extra: Vec<ExtraHeader>,
        assertion: bool,
    ) -> Result<Self, (usize, ExtraHeaderError)> {
        let room = LONGEST_HEAD - CLOSED_LIST - if assertion { LONGEST_ASSERTION } else { 0 };
        for (index, header) in extra.iter().enumerate() {
            let lower = header.name().to_ascii_lowercase();
            if lower.starts_with(prefix.as_str()) {
                return Err((index, ExtraHeaderError::Ours(header.name().to_owned())));
            }
            if extra[..index].iter().any(|other| other.name().eq_ignore_ascii_case(&lower)) {
                return Err((index, ExtraHeaderError::Twice(header.name().to_owned())));
            }
        }
        let length = extra.iter().map(ExtraHeader::longest).sum();
        if length > room {
            return Err((extra.len().saturating_sub(1), ExtraHeaderError::Room(length, room)));
        }
        Ok(Self { prefix, extra, assertion })
    }

    /// What stands before each name of the closed list.
    #[must_use]
    pub const fn prefix(&self) -> &HeaderPrefix {
        &self.prefix
    }

    /// The operator's own, in their order.
    #[must_use]
    pub fn extra(&self) -> &[ExtraHeader] {
        &self.extra
    }

    /// Whether answers carry an assertion.
    #[must_use]
    pub const fn assertion(&self) -> bool {
        self.assertion
    }

    /// Every name that an application may believe, in the order of the contract, and the operator's behind them: each
    /// is to be set or deleted by every proxy on every way to an application.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.prefix.names().chain(self.extra.iter().map(|header| header.name().to_owned()))
    }

    /// Whether an answer can be longer than a proxy's usual buffers take.
    #[must_use]
    pub fn are_long(&self) -> bool {
        self.is_own()
    }

    /// Whether they say what is only known where addresses and names are read.
    #[must_use]
    pub fn need_profiles(&self) -> bool {
        self.assertion || self.extra.iter().any(|header| header.value().needs_profile())
    }

    /// Whether each session says something that no other says.
    pub(crate) fn is_own(&self) -> bool {
        self.assertion || !self.extra.is_empty()
    }

    /// The lines that are the same as long as nothing changes: the facts', and the operator's.
    pub(crate) fn render(&self, user: UserId, authenticated_at: Timestamp, facts: &Facts) -> Box<[u8]> {
        let mut lines = facts.render(&self.prefix);
        for header in &self.extra {
            header.write(user, authenticated_at, facts, &mut lines);
        }
        lines.into_boxed_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::{ExtraHeader, ExtraHeaderError, HeaderPrefix, IdentityHeaders};
    use crate::verdict::{HeaderValue, SUFFIXES};

    fn extra(name: &str, value: HeaderValue) -> ExtraHeader {
        ExtraHeader::new(name, value).unwrap()
    }

    #[test]
    fn a_name_is_there_once_and_never_looks_like_ours() {
        let user = || extra("Remote-User", HeaderValue::UserId);
        let new = |extra, prefix: &str| IdentityHeaders::new(HeaderPrefix::parse(prefix).unwrap(), extra, false);
        let twice = new(vec![user(), extra("REMOTE-USER", HeaderValue::UserEmail)], "x-acme-").unwrap_err();
        assert_eq!(twice, (1, ExtraHeaderError::Twice("REMOTE-USER".to_owned())));
        let ours = new(vec![user()], "remote-").unwrap_err();
        assert_eq!(ours, (0, ExtraHeaderError::Ours("Remote-User".to_owned())));
        let headers = new(vec![user()], "x-acme-").unwrap();
        let names: Vec<String> = headers.names().collect();
        assert_eq!(names.len(), SUFFIXES.len() + 1);
        assert_eq!((names[0].as_str(), names[11].as_str()), ("x-acme-session-valid", "Remote-User"));
    }

    #[test]
    fn a_head_stays_within_its_bounds_whatever_a_user_is_called() {
        let roles = |count: usize| (0..count).map(|n| extra(&format!("Groups-{n}"), HeaderValue::UserRoles)).collect();
        let fits = |count, assertion| IdentityHeaders::new(HeaderPrefix::default(), roles(count), assertion);
        assert!(fits(6, false).is_ok() && fits(2, true).is_ok());
        assert!(matches!(fits(7, false), Err((6, ExtraHeaderError::Room(..)))));
        assert!(matches!(fits(3, true), Err((2, ExtraHeaderError::Room(..)))));
    }
}
