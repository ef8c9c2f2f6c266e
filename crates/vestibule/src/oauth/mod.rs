//! The OpenID provider: single-page and mobile applications, and every OpenID client, sign in here. A file an endpoint.
//!
//! Paths, parameters and error bodies are those that Authgear's SDK knows (see `docs/clients/`); where the standards say
//! more, we do what they say. What a request may have is decided in `gate::grant`, what changes is in the ledger.

pub mod anonymous;
pub mod app_session_token;
pub mod authorize;
pub mod challenge;
mod claims;
mod client_auth;
pub mod consent;
pub mod continuation;
pub mod cors;
pub mod discovery;
pub mod end_session;
mod id_token;
pub mod introspect;
mod json;
pub mod jwks;
mod problem;
mod redirect;
mod request;
pub mod revoke;
pub(crate) mod shared;
pub mod token;
pub mod userinfo;
