//! What a client is told when it does not get what it asked for: a registered code and a sentence for its developer.

/// The registered error codes (RFC 6749, OpenID Connect Core section 3.1.2.6, RFC 6750, RFC 8707).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A parameter is missing, malformed or repeated.
    InvalidRequest,
    /// The client's credentials are wrong or missing.
    InvalidClient,
    /// A code, refresh token or session that is dead, or another client's. Authgear's clients forget their session at
    /// this one and at no other.
    InvalidGrant,
    /// The client is known, but may not ask in this way.
    UnauthorizedClient,
    /// Not a grant of ours.
    UnsupportedGrantType,
    /// Not a response type of ours.
    UnsupportedResponseType,
    /// A scope that is unknown, malformed or not for this client.
    InvalidScope,
    /// A resource that tokens are not made for.
    InvalidTarget,
    /// An access token that is dead.
    InvalidToken,
    /// An access token that lacks a scope.
    InsufficientScope,
    /// The person said no.
    AccessDenied,
    /// The answer cannot be known.
    ServerError,
    /// The answer cannot be known now.
    TemporarilyUnavailable,
    /// Nobody is signed in, and no page may be shown.
    LoginRequired,
    /// Somebody has not allowed it, and no page may be shown.
    ConsentRequired,
    /// Something has to be asked, and no page may be shown.
    InteractionRequired,
    /// An account has to be chosen, and no page may be shown.
    AccountSelectionRequired,
    /// The client cannot do without a kind of sign-in that there is not (OpenID Connect Core Error Code
    /// `unmet_authentication_requirements`, which RFC 9470 section 5 names).
    UnmetAuthenticationRequirements,
    /// Request objects are not read, and never ignored.
    RequestNotSupported,
    /// Nor are those behind a URI.
    RequestUriNotSupported,
    /// Nor is a registration inside of a request.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// As the wire has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// A refusal that the client may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// For the client.
    pub code: ErrorCode,
    /// For its developer. Never anything that came with the request, and only characters that an `error_description`
    /// may have: no quotes, no backslash (RFC 6749 section 4.1.2.1).
    pub description: &'static str,
}

impl Refused {
    /// A refusal and its reason.
    #[must_use]
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// As parameters of a response.
    #[must_use]
    pub const fn pairs(self) -> [(&'static str, &'static str); 2] {
        [("error", self.code.as_str()), ("error_description", self.description)]
    }
}
