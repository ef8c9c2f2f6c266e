//! An authorization request, read in two steps: whom the answer goes to ([`addressee`], [`ReturnAddress::decide`]), and
//! what is asked for ([`AuthorizeRequest::read`]). Where the first step fails there is nobody to tell it but the person
//! in front of the browser; only what the second step refuses goes back to the client.

mod addressee;
mod claims_parameter;
mod login_hint;
mod presented;
mod prompt;
mod request;

pub use addressee::{ResponseMode, ReturnAddress, Unaddressed, addressee};
pub use claims_parameter::{AskedClaim, ClaimsParameter};
pub use login_hint::LoginHint;
pub use presented::Presented;
pub use prompt::{Asks, Prompt};
pub use request::{AuthorizeRequest, Display, FirstPage, ResponseType, SettingsAction};
