//! What is read, what is refused, and that what is read has one reading.

mod dialects;
mod hosts;
mod navigation;
mod paths;
mod policies;
mod properties;

use super::{Described, Original, PathPolicies, Unreadable};

fn described<'r>(method: &'r str, scheme: &'r str, host: &'r str, target: &'r str) -> Described<'r> {
    let [method, scheme, host, target] = [method, scheme, host, target].map(str::as_bytes);
    Described { method, scheme, host, target }
}

fn read<'r>(described: &Described<'r>) -> Result<Original<'r>, Unreadable> {
    Original::read(described, &PathPolicies::default())
}
