//! Takes from a reply what the command asked for.

use anyhow::bail;

use crate::control::Reply;
use crate::control::clients::ClientView;
use crate::control::tokens::TokenView;
use crate::control::written::Sealed;

/// What a [`Reply`] is expected to hold.
macro_rules! expect {
    ($name:ident, $variant:ident, $type:ty) => {
        pub(super) fn $name(reply: Reply) -> anyhow::Result<$type> {
            match reply {
                Reply::$variant(held) => Ok(held),
                _ => bail!(OTHER_VERSION),
            }
        }
    };
}

expect!(users, Users, Vec<crate::control::reply::UserView>);
expect!(user, User, crate::control::reply::UserView);
expect!(added, Added, String);
expect!(imported, Imported, usize);
expect!(sessions, Sessions, Vec<crate::control::reply::SessionView>);
expect!(secret, Secret, Sealed);
expect!(keys, Keys, Vec<crate::control::reply::KeyView>);
expect!(key, Key, crate::control::reply::KeyView);
expect!(retired, Retired, Option<String>);
expect!(clients, Clients, Vec<ClientView>);
expect!(client, Client, ClientView);
expect!(tokens, Tokens, Vec<TokenView>);
expect!(ended, Ended, u64);
expect!(explained, Explained, crate::explain::Explanation);
expect!(status, Status, crate::control::reply::Status);

pub(super) fn new_client(reply: Reply) -> anyhow::Result<(ClientView, Option<Sealed>)> {
    match reply {
        Reply::NewClient(client, secret) => Ok((client, secret)),
        _ => bail!(OTHER_VERSION),
    }
}

pub(super) fn new_token(reply: Reply) -> anyhow::Result<(TokenView, Sealed)> {
    match reply {
        Reply::NewToken(token, secret) => Ok((token, secret)),
        _ => bail!(OTHER_VERSION),
    }
}

const OTHER_VERSION: &str = "the server answered something else; it is of another version: restart it";
