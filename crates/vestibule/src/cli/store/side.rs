//! What a store is called on the command line.

use std::path::PathBuf;
use std::time::Duration;

use vestibule_ledger::copy;
use vestibule_ledger::settings::{PostgresSettings, SecretUrl, StoreSettings};

use crate::cli::House;
use crate::config::Config;
use crate::config::store::StoreUrl;

/// How long a statement of a copy may take: a migration, or the deletion of what an earlier one has left.
const PATIENCE: Duration = Duration::from_secs(600);

/// Names a store.
pub(super) struct Side;

impl Side {
    /// What `sqlite:PATH`, a PostgreSQL's URL, or `config` stands for. `None` when it is none of these, which is not
    /// repeated: there may be a password in it.
    pub(super) fn read(text: &str, house: &House) -> anyhow::Result<Option<copy::Side>> {
        if text == "config" {
            return Ok(Some(Self::of_configuration(&house.config()?)));
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = std::path::absolute(PathBuf::from(path))?;
            return Ok(Some(copy::Side::Sqlite(path)));
        }
        let Some(url) = StoreUrl::parse(text) else { return Ok(None) };
        let url = url.understood().map_err(anyhow::Error::msg)?;
        Ok(Some(copy::Side::Postgres(connecting(url.secret()))))
    }

    /// Where the configuration says that the truth is.
    pub(super) fn of_configuration(config: &Config) -> copy::Side {
        let settings = config.for_ledger();
        match settings.store {
            StoreSettings::File => copy::Side::Sqlite(settings.data_dir.join("vestibule.db")),
            StoreSettings::Postgres(postgres) => copy::Side::Postgres(connecting(postgres.url)),
        }
    }

    /// Whether everybody on the machine can read a password in the list of processes.
    pub(super) fn shows_a_password(text: &str) -> bool {
        StoreUrl::parse(text).is_some_and(|url| url.has_password())
    }
}

fn connecting(url: SecretUrl) -> PostgresSettings {
    PostgresSettings {
        url,
        readers: 1,
        writers: 1,
        statement_timeout: PATIENCE,
        node: "vestibule store".to_owned(),
        max_staleness: Duration::ZERO,
    }
}
