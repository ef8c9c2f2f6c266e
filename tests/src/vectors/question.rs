//! A vector as a proxy would ask it over HTTP, in each dialect.

use std::collections::BTreeMap;

use super::{Change, Piece, Somebody, Vector};

/// The words of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `X-Original-*`.
    Nginx,
    /// `X-Forwarded-*`.
    Forwarded,
    /// The question's own line.
    Envoy,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nginx, Self::Forwarded, Self::Envoy];

    /// The last part of its doors' paths.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Forwarded => "forwarded",
            Self::Envoy => "envoy",
        }
    }

    /// The header that says a piece, if one does.
    const fn header(self, piece: Piece) -> Option<&'static str> {
        match (self, piece) {
            (Self::Nginx, Piece::Method) => Some("X-Original-Method"),
            (Self::Nginx, Piece::Scheme | Piece::Host | Piece::Target) => Some("X-Original-URL"),
            (Self::Forwarded, Piece::Method) => Some("X-Forwarded-Method"),
            (Self::Forwarded | Self::Envoy, Piece::Scheme) => Some("X-Forwarded-Proto"),
            (Self::Forwarded, Piece::Host) => Some("X-Forwarded-Host"),
            (Self::Forwarded, Piece::Target) => Some("X-Forwarded-Uri"),
            (Self::Envoy, Piece::Host) => Some("Host"),
            (Self::Envoy, Piece::Method | Piece::Target) => None,
        }
    }
}

/// A question, to be sent to a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question's own method.
    pub method: String,
    /// What stands behind the door's path: nothing, or what Envoy appends.
    pub behind: String,
    /// Names and values, the client's among them, in an order in which a proxy would send them. Without a `Host` where
    /// the question's own means nothing.
    pub headers: Vec<(String, String)>,
}

impl Vector {
    /// Whose identity the application is told when the request is permitted: a name, or `nobody`.
    pub fn told(&self) -> &str {
        self.told.as_deref().or(self.who.as_deref()).unwrap_or("nobody")
    }

    /// The question in a dialect, with these secrets of the people's credentials; `None` when the dialect cannot say what
    /// is changed.
    ///
    /// # Panics
    /// When it names somebody whom nobody knows.
    pub fn question(
        &self,
        dialect: Dialect,
        people: &BTreeMap<String, Somebody>,
        secrets: &BTreeMap<String, String>,
    ) -> Option<Question> {
        let mut headers = self.client_headers(people, secrets);
        let with = |piece: Piece, value: &str| self.described(dialect, piece, value);
        let own = |piece: Piece| dialect.header(piece).map(|name| (name.to_owned(), with(piece, self.piece(piece))));
        let mut described: Vec<(String, String)> = Vec::new();
        for line in [Piece::Method, Piece::Scheme, Piece::Host, Piece::Target].into_iter().filter_map(own) {
            if !described.contains(&line) {
                described.push(line);
            }
        }
        match &self.change {
            None => {}
            Some(Change::Missing { missing }) => {
                let name = dialect.header(*missing)?;
                described.retain(|(own, _)| own != name);
            }
            Some(Change::Repeated { repeated, value }) => {
                described.push((dialect.header(*repeated)?.to_owned(), with(*repeated, value)));
            }
            Some(Change::Beside { beside, mark, value }) => {
                headers.push((marked(dialect.header(*beside)?, mark)?, with(*beside, value)));
            }
            Some(Change::Instead { instead, mark }) => {
                let name = dialect.header(*instead)?;
                let other = marked(name, mark)?;
                for (own, _) in described.iter_mut().filter(|(own, _)| own == name) {
                    own.clone_from(&other);
                }
            }
        }
        headers.extend(described);
        headers.extend(self.address.iter().map(|address| ("X-Forwarded-For".to_owned(), address.clone())));
        let is_envoy = dialect == Dialect::Envoy;
        let method = if is_envoy { self.method.clone() } else { "GET".to_owned() };
        let behind = if is_envoy { self.target.clone() } else { String::new() };
        Some(Question { method, behind, headers })
    }

    /// What the client sent besides the request line and `Host`, with these secrets of the people's credentials.
    ///
    /// # Panics
    /// When it names somebody whom nobody knows.
    pub fn client_headers(
        &self,
        people: &BTreeMap<String, Somebody>,
        secrets: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let credential = self.who.as_ref().map(|who| {
            let somebody = people.get(who).unwrap_or_else(|| panic!("{}: nobody knows {who}", self.name));
            match somebody.token {
                Some(_) => ("Authorization".to_owned(), format!("Bearer {{{who}}}")),
                None => ("Cookie".to_owned(), format!("session={{{who}}}")),
            }
        });
        let filled = |(name, value): (String, String)| {
            let fill = |value: String, (who, secret): (&String, &String)| value.replace(&format!("{{{who}}}"), secret);
            (name, secrets.iter().fold(value, fill))
        };
        credential.into_iter().chain(self.headers.clone()).map(filled).collect()
    }

    fn piece(&self, piece: Piece) -> &str {
        match piece {
            Piece::Method => &self.method,
            Piece::Scheme => &self.scheme,
            Piece::Host => &self.host,
            Piece::Target => &self.target,
        }
    }

    /// The value of the header that says a piece, with this piece in it.
    fn described(&self, dialect: Dialect, piece: Piece, value: &str) -> String {
        let or_own = |other: Piece| if piece == other { value } else { self.piece(other) };
        match (dialect, piece) {
            (Dialect::Nginx, Piece::Scheme | Piece::Host | Piece::Target) => {
                format!("{}://{}{}", or_own(Piece::Scheme), or_own(Piece::Host), or_own(Piece::Target))
            }
            _ => value.to_owned(),
        }
    }
}

/// The name with another mark for `-`; `None` if it has none.
fn marked(name: &str, mark: &str) -> Option<String> {
    name.contains('-').then(|| name.replace('-', mark))
}
