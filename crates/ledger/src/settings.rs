//! What the ledger is told by the configuration. The file, its keys and its messages are the binary's business.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use vestibule_gate::claims::CookieNames;
use vestibule_gate::time::Span;
use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::verdict::IdentityHeaders;

/// Everything that the ledger obeys. What can change while it runs is put in force by [`crate::Ledger::reload`]; the
/// rest (`data_dir`, `cache`, `headers`, `password.threads`, `password.queue`, `keys.secret`) only by a restart.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the lock and the control socket, and of the database where that is a file.
    pub data_dir: PathBuf,
    /// Where the truth is kept. Takes a restart.
    pub store: StoreSettings,
    /// Who issues tokens: `public_url` without a trailing slash. Takes a restart.
    pub issuer: String,
    /// How long sessions live.
    pub session: SessionSettings,
    /// How many sessions the live table holds.
    pub cache: CacheSettings,
    /// What a password must be, and what hashing one costs.
    pub password: PasswordSettings,
    /// How much may be tried before somebody has to wait.
    pub limits: LimitSettings,
    /// Whether people may open accounts themselves.
    pub signup: bool,
    /// Guests.
    pub anonymous: AnonymousSettings,
    /// What tokens are signed with.
    pub keys: KeySettings,
    /// What answers say of somebody, and under which names.
    pub headers: IdentityHeaders,
    /// How assertions are made; `None` for not at all. Takes a restart.
    pub assertion: Option<AssertionSettings>,
    /// Whether the addresses and names of verified users are read with their sessions: they take memory, a session.
    pub profiles: bool,
    /// The full names of the cookies.
    pub cookies: CookieNames,
}

/// Where the truth is kept.
#[derive(Debug, Clone, Default)]
pub enum StoreSettings {
    /// In a file of the data folder.
    #[default]
    File,
    /// In a PostgreSQL.
    Postgres(PostgresSettings),
}

/// A PostgreSQL that several nodes share.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// Where it is, with the password: `postgres://user:password@host:port/database?sslmode=verify-full`.
    pub url: SecretUrl,
    /// Connections that read.
    pub readers: u32,
    /// Connections that write, one at a time; the others wait their turn.
    pub writers: u32,
    /// How long a statement may take, and how long is waited for a turn.
    pub statement_timeout: Duration,
    /// What the operator calls this node.
    pub node: String,
    /// For how long memory is believed that may not know what other nodes have changed. Zero: not at all.
    pub max_staleness: Duration,
}

impl fmt::Display for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// A URL with a password in it. Prints without.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Box<str>);

impl SecretUrl {
    /// Takes the text as it is.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Between the scheme and the host stands who comes with what; behind the question mark there may be a password too.
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", &self.0));
        let bare = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        write!(f, "{scheme}://{host}{path}")
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSettings {
    /// From sign-in to the end, used or not.
    pub lifetime: Span,
    /// From the last use to the end.
    pub idle_timeout: Span,
}

impl SessionSettings {
    /// How often the activity of a session is written, at most: once a minute, more often when the idle timeout is so
    /// short that a crash could otherwise end a session that is in use.
    #[must_use]
    pub fn write_interval(&self) -> Span {
        Span::from_millis((self.idle_timeout.millis() / 2).clamp(1, 60_000))
    }
}

/// How many sessions the live table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSettings {
    /// Sessions; one takes about 250 bytes.
    pub sessions: usize,
}

/// What a password must be, and what hashing one costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordSettings {
    /// The least strength, on zxcvbn's scale of 0 to 4.
    pub min_score: u8,
    /// Argon2id memory, in KiB.
    pub memory_kib: u32,
    /// Argon2id passes.
    pub iterations: u32,
    /// Argon2id lanes.
    pub parallelism: u32,
    /// Threads that hash.
    pub threads: usize,
    /// Hashes that may wait; one more is refused.
    pub queue: usize,
}

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Attempts.
    pub count: u32,
    /// The time in which they are counted.
    pub window: Span,
}

/// How much may be tried before somebody has to wait. IPv6 addresses count by /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// Failed sign-ins to one account from browsers that have not signed in to it before.
    pub sign_in_per_account: Rate,
    /// Failed sign-ins to one account from one browser that has.
    pub sign_in_per_device: Rate,
    /// Failed sign-ins from one address.
    pub sign_in_per_address: Rate,
    /// New accounts, and attempts at them, from one address.
    pub sign_up_per_address: Rate,
    /// New guests from one address.
    pub guest_per_address: Rate,
    /// Wrong current passwords of one signed-in user.
    pub confirm_per_user: Rate,
}

/// Guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnonymousSettings {
    /// Whether the sign-in page offers to continue as one.
    pub enabled: bool,
    /// A guest who is not seen for this long is deleted.
    pub purge_after: Span,
}

/// How assertions are made: see [`crate::assertion`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionSettings {
    /// How they are signed; not with RSA, which takes milliseconds.
    pub algorithm: SigningAlgorithm,
    /// The audience where nobody knows what is asked for.
    pub audience: String,
    /// What they speak of.
    pub bind: AssertionBind,
}

/// What an assertion speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionBind {
    /// A session.
    Session,
    /// One request, by its method and path.
    Request,
}

impl AssertionBind {
    /// What the configuration calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Request => "request",
        }
    }
}

/// What tokens are signed with.
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// How new keys sign.
    pub algorithm: SigningAlgorithm,
    /// How assertions are signed, if there are any: there is a key for them too. Takes a restart.
    pub for_assertions: Option<SigningAlgorithm>,
    /// What private keys are encrypted with at rest.
    pub secret: Option<KeySecret>,
    /// How long a new key is published before it signs.
    pub publish_before: Span,
    /// How long a key is published that signs no more; longer than any token lives.
    pub keep_for: Span,
    /// How long a key signs before the next one is made; `None`: until the operator makes one.
    pub rotate_every: Option<Span>,
}

impl KeySettings {
    /// Each algorithm that something is signed with now.
    pub fn algorithms(&self) -> impl Iterator<Item = SigningAlgorithm> + use<> {
        let other = self.for_assertions.filter(|other| *other != self.algorithm);
        std::iter::once(self.algorithm).chain(other)
    }

    /// The algorithm that a key of this one is replaced by: its own while something is signed with it.
    pub(crate) fn heir_of(&self, algorithm: SigningAlgorithm) -> SigningAlgorithm {
        if self.for_assertions == Some(algorithm) { algorithm } else { self.algorithm }
    }

    /// How long others may keep the published keys: so short that they know a new key long before it signs.
    #[must_use]
    pub fn published_for(&self) -> Span {
        Span::from_seconds((self.publish_before.seconds() / 4).min(900))
    }
}

/// The secret that private keys are encrypted with. Prints as its name.
#[derive(Clone)]
pub enum KeySecret {
    /// Itself.
    Text(Box<str>),
    /// In a file, read at every start.
    File(PathBuf),
}

impl KeySecret {
    /// The fewest characters: as many as 24 random bytes take in base64.
    pub const SHORTEST: usize = 32;
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret")
    }
}

#[cfg(test)]
mod tests {
    use super::SecretUrl;

    #[test]
    fn no_part_of_a_password_is_shown() {
        for (url, shown) in [
            ("postgres://v:p@db.example.com:5432/v?sslmode=x", "postgres://db.example.com:5432/v"),
            ("postgres://v:p%40q@db/v", "postgres://db/v"),
            ("postgres:///v?host=/run/postgresql&user=v&password=a@b", "postgres:///v"),
            ("postgres://db/v?password=a@b/c", "postgres://db/v"),
            ("postgres://db/v#a@b", "postgres://db/v"),
        ] {
            assert_eq!(SecretUrl::new(url).to_string(), shown);
        }
    }
}
