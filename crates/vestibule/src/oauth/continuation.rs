//! An authorization request on its way through our own pages: whoever signs in for it comes back to it.
//!
//! Nothing is kept for it: the address that leads back is the request itself. A sign-in that was made for it counts for
//! this very request only, since it is bound to a hash of all its parameters, and once.

use url::{Url, form_urlencoded};
use vestibule_gate::grant::Parameters;
use vestibule_gate::grant::authorize::{AuthorizeRequest, ResponseType, ReturnAddress, addressee};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::token::opaque::TokenHash;
use vestibule_ledger::changes::ForRequest;
use vestibule_ledger::{ClientRecord, Fault, queries};

use crate::web::{Site, Visit};

/// Where people are sent to be asked.
pub const AUTHORIZE: &str = "/oauth2/authorize";

/// An authorization request that can be answered.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// Who asks.
    pub record: ClientRecord,
    /// Where the answer goes.
    pub to: ReturnAddress,
    /// What is asked for.
    pub request: AuthorizeRequest,
    /// A hash of all of it.
    pub bound_to: TokenHash,
}

impl Continuation {
    /// The request that a sign-in leads back to, if it leads to one.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be known.
    pub async fn of(visit: &Visit, to: &ReturnTo) -> Result<Option<Self>, Fault> {
        let settings = &visit.settings;
        let Some(url) = to.asked_for() else { return Ok(None) };
        let endpoint = format!("{}{AUTHORIZE}?", settings.public_url);
        let Some(query) = url.strip_prefix(&endpoint) else { return Ok(None) };
        let query = query.split('#').next().unwrap_or_default();
        let Ok(parameters) = Parameters::parse(query.as_bytes()) else { return Ok(None) };
        let Ok(id) = addressee(&parameters) else { return Ok(None) };
        let Some(record) = queries::client(visit.site.ledger(), &id).await? else { return Ok(None) };
        let own = own_settings(&visit.site, &parameters);
        let Ok(to) = ReturnAddress::decide(&parameters, &record.client, Some(&own)) else { return Ok(None) };
        let Ok(request) = AuthorizeRequest::read(&parameters, &record.client) else { return Ok(None) };
        Ok(Some(Self { record, to, request, bound_to: bound_to(&parameters) }))
    }

    /// What a sign-in for it has to know.
    #[must_use]
    pub const fn for_request(&self) -> ForRequest {
        ForRequest { bound_to: self.bound_to, keeps_session: self.request.single_sign_on }
    }

    /// What the request has to be shown before it is answered: a sign-in that was made for it, or, where it wants something
    /// done on a page of ours, that page's word. A sign-in is not that.
    #[must_use]
    pub fn proof(&self) -> TokenHash {
        match self.request.response_type {
            ResponseType::Code | ResponseType::None => self.bound_to,
            ResponseType::SettingsAction(_) => TokenHash::of(format!("done {}", self.bound_to.to_text()).as_bytes()),
        }
    }

    /// What a form on the way may lead to, for the policy of its page: Chromium applies it to every redirect behind a
    /// POST.
    #[must_use]
    pub fn form_action(&self) -> String {
        form_action(self.to.url())
    }

    /// The host that the answer goes to, as a page shows it beside a name that anybody could have chosen.
    #[must_use]
    pub fn host(&self) -> String {
        let url = self.to.url();
        url.host_str().map_or_else(|| format!("{}:", url.scheme()), str::to_owned)
    }
}

/// An origin, or the scheme of an application.
pub(super) fn form_action(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) }
}

/// The URL prefix of our settings. Authgear's SDK opens them at the origin's root, and the proxy redirects from there.
pub(super) fn own_settings(site: &Site, parameters: &Parameters) -> String {
    let url = &site.settings().public_url;
    let at_the_root = format!("{}/settings", url.origin());
    match parameters.get("redirect_uri") {
        Some(asked) if asked.starts_with(&at_the_root) => at_the_root,
        Some(_) | None => format!("{url}/settings"),
    }
}

/// A hash of all parameters, in whichever order.
pub(super) fn bound_to(parameters: &Parameters) -> TokenHash {
    let mut pairs: Vec<(&str, &str)> = parameters.iter().collect();
    pairs.sort_unstable();
    TokenHash::of(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().as_bytes())
}

/// The address of the request.
pub(super) fn address(visit: &Visit, parameters: &Parameters) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters.iter()).finish();
    format!("{}{AUTHORIZE}?{query}", visit.settings.public_url)
}
