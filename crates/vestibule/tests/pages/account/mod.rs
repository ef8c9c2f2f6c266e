//! A person's own account: a file an endpoint, as in `src/account`.

mod delete;
mod home;
mod password;
mod sessions;
