//! Whom the answer to an authorization request goes to, decided before anything else of the request is looked at.
//! What fails here is shown on a page of ours: a redirect to an address that nobody vouched for is an open redirector.

use url::Url;

use super::super::client::{Client, ClientId};
use super::super::parameters::Parameters;
use super::login_hint::LoginHint;

/// Why there is nobody to answer to. In words for the person in front of the browser, or rather the developer beside
/// them; nothing of the request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaddressed {
    /// No `client_id`.
    #[error("the application did not say which one it is: client_id is missing")]
    NoClient,
    /// A `client_id` that nobody is registered under, or that nobody could be.
    #[error("no application is registered under this client_id")]
    UnknownClient,
    /// No `redirect_uri`, and not exactly one registered.
    #[error("the application did not say where to return to: redirect_uri is missing")]
    NoRedirectUri,
    /// A `redirect_uri` that is not in the registration, byte for byte.
    #[error("the application is not registered with this redirect_uri")]
    RedirectUri,
    /// A `response_mode` that we do not speak.
    #[error("the application asked for an answer in a form that is not known: response_mode")]
    ResponseMode,
}

/// Reads which client a request comes from.
///
/// # Errors
/// [`Unaddressed::NoClient`] or [`Unaddressed::UnknownClient`].
pub fn addressee(parameters: &Parameters) -> Result<ClientId, Unaddressed> {
    let text = parameters.get("client_id").ok_or(Unaddressed::NoClient)?;
    ClientId::parse(text).map_err(|_| Unaddressed::UnknownClient)
}

/// How the answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of a redirect.
    Query,
    /// In the fragment of a redirect.
    Fragment,
    /// In the body of a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    fn read(parameters: &Parameters) -> Result<Self, Unaddressed> {
        match parameters.get("response_mode") {
            None | Some("query") => Ok(Self::Query),
            Some("fragment") => Ok(Self::Fragment),
            Some("form_post") => Ok(Self::FormPost),
            Some(_) => Err(Unaddressed::ResponseMode),
        }
    }
}

/// Where the answer goes, and how. Only [`ReturnAddress::decide`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress {
    presented: Option<String>,
    url: Url,
    mode: ResponseMode,
    state: Option<String>,
    is_own_settings: bool,
}

impl ReturnAddress {
    /// Finds the request's `redirect_uri` in the client's registration; where the request has none, takes the only
    /// one that is registered.
    ///
    /// `own_settings` is the URL of our own settings page. Authgear's clients open it by an authorization that gives
    /// nothing away but a cookie of ours; that, and only that, may lead there.
    ///
    /// # Errors
    /// [`Unaddressed`].
    pub fn decide(parameters: &Parameters, client: &Client, own_settings: Option<&str>) -> Result<Self, Unaddressed> {
        let presented = parameters.get("redirect_uri");
        let (text, is_own_settings) = match (presented, client.redirect_uris.as_slice()) {
            (None, [only]) => (only.as_str(), false),
            (None, _) => return Err(Unaddressed::NoRedirectUri),
            (Some(uri), registered) if registered.iter().any(|own| own.admits(uri, client.kind)) => (uri, false),
            (Some(uri), _) if own_settings.is_some_and(|own| leads_to_settings(parameters, uri, own)) => (uri, true),
            (Some(_), _) => return Err(Unaddressed::RedirectUri),
        };
        Ok(Self {
            presented: presented.map(str::to_owned),
            url: Url::parse(text).map_err(|_| Unaddressed::RedirectUri)?,
            mode: ResponseMode::read(parameters)?,
            state: parameters.get("state").map(str::to_owned),
            is_own_settings,
        })
    }

    /// The `redirect_uri` that the request had. The token request has to repeat it, and if there was none, may leave
    /// it out (RFC 6749 section 4.1.3).
    #[must_use]
    pub fn presented(&self) -> Option<&str> {
        self.presented.as_deref()
    }

    /// The URL that was decided.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// How the answer travels.
    #[must_use]
    pub const fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// What the client wants to hear again.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Whether it leads to our own settings page and to no client.
    #[must_use]
    pub const fn is_own_settings(&self) -> bool {
        self.is_own_settings
    }
}

/// A page at `settings` or below, spelled as the URL library spells it (so that a browser goes where we looked), without
/// a percent sign or a backslash in the path, and asked for as Authgear's clients ask.
fn leads_to_settings(parameters: &Parameters, uri: &str, settings: &str) -> bool {
    let asked_for = parameters.get("response_type") == Some("none")
        && matches!(parameters.get("login_hint").map(LoginHint::read), Some(LoginHint::AppSessionToken(_)));
    let Some(rest) = uri.strip_prefix(settings) else { return false };
    let path = rest.split('?').next().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-');
    asked_for
        && (path.is_empty() || path.starts_with('/'))
        && !path.contains("//")
        && path.bytes().all(plain)
        && !rest.contains('#')
        && Url::parse(uri).is_ok_and(|url| url.as_str() == uri)
}

#[cfg(test)]
mod tests;
