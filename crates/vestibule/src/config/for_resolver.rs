//! What the resolver is told: whether proxies may keep answers.

use vestibule_gate::claims::cacheable::CacheKey;

use super::Config;
use crate::resolver::Caching;

impl Config {
    /// How long a proxy may keep an answer, and under which key; `None` when it may not.
    #[must_use]
    pub fn caching(&self) -> Option<Caching> {
        let longest = self.resolver.cache_for?.0;
        // `soundness` has refused what would be an error here; and no caching is the safe side.
        let key = CacheKey::new(&self.cookie_names(), self.resolver.cache_key_cookie.as_deref()).ok()?;
        Some(Caching { longest, key })
    }
}
