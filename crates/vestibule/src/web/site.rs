//! What the pages stand on: the ledger, and the settings that they obey. The state of the router.

use std::sync::Arc;

use parking_lot::RwLock;
use vestibule_gate::grant::return_to::ReturnToRules;
use vestibule_ledger::Ledger;

use super::assets::Assets;
use super::client_ip::TrustedProxies;
use super::cookies::CookieRules;
use super::links::Links;
use crate::config::Config;
use crate::routes::path;

/// Why the pages cannot be set up, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The logo cannot be read.
    #[error("brand.logo: {path}: {source}; name a file that this user may read, or leave the key out")]
    Logo {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// `[login] default_url` leads nowhere.
    #[error("login.default_url: `{0}` is neither a path nor a URL; write `/` or `https://app.example.com/`")]
    DefaultUrl(String),
}

/// The settings that the pages obey, composed from the configuration.
#[derive(Debug)]
pub struct SiteSettings {
    /// `public_url`'s origin, as browsers write it in `Origin`.
    pub origin: String,
    /// `public_url`'s host.
    pub host: String,
    /// Links to our pages.
    pub links: Links,
    /// How cookies are set.
    pub cookies: CookieRules,
    /// Where people may be sent.
    pub return_to: ReturnToRules,
    /// Who may say where a request comes from.
    pub proxies: TrustedProxies,
    /// What the operator calls the product.
    pub product: Arc<str>,
    /// Style sheets, the script and the logo.
    pub assets: Assets,
}

impl SiteSettings {
    /// Composes the settings, and reads the logo.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn read(config: &Config) -> Result<Self, SiteError> {
        let public_url = &config.top.public_url;
        let links = Links::below(public_url.path());
        let default_url = config.login.default_url.clone().unwrap_or_else(|| links.to(path::SETTINGS));
        let return_to = ReturnToRules::new(public_url.url().clone(), config.login.return_to.clone(), &default_url)
            .map_err(|_| SiteError::DefaultUrl(default_url))?;
        let logo = match &config.brand.logo {
            None => None,
            Some(file) => {
                let bytes = std::fs::read(file).map_err(|source| SiteError::Logo { path: file.clone(), source })?;
                Some((file.clone(), bytes))
            }
        };
        Ok(Self {
            origin: public_url.origin(),
            host: public_url.host().to_owned(),
            cookies: CookieRules::new(
                config.cookie_names(),
                public_url.host(),
                public_url.is_https(),
                config.session.cookie_domain.clone(),
                config.session.use_session_cookie,
            ),
            return_to,
            proxies: TrustedProxies::new(config.proxies.trusted.clone()),
            product: config.brand.name.trim().into(),
            assets: Assets::new(config.brand.accent, logo, &links),
            links,
        })
    }
}

/// The pages' state. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    settings: RwLock<Arc<SiteSettings>>,
}

impl Site {
    /// Over a ledger.
    #[must_use]
    pub fn new(ledger: Ledger, settings: SiteSettings) -> Self {
        Self(Arc::new(Inner { ledger, settings: RwLock::new(Arc::new(settings)) }))
    }

    /// Puts new settings in force, from the next request on. The path of `public_url` alone needs a restart: the routes
    /// are below it.
    pub fn reload(&self, settings: SiteSettings) {
        *self.0.settings.write() = Arc::new(settings);
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Arc<SiteSettings> {
        Arc::clone(&self.0.settings.read())
    }

    /// Who knows and changes.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }
}
