//! What a configuration says about hosts, found by the most specific one: an exact name, else the longest `*.suffix`.
//! One lookup for an exact name and one for each label, however many hosts are configured.

use std::collections::HashMap;

use super::host;

/// Why a host in the configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a host; write `app.example.com` or `*.example.com`, without scheme, port and path, a name with other \
     letters in its `xn--` form"
)]
pub struct HostPatternError(Box<str>);

/// Hosts as a configuration names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// This one, in lower case and without a trailing dot.
    Exact(Box<str>),
    /// Every one below this, at any depth, but not this itself. Without the `*.`.
    Below(Box<str>),
}

impl HostPattern {
    /// Reads `app.example.com`, `*.example.com`, an IPv4 address or an IPv6 address in brackets.
    ///
    /// # Errors
    /// [`HostPatternError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, HostPatternError> {
        let refused = || HostPatternError(text.chars().take(256).collect());
        let (below, name) = text.strip_prefix("*.").map_or((false, text), |suffix| (true, suffix));
        let name = host::name(name.as_bytes()).map_err(|_| refused())?;
        match below {
            true if host::is_address(&name) => Err(refused()),
            true => Ok(Self::Below(name.into())),
            false => Ok(Self::Exact(name.into())),
        }
    }

    /// Whether a host by its name (lower case, without port) is one of them.
    #[must_use]
    pub fn admits(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => **name == *host,
            Self::Below(suffix) => {
                host.strip_suffix(&**suffix).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
            }
        }
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*.{suffix}"),
        }
    }
}

/// Something for each host that a configuration names.
#[derive(Debug, Clone)]
pub struct HostTable<T> {
    exact: HashMap<Box<str>, T>,
    below: HashMap<Box<str>, T>,
}

impl<T> Default for HostTable<T> {
    fn default() -> Self {
        Self { exact: HashMap::new(), below: HashMap::new() }
    }
}

impl<T> HostTable<T> {
    /// Puts something in for these hosts, and returns what was there.
    pub fn insert(&mut self, hosts: HostPattern, value: T) -> Option<T> {
        match hosts {
            HostPattern::Exact(name) => self.exact.insert(name, value),
            HostPattern::Below(suffix) => self.below.insert(suffix, value),
        }
    }

    /// What is there for exactly these hosts, made if there is nothing.
    pub fn entry(&mut self, hosts: HostPattern) -> &mut T
    where
        T: Default,
    {
        match hosts {
            HostPattern::Exact(name) => self.exact.entry(name).or_default(),
            HostPattern::Below(suffix) => self.below.entry(suffix).or_default(),
        }
    }

    /// What the most specific entry says about a host by its name: lower case, without port.
    #[must_use]
    pub fn find(&self, host: &str) -> Option<&T> {
        if let Some(exact) = self.exact.get(host) {
            return Some(exact);
        }
        if self.below.is_empty() {
            return None;
        }
        let dots = host.bytes().enumerate().filter(|&(at, byte)| byte == b'.' && at > 0);
        dots.map(|(at, _)| &host[at + 1..]).find_map(|suffix| self.below.get(suffix))
    }

    /// What is there for each of the hosts, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.exact.values().chain(self.below.values())
    }
}

impl<T> FromIterator<(HostPattern, T)> for HostTable<T> {
    fn from_iter<I: IntoIterator<Item = (HostPattern, T)>>(entries: I) -> Self {
        let mut table = Self::default();
        for (hosts, value) in entries {
            table.insert(hosts, value);
        }
        table
    }
}
