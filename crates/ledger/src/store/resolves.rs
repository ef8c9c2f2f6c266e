//! What a resolve reads: the sessions behind some credentials, with all that their answers say.

use std::collections::HashMap;

use vestibule_gate::account::{DisplayName, EmailAddress, Roles};
use vestibule_gate::grant::ClientKind;
use vestibule_gate::grant::scope::FULL_ACCESS;
use vestibule_gate::table::SessionRow;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::{Facts, Grant, Profile, SessionKind};

use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};
use super::sessions::{amr, kind, session_id, time};
use super::users::{flag, user_id};

/// What the store has for a credential: its live session, or none.
pub(crate) type Looking = Result<Option<Looked>, Fault>;

/// What a read goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How long a session lives at most.
    pub(crate) lifetime: Span,
    /// Whether addresses and names are read, too.
    pub(crate) profiles: bool,
}

/// A credential that was found.
#[derive(Debug)]
pub(crate) struct Looked {
    /// What the table is to know.
    pub(crate) row: SessionRow,
    /// An access token that nobody has used before.
    pub(crate) is_first_use: bool,
}

/// The live sessions of some credentials, in their order, with what their answers say; `None` where there is none.
/// Whether its time is over is not asked here: that is for `gate::decide`. A row that cannot be read is the fault of its
/// own credential only.
///
/// A session cannot end later than a whole lifetime from now, whatever is stored: that bounds what a clock that stood
/// in the future has left behind, and a lifetime that was shortened since.
pub(crate) async fn of_credentials(
    sql: &mut Connection,
    hashes: &[TokenHash],
    terms: Terms,
    now: Timestamp,
) -> Result<Vec<Looking>, Fault> {
    let texts: Vec<String> = hashes.iter().map(|hash| hash.to_text()).collect();
    let (count, statement) = statement_for(texts.len());
    let mut query = query(statement);
    // A statement has more places than there are credentials: the last one stands in all that are left.
    for place in 0..count {
        query = query.bind(texts.get(place).or(texts.last()).map(String::as_str));
    }
    let rows = query.fetch_all(sql).await?;
    let mut found: HashMap<&str, &Row> = HashMap::with_capacity(rows.len());
    for row in &rows {
        found.insert(row.try_get("hash")?, row);
    }
    let looked = |text: &String| found.get(text.as_str()).map_or(Ok(None), |row| live(row, terms, now));
    Ok(texts.iter().map(looked).collect())
}

fn live(row: &Row, terms: Terms, now: Timestamp) -> Looking {
    // Disabling ends every session in the same transaction; this is the belt to those braces.
    if flag(row, "disabled")? {
        return Ok(None);
    }
    // The earliest of the session's own end, its parent's and the credential's.
    let ends = ["expires_at", "parent_expires_at", "credential_expires_at"].map(|column| end(row, column));
    let expires_at =
        ends.into_iter().try_fold(now.plus(terms.lifetime), |least, end| Ok::<_, Fault>(least.min(end?)))?;
    let is_first_use =
        row.try_get::<&str>("credential")? == "access" && row.try_get::<Option<i64>>("used_at")?.is_none();
    let row = SessionRow {
        id: session_id(row)?,
        user: user_id(row, "user_id")?,
        authenticated_at: time(row, "authenticated_at")?,
        last_seen: time(row, "last_seen_at")?.min(now),
        expires_at,
        facts: Facts {
            anonymous: flag(row, "anonymous")?,
            verified: flag(row, "verified")?,
            can_reauthenticate: flag(row, "has_password")?,
            roles: Roles::parse_list(row.try_get("roles")?).map_err(|_| Fault::Unreadable("a role"))?,
            amr: amr(row.try_get("amr")?)?,
            acr: None,
            grant: grant(row)?,
            profile: if terms.profiles { profile(row)? } else { None },
        },
    };
    Ok(Some(Looked { row, is_first_use }))
}

/// A time that may be missing: then it is never.
fn end(row: &Row, column: &str) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(row.try_get::<Option<i64>>(column)?.unwrap_or(i64::MAX)))
}

/// The most credentials that [`of_credentials`] takes at once.
pub(crate) const MOST: usize = 16;

/// A statement with places for so many credentials, or some more, and how many. Three of them, so that each is prepared
/// once a connection.
fn statement_for(count: usize) -> (usize, &'static str) {
    macro_rules! with_places {
        ($places:literal) => {
            concat!(
                "SELECT c.hash, c.kind AS credential, c.scope AS scope, c.expires_at AS credential_expires_at, \
                 c.audience, c.used_at, s.id, s.user_id, s.kind, s.authenticated_at, s.last_seen_at, s.expires_at, s.amr, \
                 s.client_id, p.expires_at AS parent_expires_at, t.kind AS client_kind, \
                 t.full_access AS client_full_access, u.roles, u.verified, u.anonymous, u.disabled, \
                 u.email, u.name, \
                 CAST(CASE WHEN u.password_hash IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password \
                 FROM credentials c JOIN sessions s ON s.id = c.session_id JOIN users u ON u.id = s.user_id \
                 LEFT JOIN sessions p ON p.id = s.parent_id LEFT JOIN clients t ON t.id = s.client_id \
                 WHERE c.hash IN (",
                $places,
                ")"
            )
        };
    }
    match count {
        ..=1 => (1, with_places!("$1")),
        2..=4 => (4, with_places!("$1, $2, $3, $4")),
        5.. => (MOST, with_places!("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16")),
    }
}

/// Who a verified user is; nobody else has an address or a name that counts.
fn profile(row: &Row) -> Result<Option<Profile>, Fault> {
    if !flag(row, "verified")? || flag(row, "anonymous")? {
        return Ok(None);
    }
    let email = row.try_get::<Option<&str>>("email")?.map(EmailAddress::parse).transpose();
    let name = DisplayName::parse(row.try_get("name")?);
    Ok(Some(Profile {
        email: email.map_err(|_| Fault::Unreadable("an e-mail address"))?,
        name: name.map_err(|_| Fault::Unreadable("a name"))?,
    }))
}

/// What the credential was given for.
fn grant(row: &Row) -> Result<Grant, Fault> {
    let kind = kind(row.try_get("kind")?)?;
    if kind == SessionKind::Cookie {
        return Ok(Grant::cookie());
    }
    let scope: &str = row.try_get("scope")?;
    let is_whole = match kind {
        SessionKind::Cookie => true,
        SessionKind::Api => scope.is_empty(),
        SessionKind::Machine => row.try_get::<Option<&str>>("audience")?.is_none(),
        SessionKind::Token => may_be_whole(row)? && scope.split(' ').any(|one| one == FULL_ACCESS),
    };
    let client = row.try_get::<Option<&str>>("client_id")?.map(Box::from);
    Ok(Grant { kind, client, scope: scope.into(), is_whole })
}

/// Whether the client may speak for a whole user today, whatever it might when the token was issued.
fn may_be_whole(row: &Row) -> Result<bool, Fault> {
    let Some(kind) = row.try_get::<Option<&str>>("client_kind")? else { return Ok(false) };
    Ok(match ClientKind::parse(kind).ok_or(Fault::Unreadable("the kind of a client"))? {
        ClientKind::Spa | ClientKind::Web | ClientKind::Native => true,
        ClientKind::Confidential => flag(row, "client_full_access")?,
        ClientKind::ThirdParty | ClientKind::Machine => false,
    })
}
