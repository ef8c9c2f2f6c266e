//! Signing in and out, signing up: a file an endpoint, as in `src/login`.

mod password;
mod sign_up;
