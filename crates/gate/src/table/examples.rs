//! Sessions and a table for the tests of this room.

use super::{Limits, SessionRow, Table};
use crate::account::Roles;
use crate::id::{SessionId, UserId};
use crate::time::{Span, Timestamp};
use crate::token::opaque::TokenHash;
use crate::verdict::{Facts, Grant, HeaderPrefix};

pub(super) const LIMITS: Limits =
    Limits { idle_timeout: Span::from_seconds(100), write_interval: Span::from_seconds(10) };

pub(super) fn table(capacity: usize) -> Table {
    Table::new(capacity, HeaderPrefix::default(), LIMITS)
}

pub(super) fn row(session: u128, user: u128) -> SessionRow {
    SessionRow {
        id: SessionId::from_uuid(uuid::Uuid::from_u128(session)),
        user: UserId::from_uuid(uuid::Uuid::from_u128(user)),
        authenticated_at: at(0),
        last_seen: at(0),
        expires_at: at(1000),
        facts: Facts {
            anonymous: false,
            verified: false,
            can_reauthenticate: true,
            roles: Roles::default(),
            amr: vec!["pwd"],
            acr: None,
            grant: Grant::cookie(),
            profile: None,
        },
    }
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

pub(super) fn hash(n: u128) -> TokenHash {
    TokenHash::of(&n.to_be_bytes())
}
