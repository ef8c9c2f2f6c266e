//! What a scope shares, in words: on the page that asks for it, and on the one that lists who has it.

use vestibule_gate::grant::scope::{
    ADDRESS, EMAIL, FULL_ACCESS, FULL_USERINFO, OFFLINE_ACCESS, OPENID, PHONE, PROFILE,
};

/// Something that is shared.
pub(crate) enum Shared {
    /// A text of the catalogue.
    Known(&'static str),
    /// A scope that only its client knows.
    Named(String),
}

impl Shared {
    /// What a scope shares; `openid` alone says that it is the same person as last time.
    pub(crate) fn of(scope: &str) -> Self {
        match scope {
            OPENID => Self::Known("consent-openid"),
            PROFILE => Self::Known("consent-profile"),
            EMAIL => Self::Known("consent-email"),
            ADDRESS => Self::Known("consent-address"),
            PHONE => Self::Known("consent-phone"),
            OFFLINE_ACCESS => Self::Known("consent-offline"),
            FULL_ACCESS => Self::Known("consent-full-access"),
            FULL_USERINFO => Self::Known("consent-full-userinfo"),
            other => Self::Named(other.to_owned()),
        }
    }
}
