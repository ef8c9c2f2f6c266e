//! Signing in and out, signing up: a file an endpoint, as in `src/login`.

mod guest;
mod log_out;
mod password;
mod sign_up;
mod step_up;
