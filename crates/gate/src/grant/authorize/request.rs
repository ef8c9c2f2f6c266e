//! What an authorization request asks for, once it is known whom the answer goes to. Parameters that nobody knows are
//! ignored (OpenID Connect Core section 3.1.2.1); what we know and cannot do is refused by name.

use super::super::client::Client;
use super::super::kind::ClientKind;
use super::super::parameters::Parameters;
use super::super::pkce::Challenge;
use super::super::refused::{ErrorCode, Refused};
use super::super::scope::{self, OPENID, Scopes};
use super::claims_parameter::{AskedClaim, ClaimsParameter};
use super::login_hint::LoginHint;
use super::presented::Presented;
use super::prompt::Prompt;

/// What the client wants back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseType {
    /// A code, to be redeemed for tokens.
    Code,
    /// Nothing: the session cookie is all that it wants.
    None,
    /// A code that says the person has done something on the settings page.
    SettingsAction(SettingsAction),
}

impl ResponseType {
    /// The response type of a settings action.
    pub const SETTINGS_ACTION: &'static str = "urn:authgear:params:oauth:response-type:settings-action";
}

/// What the person is sent to the settings page for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsAction {
    /// A new password.
    ChangePassword,
    /// No account any more.
    DeleteAccount,
    /// One that we do not know.
    Other(String),
}

/// How the page is shown. Ours look the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// A whole page.
    Page,
    /// A window of its own.
    Popup,
    /// A screen that is touched.
    Touch,
    /// An old telephone.
    Wap,
}

/// Which page comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPage {
    /// That for people who have an account.
    Login,
    /// That for people who have none.
    Signup,
}

/// What is asked for. Only [`AuthorizeRequest::read`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizeRequest {
    /// What the client wants back.
    pub response_type: ResponseType,
    /// Scopes that this client may have.
    pub scopes: Scopes,
    /// There for every public client that gets a code.
    pub challenge: Option<Challenge>,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// What the person is to be asked.
    pub prompt: Prompt,
    /// The most seconds since the person proved themselves.
    pub max_age: Option<u64>,
    /// Who is about to sign in.
    pub login_hint: Option<LoginHint>,
    /// An ID token of ours that names the person, not verified yet.
    pub id_token_hint: Option<Presented>,
    /// Languages, the best first, not checked.
    pub ui_locales: Vec<String>,
    /// Authentication context classes, the best first. A wish: we know none, so none is told, and nothing is refused.
    pub acr_values: Vec<String>,
    /// Claims by name.
    pub claims: ClaimsParameter,
    /// How the page is shown.
    pub display: Option<Display>,
    /// Whether a session cookie is used and set. Without, the tokens' session stands alone.
    pub single_sign_on: bool,
    /// Which page comes first.
    pub page: Option<FirstPage>,
    /// The upstream provider to go to without asking.
    pub provider_alias: Option<String>,
}

impl AuthorizeRequest {
    /// Reads a request of this client.
    ///
    /// # Errors
    /// [`Refused`], which goes to the client's return address.
    pub fn read(parameters: &Parameters, client: &Client) -> Result<Self, Refused> {
        refuse_request_objects(parameters)?;
        let response_type = read_response_type(parameters, client)?;
        let prompt = Prompt::read(parameters.get("prompt"))?;
        let scopes = read_scopes(parameters, client, &response_type)?;
        let challenge = read_challenge(parameters, client, &response_type)?;
        let claims = ClaimsParameter::read(parameters.get("claims"))?;
        refuse_what_cannot_be_met(&claims)?;
        Ok(Self {
            response_type,
            scopes,
            challenge,
            nonce: parameters.get("nonce").map(read_nonce).transpose()?,
            prompt,
            max_age: parameters.get("max_age").map(read_max_age).transpose()?,
            login_hint: parameters.get("login_hint").map(LoginHint::read),
            id_token_hint: parameters.get("id_token_hint").map(Presented::new),
            ui_locales: words(parameters.get("ui_locales")),
            acr_values: words(parameters.get("acr_values")),
            claims,
            display: parameters.get("display").and_then(read_display),
            single_sign_on: read_single_sign_on(parameters),
            page: parameters.get("x_page").and_then(read_page),
            provider_alias: parameters.get("x_oauth_provider_alias").map(str::to_owned),
        })
    }
}

impl AuthorizeRequest {
    /// What the client would know: its scopes, and those that open the claims that it asks for by name. A person has to
    /// be asked for both alike.
    #[must_use]
    pub fn would_know(&self) -> Scopes {
        let asked = self.claims.userinfo.iter().chain(&self.claims.id_token);
        asked.filter_map(|claim| scope::of_claim(&claim.name)).fold(self.scopes.clone(), |all, scope| all.with(scope))
    }

    /// The only subjects that the client takes, if it says so in `claims` (OpenID Connect Core section 5.5.1).
    #[must_use]
    pub fn subjects(&self) -> Option<&[String]> {
        let asked = self.claims.id_token.iter().find(|claim| claim.name == "sub")?;
        (!asked.values.is_empty()).then_some(&*asked.values)
    }
}

/// A client that cannot do without one of these classes would ask for them again and again: we know none (OpenID Connect
/// Core section 5.5.1.1).
fn refuse_what_cannot_be_met(claims: &ClaimsParameter) -> Result<(), Refused> {
    let demands = |claim: &AskedClaim| claim.name == "acr" && claim.essential && !claim.values.is_empty();
    if !claims.id_token.iter().any(demands) {
        return Ok(());
    }
    let why = "no authentication context class is known here; ask by acr_values, and read amr and auth_time";
    Err(Refused::new(ErrorCode::UnmetAuthenticationRequirements, why))
}

/// They could say something else than the parameters beside them: never ignored (OpenID Connect Core section 6).
fn refuse_request_objects(parameters: &Parameters) -> Result<(), Refused> {
    let refusals = [
        ("request", ErrorCode::RequestNotSupported, "request objects are not supported"),
        ("request_uri", ErrorCode::RequestUriNotSupported, "request_uri is not supported"),
        ("registration", ErrorCode::RegistrationNotSupported, "registration in a request is not supported"),
    ];
    match refusals.into_iter().find(|(name, ..)| parameters.get(name).is_some()) {
        Some((_, code, description)) => Err(Refused::new(code, description)),
        None => Ok(()),
    }
}

fn read_response_type(parameters: &Parameters, client: &Client) -> Result<ResponseType, Refused> {
    let text = parameters.get("response_type");
    let text = text.ok_or(Refused::new(ErrorCode::InvalidRequest, "response_type is missing"))?;
    let not_allowed = Refused::new(ErrorCode::UnauthorizedClient, "this client may not use this response_type");
    let (response_type, may) = match text {
        "code" => (ResponseType::Code, client.kind != ClientKind::Machine),
        "none" => (ResponseType::None, client.kind.is_first_party() && client.kind != ClientKind::Machine),
        ResponseType::SETTINGS_ACTION => {
            (ResponseType::SettingsAction(read_settings_action(parameters)?), client.may_have_full_access())
        }
        _ => return Err(Refused::new(ErrorCode::UnsupportedResponseType, "this response_type is not supported")),
    };
    if may { Ok(response_type) } else { Err(not_allowed) }
}

fn read_settings_action(parameters: &Parameters) -> Result<SettingsAction, Refused> {
    match parameters.get("x_settings_action") {
        Some("change_password") => Ok(SettingsAction::ChangePassword),
        Some("delete_account") => Ok(SettingsAction::DeleteAccount),
        Some(other) => Ok(SettingsAction::Other(other.to_owned())),
        None => Err(Refused::new(ErrorCode::InvalidRequest, "x_settings_action is missing")),
    }
}

fn read_scopes(parameters: &Parameters, client: &Client, wanted: &ResponseType) -> Result<Scopes, Refused> {
    let refused = |description| Refused::new(ErrorCode::InvalidScope, description);
    let scopes =
        Scopes::parse(parameters.get("scope").unwrap_or_default()).map_err(|why| refused(why.description()))?;
    if *wanted == ResponseType::Code && !scopes.contains(OPENID) {
        return Err(refused("scope must contain openid"));
    }
    scopes.allowed_for(client).map_err(|why| refused(why.description()))?;
    Ok(scopes)
}

fn read_challenge(
    parameters: &Parameters,
    client: &Client,
    wanted: &ResponseType,
) -> Result<Option<Challenge>, Refused> {
    let refused = |description| Refused::new(ErrorCode::InvalidRequest, description);
    let challenge = Challenge::read(parameters.get("code_challenge_method"), parameters.get("code_challenge"))
        .map_err(|why| refused(why.description()))?;
    let is_for_a_code = match wanted {
        ResponseType::Code | ResponseType::SettingsAction(_) => true,
        ResponseType::None => false,
    };
    if is_for_a_code && challenge.is_none() && client.requires_pkce() {
        return Err(refused("code_challenge is missing, and this client has to use PKCE"));
    }
    Ok(challenge)
}

/// It is kept until the code is redeemed.
fn read_nonce(text: &str) -> Result<String, Refused> {
    if text.len() > MAX_NONCE {
        return Err(Refused::new(ErrorCode::InvalidRequest, "nonce is longer than 512 bytes"));
    }
    Ok(text.to_owned())
}

/// In bytes.
const MAX_NONCE: usize = 512;

fn read_max_age(text: &str) -> Result<u64, Refused> {
    let refused = Refused::new(ErrorCode::InvalidRequest, "max_age is not a number of seconds");
    // The standard library takes a sign, too.
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().map_err(|_| refused) } else { Err(refused) }
}

/// `x_sso_enabled` where it is said, else the older name. An ordinary OpenID client says neither and expects that a
/// browser which is signed in stays so (the conformance suite's `prompt-none-logged-in`, `max-age-10000`).
fn read_single_sign_on(parameters: &Parameters) -> bool {
    match parameters.get("x_sso_enabled") {
        Some(text) => text == "true",
        None => parameters.get("x_suppress_idp_session_cookie") != Some("true"),
    }
}

fn read_display(text: &str) -> Option<Display> {
    match text {
        "page" => Some(Display::Page),
        "popup" => Some(Display::Popup),
        "touch" => Some(Display::Touch),
        "wap" => Some(Display::Wap),
        _ => None,
    }
}

fn read_page(text: &str) -> Option<FirstPage> {
    match text {
        "login" => Some(FirstPage::Login),
        "signup" => Some(FirstPage::Signup),
        _ => None,
    }
}

/// The first 16 words; the rest can only be of less use.
fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split(' ').filter(|word| !word.is_empty()).take(16).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
