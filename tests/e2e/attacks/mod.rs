//! The attacks by name; `docs/attacks.md` has a row for each.

mod brute_force;
mod enumeration;
mod fixation;
mod forgery;
mod injection;
mod oversize;
mod redirect;
mod slow;
mod smuggling;
mod tossing;
