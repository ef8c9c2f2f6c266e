//! What the doors that decide are told by the configuration. Replaced whole on reload; a request is answered by the one
//! that was in force when it began.

use std::sync::Arc;

use vestibule_gate::rules::Rules;

use super::trace::TraceSecret;
use crate::config::raw::Origin;
use crate::proxies::TrustedProxies;

/// What the configuration says of "may this request pass?".
#[derive(Debug)]
pub struct Policy {
    /// Who may pass.
    pub rules: Arc<Rules>,
    /// Where each rule stands, in their order; for people.
    pub places: Arc<[Origin]>,
    /// Rules that are tried: what they would refuse is logged, and passes.
    pub shadow: Option<Shadow>,
    /// Who may say what was asked.
    pub proxies: TrustedProxies,
    /// The sign-in page, as browsers reach it.
    pub login: Box<str>,
    /// Who is told why; `None`: nobody.
    pub trace: Option<TraceSecret>,
}

/// Rules that are tried beside those in force.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// Who might pass by them.
    pub rules: Arc<Rules>,
    /// Where each of them stands, in their order.
    pub places: Arc<[Origin]>,
}

impl Default for Policy {
    /// Nobody but a unix socket is believed, and any user who is not a guest may pass.
    fn default() -> Self {
        Self {
            rules: Arc::new(Rules::none()),
            places: Arc::new([]),
            shadow: None,
            proxies: TrustedProxies::default(),
            login: Box::from("/login"),
            trace: None,
        }
    }
}
