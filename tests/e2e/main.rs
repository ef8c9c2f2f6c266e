//! The built binary behind real parts.
