//! Somebody who comes from outside: signed in, or nobody. What they send goes out byte for byte.

use std::cell::Cell;
use std::io;

use super::answer::Answer;
use super::echo::MARK;
use super::own;
use super::seen::Seen;
use super::target::Target;

/// Header lines, in their order.
pub(super) type Lines = Vec<(String, String)>;

/// A header line.
pub(super) fn line(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Somebody at the door.
pub(super) struct Visitor<'t> {
    /// Where.
    pub(super) target: &'t Target,
    /// This run's mark.
    pub(super) mark: &'t str,
    /// Their `Cookie` line.
    pub(super) cookie: Option<String>,
    /// How many requests were sent so far, by everybody.
    pub(super) sent: &'t Cell<usize>,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Got {
    /// The application saw it so.
    Reached(Seen),
    /// Somebody else answered.
    Answered(Answer),
    /// Nobody answered.
    Silent(io::Error),
}

impl Got {
    /// What the application saw.
    pub(super) const fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Reached(seen) => Some(seen),
            Self::Answered(_) | Self::Silent(_) => None,
        }
    }

    /// What somebody else said.
    pub(super) const fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Reached(_) | Self::Silent(_) => None,
        }
    }

    /// Whether the application was kept out of it.
    pub(super) const fn is_refused(&self) -> bool {
        self.seen().is_none()
    }

    /// In words.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Reached(_) => "the application was reached".to_owned(),
            Self::Answered(answer) => format!("the answer was {}", answer.status),
            Self::Silent(error) => format!("no answer: {error}"),
        }
    }
}

impl Visitor<'_> {
    /// A GET of the attacked URL with these lines, behind the visitor's own.
    pub(super) fn get(&self, lines: &[(String, String)]) -> Got {
        self.get_at(&self.usual_path(), lines)
    }

    /// A GET of a target, as it is.
    pub(super) fn get_at(&self, target: &str, lines: &[(String, String)]) -> Got {
        self.ask(target, &[line("Host", self.target.host())], lines)
    }

    /// A GET with lines that begin with these, instead of `Host`. Who has a `Connection` line has all of them.
    pub(super) fn ask(&self, target: &str, first: &[(String, String)], rest: &[(String, String)]) -> Got {
        let own = self.cookie.iter().map(|cookie| line("Cookie", cookie));
        let marked = [line("User-Agent", "vestibule-doctor"), line("Accept", "*/*"), line(MARK, self.mark)];
        let lines: Lines = first.iter().cloned().chain(marked).chain(own).chain(rest.iter().cloned()).collect();
        let closes = lines.iter().any(|(name, _)| name.eq_ignore_ascii_case("connection"));
        let close = if closes { "" } else { "Connection: close\r\n" };
        let lines: String = lines.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("GET {target} HTTP/1.1\r\n{lines}{close}\r\n");
        if own::is_interrupted() {
            return Got::Silent(io::ErrorKind::Interrupted.into());
        }
        self.sent.set(self.sent.get() + 1);
        match self.target.exchange(request.as_bytes()) {
            Ok(answer) => match Seen::of(&answer, self.mark) {
                Some(seen) => Got::Reached(seen),
                None => Got::Answered(answer),
            },
            Err(error) => Got::Silent(error),
        }
    }

    /// The path of the URL.
    pub(super) fn usual_path(&self) -> String {
        if self.target.path().is_empty() { "/".to_owned() } else { self.target.path().to_owned() }
    }

    /// Somebody else at the same door.
    pub(super) fn with(&self, cookie: Option<String>) -> Self {
        Self { cookie, ..*self }
    }

    /// Tries each of these, as many in one request as the proxy takes: what it refuses is halved until it is known which
    /// of them it refused. Calls `look` for each request that reached the application, with what it carried.
    pub(super) fn try_all(&self, attacks: &[Lines], look: &mut impl FnMut(&[Lines], &Seen)) {
        let lines = attacks.concat();
        if attacks.is_empty() {
            return;
        }
        match self.get(&lines) {
            Got::Reached(seen) => look(attacks, &seen),
            Got::Answered(_) | Got::Silent(_) if attacks.len() > 1 => {
                let (one, other) = attacks.split_at(attacks.len() / 2);
                self.try_all(one, look);
                self.try_all(other, look);
            }
            Got::Answered(_) | Got::Silent(_) => {}
        }
    }
}
