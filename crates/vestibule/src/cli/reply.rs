//! Takes from a reply what the command asked for.

use anyhow::bail;

use crate::control::Reply;

/// What a [`Reply`] is expected to hold.
macro_rules! expect {
    ($name:ident, $variant:ident, $type:ty) => {
        pub(super) fn $name(reply: Reply) -> anyhow::Result<$type> {
            match reply {
                Reply::$variant(held) => Ok(held),
                _ => bail!("the server answered something else; it is of another version: restart it"),
            }
        }
    };
}

expect!(users, Users, Vec<crate::control::reply::UserView>);
expect!(user, User, crate::control::reply::UserView);
expect!(added, Added, String);
expect!(imported, Imported, usize);
expect!(sessions, Sessions, Vec<crate::control::reply::SessionView>);
expect!(secret, Secret, crate::control::written::Sealed);
expect!(ended, Ended, u64);
expect!(status, Status, crate::control::reply::Status);
