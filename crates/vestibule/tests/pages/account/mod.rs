//! A person's own account: a file an endpoint, as in `src/account`.

mod apps;
mod delete;
mod home;
mod password;
mod sessions;
mod tokens;
