//! What operators ask: is it alive, is it ready, how is it doing. On a listener of its own, and on no other.

pub mod resolves;
