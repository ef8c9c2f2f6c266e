//! What people tell us about themselves, parsed once at the edge into types that cannot be wrong.

mod email;
mod name;
mod password;
mod profile;
mod role;

pub use email::{EmailAddress, EmailError};
pub use name::{DisplayName, NameError};
pub use password::{Password, PasswordError};
pub use profile::{NAMES as PROFILE_CLAIMS, Profile, ProfileError};
pub(crate) use role::MAX_LIST as MAX_ROLE_LIST;
pub use role::{Role, RoleError, Roles};
