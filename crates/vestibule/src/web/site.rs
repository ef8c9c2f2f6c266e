//! What every handler knows: the ledger, and what the configuration says of pages. Replaced whole on reload.

use std::sync::Arc;

use anyhow::Context as _;
use parking_lot::RwLock;
use vestibule_gate::grant::return_to::{ReturnTo, ReturnToRules};
use vestibule_ledger::Ledger;

use crate::config::public_url::PublicUrl;
use crate::config::{Config, sections};

use super::assets::Assets;
use super::cookies::CookieRules;
use crate::proxies::TrustedProxies;

/// The settings of the pages.
#[derive(Debug)]
pub struct Settings {
    /// Where people reach the pages.
    pub public_url: PublicUrl,
    /// How cookies are set.
    pub cookies: CookieRules,
    /// Where people may be sent.
    pub return_to: ReturnToRules,
    /// Where `/` sends whoever is signed in.
    pub home: String,
    /// Who may say where a request came from.
    pub trusted: TrustedProxies,
    /// Whether people may open accounts.
    pub signup: bool,
    /// Whether there are guests.
    pub anonymous: bool,
    /// Whether people may make API tokens for themselves.
    pub api_tokens: bool,
    /// The operator's name for all this.
    pub brand: String,
    /// How the pages look.
    pub assets: Assets,
}

/// The state of the public listener. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    ledger: Ledger,
    settings: Arc<RwLock<Arc<Settings>>>,
}

impl Site {
    /// From a ledger and a configuration.
    ///
    /// # Errors
    /// When the logo or the default URL cannot be read, in words.
    pub fn new(ledger: Ledger, config: &Config) -> anyhow::Result<Self> {
        let settings = Arc::new(RwLock::new(Arc::new(settings(config)?)));
        Ok(Self { ledger, settings })
    }

    /// Puts a new configuration in force for the requests that begin from now on.
    ///
    /// # Errors
    /// As [`Site::new`]; the old one stays in force then.
    pub fn reload(&self, config: &Config) -> anyhow::Result<()> {
        let fresh = Arc::new(settings(config)?);
        *self.settings.write() = fresh;
        Ok(())
    }

    /// The ledger.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }
}

fn settings(config: &Config) -> anyhow::Result<Settings> {
    let public_url = config.top.public_url.clone();
    let account = format!("{}/settings", public_url.path());
    let default_url = config.login.default_url.as_deref().unwrap_or(&account);
    let return_to = ReturnToRules::new(public_url.url().clone(), config.login.return_to.clone(), default_url)?;
    let default = return_to.decide(None);
    Ok(Settings {
        // A default of `/` where `/` is ours would lead back to itself.
        home: if leads_to_start(&default, &public_url) { account } else { default.as_str().to_owned() },
        cookies: CookieRules::new(
            config.cookie_names(),
            public_url.host(),
            public_url.is_https(),
            config.session.cookie_domain.clone(),
            config.session.use_session_cookie,
        ),
        return_to,
        trusted: TrustedProxies::new(config.proxies.trusted.clone()),
        signup: config.signup.enabled,
        anonymous: config.anonymous.enabled,
        api_tokens: config.api_tokens.enabled,
        brand: config.brand.name.trim().to_owned(),
        assets: assets(&config.brand)?,
        public_url,
    })
}

fn leads_to_start(to: &ReturnTo, public_url: &PublicUrl) -> bool {
    let path = to.as_str().strip_prefix(&public_url.origin()).map(|rest| rest.split(['?', '#']).next().unwrap_or(rest));
    path.and_then(|path| path.strip_prefix(public_url.path())).is_some_and(|rest| matches!(rest, "" | "/"))
}

fn assets(section: &sections::Brand) -> anyhow::Result<Assets> {
    let logo = section.logo.as_deref().map(|path| {
        let bytes = std::fs::read(path).with_context(|| format!("brand.logo: {path} cannot be read"))?;
        Ok::<_, anyhow::Error>((bytes, media_type(path)))
    });
    Ok(Assets::new(section.accent, logo.transpose()?))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default().to_lowercase().as_str() {
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        _ => "image/jpeg",
    }
}
