//! SIGHUP: the configuration is read again. A bad one is refused whole; of a good one, what can change while the process
//! runs is put in force, and what cannot is named and stays as it was.

use vestibule_ledger::changes;

use super::House;
use crate::config::Config;

/// What is fixed at the start: addresses and sizes of things that exist, and names that proxies and browsers know.
const NEED_A_RESTART: [&str; 29] = [
    "public_url",
    "data_dir",
    "store.url",
    "store.url_file",
    "store.readers",
    "store.writers",
    "store.statement_timeout",
    "cluster.node",
    "cluster.max_staleness",
    "cluster.drain_for",
    "listen.public",
    "listen.resolver",
    "listen.ext_authz",
    "listen.ops",
    "headers.prefix",
    "headers.assertion",
    "headers.assertion_audience",
    "headers.assertion_algorithm",
    "headers.assertion_bind",
    "headers.extra",
    "session.cookie_prefix",
    "resolver.cache_key_cookie",
    "resolver.threads",
    "cache.sessions",
    "password.threads",
    "password.queue",
    "keys.secret",
    "keys.secret_file",
    "log.format",
];

impl House {
    /// Reads the configuration again, and says what came of it.
    pub(super) async fn reload(&mut self) {
        let fresh = match Config::load(self.file.as_deref()) {
            Ok(fresh) => fresh,
            Err(problems) => {
                tracing::error!(%problems, "the configuration is refused; the old one stays in force");
                return;
            }
        };
        let (changed, waiting) = differences(&self.config, &fresh);
        let fresh = keep(&self.config, fresh);
        // First what can be refused, before anything is changed.
        if let Err(error) = self.site.reload(&fresh) {
            tracing::error!(%error, "the configuration is refused; the old one stays in force");
            return;
        }
        self.ledger.reload(fresh.for_ledger());
        if let Err(error) = changes::declare_clients(&self.ledger, &fresh.declared).await {
            tracing::error!(%error, "the declared clients could not be stored; they stay as they were");
        }
        self.doors.resolver.resolver().set_caching(fresh.caching());
        self.doors.resolver.resolver().set_policy(fresh.policy());
        self.logging.set_level(fresh.log.level);
        self.config = fresh;
        self.begin_to_look();
        if !waiting.is_empty() {
            tracing::warn!(keys = waiting.join(", "), "these keys changed and need a restart to be in force");
        }
        tracing::info!(keys = changed.join(", "), "reloaded the configuration");
    }
}

/// The keys that are in force from now on, and those that wait for a restart.
fn differences(old: &Config, fresh: &Config) -> (Vec<String>, Vec<String>) {
    let value_in = |config: &Config, key: &str| {
        config.shown.iter().find(|(name, ..)| name == key).map(|(_, value, _)| value.clone())
    };
    let different = |key: &String| value_in(old, key) != value_in(fresh, key);
    let changed = fresh.shown.iter().map(|(key, ..)| key.clone()).filter(different);
    changed.partition(|key| !NEED_A_RESTART.contains(&key.as_str()))
}

/// The fresh configuration with the old values of what is fixed.
fn keep(old: &Config, mut fresh: Config) -> Config {
    let old = old.clone();
    for slot in fresh.shown.iter_mut().filter(|slot| NEED_A_RESTART.contains(&slot.0.as_str())) {
        if let Some(kept) = old.shown.iter().find(|kept| kept.0 == slot.0) {
            slot.clone_from(kept);
        }
    }
    fresh.top.public_url = old.top.public_url;
    fresh.top.data_dir = old.top.data_dir;
    fresh.store = old.store;
    fresh.store_url = old.store_url;
    fresh.cluster = old.cluster;
    fresh.listen = old.listen;
    fresh.headers = old.headers;
    fresh.cache = old.cache;
    fresh.session.cookie_prefix = old.session.cookie_prefix;
    fresh.resolver.cache_key_cookie = old.resolver.cache_key_cookie;
    fresh.resolver.threads = old.resolver.threads;
    fresh.password.threads = old.password.threads;
    fresh.password.queue = old.password.queue;
    fresh.keys.secret = old.keys.secret;
    fresh.keys.secret_file = old.keys.secret_file;
    fresh.log.format = old.log.format;
    fresh
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{NEED_A_RESTART, differences, keep};
    use crate::config::Config;

    fn config(text: &str) -> Config {
        Config::read(Some((Path::new("vestibule.toml"), text)), std::iter::empty()).expect("a sound configuration")
    }

    #[test]
    fn what_needs_a_restart_stays_as_it_was_and_is_named() {
        let old = config("[signup]\nenabled = false");
        let fresh = "public_url = \"https://a.example\"\n[signup]\nenabled = true\n[headers]\nprefix = \"x-b-\"\n\
            [password]\nthreads = 2\nmin_score = 3\n[session]\ncookie_prefix = \"b_\"\nlifetime = \"60d\"\n[log]\nformat = \"json\"";
        let (changed, waiting) = differences(&old, &config(fresh));
        assert_eq!(changed, ["session.lifetime", "signup.enabled", "password.min_score"]);
        assert_eq!(
            waiting,
            ["public_url", "headers.prefix", "session.cookie_prefix", "password.threads", "log.format"]
        );
        let kept = keep(&old, config(fresh));
        let (changed, waiting) = differences(&old, &kept);
        assert_eq!((changed.len(), waiting.len()), (3, 0));
        assert_eq!(kept.cookie_names().session(), "session");
        assert!(kept.signup.enabled && kept.headers.prefix.as_str() == "x-authgear-");
    }

    #[test]
    fn every_key_that_needs_a_restart_exists() {
        let config = config("");
        for key in NEED_A_RESTART {
            assert!(config.shown.iter().any(|(name, ..)| name == key), "{key}");
        }
    }
}
