//! What the resolver is told: whether proxies may keep answers, and who may pass.

use std::sync::Arc;

use vestibule_gate::claims::cacheable::CacheKey;

use super::Config;
use crate::proxies::TrustedProxies;
use crate::resolver::{Caching, Policy, Shadow};

impl Config {
    /// How long a proxy may keep an answer, and under which key; `None` when it may not.
    #[must_use]
    pub fn caching(&self) -> Option<Caching> {
        let longest = self.resolver.cache_for?.0;
        // `soundness` has refused what would be an error here; and no caching is the safe side.
        let key = CacheKey::new(&self.cookie_names(), self.resolver.cache_key_cookie.as_deref()).ok()?;
        Some(Caching { longest, key })
    }

    /// Whether somebody has written rules, or has a file for them.
    #[must_use]
    pub fn has_rules(&self) -> bool {
        self.rules.file.is_some() || !self.rules.rules.rules().is_empty()
    }

    /// What the doors that decide go by.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            rules: Arc::clone(&self.rules.rules),
            places: self.rules.places.clone().into(),
            shadow: self
                .shadow_rules
                .as_ref()
                .map(|book| Shadow { rules: Arc::clone(&book.rules), places: book.places.clone().into() }),
            proxies: TrustedProxies::new(self.proxies.trusted.clone()),
            login: format!("{}/login", self.top.public_url).into_boxed_str(),
            trace: self.trace.clone(),
        }
    }
}
