//! What reached the application, as the echo tells it.

use super::answer::Answer;
use super::echo::Echoed;
use super::remedy::Proxy;

/// A request, as the application got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Path and query, byte for byte.
    pub(super) target: String,
    /// Names as they came, with their values.
    pub(super) headers: Vec<(String, String)>,
    /// Who brought the answer back, as it says.
    pub(super) proxy: Option<Proxy>,
}

impl Seen {
    /// Of this answer, if the echo of this run gave it.
    pub(super) fn of(answer: &Answer, mark: &str) -> Option<Self> {
        let echoed: Echoed = serde_json::from_slice(&answer.body).ok()?;
        (echoed.mark == mark).then(|| Self { proxy: Proxy::of(answer), ..Self::read(&echoed.head) })
    }

    fn read(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let target =
            first.split_once(' ').map_or("", |(_, rest)| rest.rsplit_once(' ').map_or(rest, |(target, _)| target));
        let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self { target: target.to_owned(), headers: lines.filter_map(header).collect(), proxy: None }
    }

    /// The path, without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Every value of a header, the name in any case.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every header whose value has this in it.
    pub(super) fn with<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s (String, String)> {
        self.headers.iter().filter(move |(_, value)| value.contains(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn a_target_with_spaces_and_an_odd_name_are_kept() {
        let seen = Seen::read("GET /a b?c HTTP/1.1\r\nX_User.Id:  forged \r\nHost: a");
        assert_eq!((seen.target.as_str(), seen.path()), ("/a b?c", "/a b"));
        assert_eq!(seen.with("forged").count(), 1);
        assert_eq!(seen.all("host").collect::<Vec<_>>(), ["a"]);
    }
}
