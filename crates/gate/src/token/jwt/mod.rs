//! JSON Web Tokens (RFC 7519, RFC 9068): what ours say, and whether a presented one is ours.
//!
//! We are the only issuer that we believe, so a token that differs from what we make is refused, even where the RFCs
//! would pass over the difference. Signatures are the library's business; everything that is read before one is read
//! here, because the library would read the clock, take the first of two members, and follow a header's `jwk`.

mod algorithm;
mod assertion;
mod claims;
mod compact;
mod error;
mod key;
mod members;
mod peek;
mod sid;
mod verify;

pub use algorithm::{NoSuchAlgorithm, SigningAlgorithm};
pub use assertion::AssertionClaims;
pub use claims::{AccessTokenClaims, IdTokenClaims, StandardClaims, UserClaims};
pub use compact::{MAX_TOKEN, TokenType};
pub use error::JwtError;
pub use key::{BadKey, KeyId, KeySet, PublicKey, VerifyingKey};
pub use peek::peek_jti;
pub use sid::sid;
pub use verify::{Audience, Expected, Expiry, Verified, verify};

#[cfg(test)]
mod tests;
