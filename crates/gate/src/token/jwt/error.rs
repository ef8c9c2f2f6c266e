//! Why a token is refused.

/// What is wrong with a token: for tests and logs. Whoever presented it is told no more than that it is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Longer than [`super::MAX_TOKEN`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of unpadded base64url.
    #[error("the token has not the shape of one")]
    Shape,
    /// The header is not the JSON that we write, or has a member that we never write.
    #[error("the token's header is not one of ours")]
    Header,
    /// Another kind of token than was expected.
    #[error("the token is of another type")]
    Type,
    /// No key of ours has this id.
    #[error("the token names a key that is not published")]
    UnknownKey,
    /// Not the algorithm of the key.
    #[error("the token names another algorithm than its key has")]
    Algorithm,
    /// Not signed by the key that it names.
    #[error("the token's signature is not right")]
    Signature,
    /// The claims are not the JSON that we write, or one that must be there is missing or of another kind.
    #[error("the token's claims cannot be read")]
    Claims,
    /// Issued by somebody else.
    #[error("the token has another issuer")]
    Issuer,
    /// Made for somebody else.
    #[error("the token has another audience")]
    Audience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is from the future")]
    NotYet,
}
