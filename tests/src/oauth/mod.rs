//! An OpenID client that a test can read: it makes requests, carries them through the pages as a browser would, and talks
//! to the token endpoint. It knows nothing of the product but what a client's developer knows.

mod application;
mod id_token;
mod request;
mod walk;

pub use application::{Application, CALLBACK, LOGGED_OUT};
pub use id_token::IdToken;
pub use request::{CHALLENGE, Request, VERIFIER};
pub use walk::{Page, Returned, Walked, browse, hidden};
