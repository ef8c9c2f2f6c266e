//! What the ledger is told: its settings, composed from the sections.

use vestibule_gate::claims::CookieNames;
use vestibule_ledger::settings::{
    AnonymousSettings, CacheSettings, KeySecret, KeySettings, LimitSettings, PasswordSettings, Rate, SessionSettings,
    Settings,
};

use super::Config;

impl Config {
    /// The ledger's settings.
    #[must_use]
    pub fn for_ledger(&self) -> Settings {
        let limits = &self.limits;
        let sign_in = |count| Rate { count, window: limits.sign_in_window.0 };
        let sign_up = |count| Rate { count, window: limits.sign_up_window.0 };
        Settings {
            data_dir: self.data_dir(),
            store: self.store_settings(),
            issuer: self.top.public_url.to_string(),
            session: SessionSettings { lifetime: self.session.lifetime.0, idle_timeout: self.session.idle_timeout.0 },
            cache: CacheSettings { sessions: self.cache.sessions as usize },
            password: PasswordSettings {
                min_score: u8::try_from(self.password.min_score).unwrap_or(u8::MAX),
                memory_kib: self.password.memory_kib,
                iterations: self.password.iterations,
                parallelism: self.password.parallelism,
                threads: self.password.threads as usize,
                queue: self.password.queue as usize,
            },
            limits: LimitSettings {
                sign_in_per_account: sign_in(limits.sign_in_per_account),
                sign_in_per_device: sign_in(limits.sign_in_per_device),
                sign_in_per_address: sign_in(limits.sign_in_per_address),
                sign_up_per_address: sign_up(limits.sign_up_per_address),
                guest_per_address: sign_up(limits.guest_per_address),
                confirm_per_user: sign_in(limits.confirm_per_user),
            },
            signup: self.signup.enabled,
            anonymous: AnonymousSettings { enabled: self.anonymous.enabled, purge_after: self.anonymous.purge_after.0 },
            keys: self.key_settings(),
            headers: self.identity_headers(),
            assertion: self.assertion_settings(),
            profiles: self.profiles(),
            cookies: self.cookie_names(),
        }
    }

    /// Whether anything asks for addresses or names. They take memory, so they are not read for nothing.
    fn profiles(&self) -> bool {
        let rules = [Some(&self.rules), self.shadow_rules.as_ref()];
        let ask = |book: &super::rules::Book| book.rules.needs_profiles();
        self.identity_headers().need_profiles() || rules.into_iter().flatten().any(ask)
    }

    fn key_settings(&self) -> KeySettings {
        let keys = &self.keys;
        let file = || self.key_secret_file().map(KeySecret::File);
        KeySettings {
            algorithm: keys.algorithm,
            for_assertions: self.assertion_settings().map(|assertion| assertion.algorithm),
            secret: keys.secret.as_ref().map(|secret| KeySecret::Text(secret.expose().into())).or_else(file),
            publish_before: keys.publish_before.0,
            keep_for: keys.keep_for.0,
            rotate_every: keys.rotate_every.0,
        }
    }

    /// The full names of our cookies.
    #[must_use]
    pub fn cookie_names(&self) -> CookieNames {
        CookieNames::new(&self.session.cookie_prefix)
    }
}
