//! Pages that a client's operator names, and people are shown a link to.

use url::Url;

use super::{Part, RegistrationError};

/// The longest URL of a page, in bytes.
const MAX_PAGE: usize = 2000;

/// A page that people are shown a link to: never of a scheme that runs.
pub(super) fn page(written: &str, part: Part) -> Result<Option<String>, RegistrationError> {
    if written.is_empty() {
        return Ok(None);
    }
    let plain = written.len() <= MAX_PAGE && written.bytes().all(|b| b.is_ascii_graphic());
    let is_page = plain && Url::parse(written).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if is_page {
        return Ok(Some(written.to_owned()));
    }
    Err(RegistrationError {
        part,
        message: "expected the URL of a page, such as `https://example.com/terms`".to_owned(),
    })
}
