//! Where the truth is kept: the URL of a PostgreSQL, or nothing for a file in the data folder; and what this node is called.

use std::env;
use std::fmt;
use std::time::Duration;

use url::Url;
use vestibule_ledger::settings::{PostgresSettings, SecretUrl, StoreSettings};

use super::Config;
use super::raw::Raw;
use super::setting::{Setting, Wrong};

/// The URL of a PostgreSQL, which may hold a password. Never shown.
#[derive(Clone)]
pub struct StoreUrl(Url);

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreUrl")
    }
}

impl Setting for StoreUrl {
    const EXPECTED: &'static str = "the URL of a PostgreSQL, such as `postgres://vestibule@db.example.com/vestibule`";
    const IS_SECRET: bool = true;

    /// The message does not repeat what was written.
    fn read(raw: &Raw) -> Result<Self, Wrong> {
        let refused = || format!("expected {}", Self::EXPECTED);
        let Raw::Text(text) = raw else { return Err(refused().into()) };
        let url = Self::parse(text).ok_or_else(refused)?;
        Ok(url.understood()?)
    }
}

/// The parameters of a URL that the driver understands, and `options[...]`.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

impl StoreUrl {
    /// Reads the URL of a PostgreSQL's database.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim_end_matches(['\r', '\n'])).ok()?;
        let has_database = url.path().len() > 1;
        (matches!(url.scheme(), "postgres" | "postgresql") && has_database).then_some(Self(url))
    }

    /// Refuses what the driver would pass over: an operator who writes `sslmod=verify-full` must not go without. It would
    /// log the value, too, which may be a password.
    pub(crate) fn understood(self) -> Result<Self, String> {
        let is_known = |key: &str| PARAMETERS.contains(&key) || (key.starts_with("options[") && key.ends_with(']'));
        match self.0.query_pairs().find(|(key, _)| !is_known(key)) {
            None => Ok(self),
            Some((key, _)) => Err(format!(
                "the URL's parameter `{}` is not known; it may have: {}, options[NAME]",
                key.escape_debug(),
                PARAMETERS.join(", ")
            )),
        }
    }

    /// What the ledger connects with.
    pub(crate) fn secret(&self) -> SecretUrl {
        SecretUrl::new(self.verified().as_str())
    }

    /// Whether it holds a password.
    pub(crate) fn has_password(&self) -> bool {
        self.0.password().is_some() || self.0.query_pairs().any(|(key, _)| key == "password")
    }

    /// What the driver connects to: a `host` behind the question mark wins, and its environment comes last.
    fn host(&self) -> String {
        let behind = self.0.query_pairs().filter(|(key, _)| key == "host" || key == "hostaddr");
        let hosts = self.0.host_str().map(str::to_owned).into_iter().chain(behind.map(|(_, host)| host.into_owned()));
        let hosts: Vec<String> = hosts.filter(|host| !host.is_empty()).collect();
        let host = hosts.iter().find(|host| is_socket(host)).or(hosts.last()).cloned();
        host.or_else(|| env::var("PGHOST").ok()).unwrap_or_default()
    }

    /// With the certificate verified, unless the database is on this machine or the URL says otherwise.
    fn verified(&self) -> Url {
        let mut url = self.0.clone();
        let says_itself = url.query_pairs().any(|(key, _)| key == "sslmode" || key == "ssl-mode");
        let host = self.host();
        let is_here =
            host.is_empty() || is_socket(&host) || matches!(&*host, "localhost" | "127.0.0.1" | "[::1]" | "::1");
        if !says_itself && !is_here {
            url.query_pairs_mut().append_pair("sslmode", "verify-full");
        }
        url
    }
}

fn is_socket(host: &str) -> bool {
    host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f")
}

impl Config {
    /// What the ledger is told of its store.
    pub(super) fn store_settings(&self) -> StoreSettings {
        let Some(url) = &self.store_url else { return StoreSettings::File };
        let seconds = |span: vestibule_gate::time::Span| Duration::from_secs(span.seconds().unsigned_abs());
        StoreSettings::Postgres(PostgresSettings {
            url: url.secret(),
            readers: self.store.readers,
            writers: self.store.writers,
            statement_timeout: seconds(self.store.statement_timeout.0),
            node: self.cluster.node.clone().unwrap_or_else(host_name),
            max_staleness: self.cluster.max_staleness.0.map_or(Duration::ZERO, seconds),
        })
    }

    /// Takes the URL from where it is written.
    pub(super) fn read_store_url(&mut self, say: &mut dyn FnMut(&str, String)) {
        self.store_url = self.store.url.clone();
        let Some(file) = &self.store.url_file else { return };
        if self.store.url.is_some() {
            return say("store.url_file", "is set together with store.url; write one of them".to_owned());
        }
        let path = self.place("store.url_file", file);
        match std::fs::read_to_string(&path) {
            Err(error) => {
                say("store.url_file", format!("{}: {error}; name a file that this user may read", path.display()))
            }
            Ok(text) => match StoreUrl::parse(&text).map(StoreUrl::understood) {
                Some(Ok(url)) => self.store_url = Some(url),
                Some(Err(why)) => say("store.url_file", format!("{}: {why}", path.display())),
                None => say("store.url_file", format!("{} does not hold {}", path.display(), StoreUrl::EXPECTED)),
            },
        }
    }
}

fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "node".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use vestibule_ledger::settings::StoreSettings;

    use crate::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(Some((Path::new("v.toml"), text)), std::iter::empty()).map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_database_elsewhere_shows_its_certificate() {
        for (url, verifies) in [
            ("postgres://v:secret@db.example.com/v", true),
            ("postgresql://v@192.0.2.7:5433/v?application_name=x", true),
            ("postgres://v@db.example.com/v?sslmode=require", false),
            ("postgres://v@localhost/v", false),
            ("postgres:///v?host=/run/postgresql", false),
            ("postgres://v@%2Frun%2Fpostgresql/v", false),
            ("postgres://[::1]/v", false),
            ("postgres:///v", false),
            ("postgres://localhost/v?host=db.example.com", true),
            ("postgres:///v?hostaddr=192.0.2.7", true),
        ] {
            let url = read(&format!("[store]\nurl = \"{url}\"")).unwrap().store_url.unwrap();
            assert_eq!(url.verified().as_str().contains("sslmode=verify-full"), verifies, "{}", url.0);
        }
    }

    #[test]
    fn its_password_is_never_shown() {
        let config = read("[store]\nurl = \"postgres://v:battery@db.example.com/v\"").unwrap();
        let all = format!("{config:?} {:?}", config.for_ledger());
        assert!(!all.contains("battery"), "{all}");
        let said = read("[store]\nurl = \"mysql://v:battery@db.example.com/v\"").unwrap_err();
        assert!(
            said.contains("v.toml:2: store.url: expected the URL of a PostgreSQL") && !said.contains("battery"),
            "{said}"
        );
        assert!(read("[store]\nurl = \"postgres://db.example.com\"").is_err(), "no database");
    }

    #[test]
    fn a_parameter_that_would_be_passed_over_is_refused_and_its_value_not_repeated() {
        let said = read("[store]\nurl = \"postgres://v@db.example.com/v?sslmod=battery\"").unwrap_err();
        assert!(said.contains("v.toml:2: store.url: the URL's parameter `sslmod` is not known"), "{said}");
        assert!(said.contains("sslmode, ") && !said.contains("battery"), "{said}");
        assert!(read("[store]\nurl = \"postgres://v@db.example.com/v?options[search_path]=mine\"").is_ok());
    }

    #[test]
    fn a_file_may_hold_it_and_without_either_the_store_is_a_file_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("url");
        let text = format!("[store]\nurl_file = \"{}\"", file.display());
        assert!(read(&text).unwrap_err().contains("store.url_file"));
        std::fs::write(&file, "postgres://v:battery@localhost/v\n").unwrap();
        assert!(matches!(read(&text).unwrap().for_ledger().store, StoreSettings::Postgres(_)));
        assert!(read(&format!("{text}\nurl = \"postgres://localhost/v\"")).unwrap_err().contains("one of them"));
        assert!(matches!(read("").unwrap().for_ledger().store, StoreSettings::File));
    }
}
