//! A request as an operator writes it, read as nginx's door reads one.

use vestibule_gate::original::{Dialect, Original, Own, PathPolicies, Unreadable, describe};

/// Reads a method and a URL, with these policies for paths.
///
/// # Errors
/// When they have no reading, or more than one: a door refuses them.
pub fn asked<'r>(method: &'r str, url: &'r str, policies: &PathPolicies) -> Result<Original<'r>, Unreadable> {
    let lines: [(&[u8], &[u8]); 2] = [(b"x-original-method", method.as_bytes()), (b"x-original-url", url.as_bytes())];
    let described = describe(Dialect::Nginx, Own { method: b"GET", target: b"" }, lines.into_iter())?;
    Original::read(&described, policies)
}
