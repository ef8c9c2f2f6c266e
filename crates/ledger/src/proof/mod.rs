//! What a person proves themselves with, and how often they may try.

pub mod device;
pub mod limits;
pub mod password;
pub mod strength;
