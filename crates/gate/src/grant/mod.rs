//! May this client have this: what a registration may say, what a request asks for, what has to happen before it is
//! granted, and where a person is sent with the answer.

pub mod authorize;
mod client;
mod kind;
pub mod need;
mod parameters;
pub mod pkce;
mod redirect_uri;
mod refused;
pub mod registration;
mod response;
pub mod return_to;
pub mod scope;

#[cfg(test)]
mod examples;

pub use client::{Client, ClientId, ClientIdError};
pub use kind::ClientKind;
pub use parameters::{Parameters, Unreadable};
pub use pkce::{Challenge, PkceError};
pub use redirect_uri::{RedirectUri, RedirectUriError};
pub use refused::{ErrorCode, Refused};
pub use registration::{RefreshLifetime, Registration, RegistrationError};
pub use response::{Response, respond};
pub use scope::{ScopeError, Scopes};
