//! The table of users.

use std::collections::BTreeMap;

use vestibule_gate::account::{DisplayName, EmailAddress, Profile, Roles};
use vestibule_gate::id::UserId;
use vestibule_gate::time::Timestamp;

use crate::fault::Fault;
use crate::user::{StoredHash, User, UserRef};

use super::Connection;
use super::engine::{Row, query};

const COLUMNS: &str = "id, email, name, roles, verified, disabled, anonymous, password_hash, created_at, \
                       last_seen_at, service, profile, updated_at";

/// A user with the password's hash: stays inside the ledger.
#[derive(Debug, Clone)]
pub(crate) struct UserRow {
    pub(crate) user: User,
    pub(crate) password_hash: Option<StoredHash>,
}

/// One user.
pub(crate) async fn find(sql: &mut Connection, who: &UserRef) -> Result<Option<UserRow>, Fault> {
    let row = match who {
        UserRef::Id(id) => query(concat_select("id = $1")).bind(id.to_string()),
        UserRef::Email(email) => query(concat_select("email_key = $1")).bind(email.key().to_owned()),
    };
    row.fetch_optional(sql).await?.as_ref().map(read).transpose()
}

/// The service with this name.
pub(crate) async fn service(sql: &mut Connection, name: &str) -> Result<Option<UserRow>, Fault> {
    let query = query(concat_select("service = 1 AND name = $1 ORDER BY id LIMIT 1")).bind(name.to_owned());
    query.fetch_optional(sql).await?.as_ref().map(read).transpose()
}

fn concat_select(condition: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE {condition}"))
}

/// Users by their ids, behind `after`, at most `limit`.
pub(crate) async fn list(sql: &mut Connection, after: Option<UserId>, limit: i64) -> Result<Vec<User>, Fault> {
    let rows = query(concat_select("id > $1 ORDER BY id LIMIT $2"))
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(limit)
        .fetch_all(sql)
        .await?;
    rows.iter().map(|row| read(row).map(|row| row.user)).collect()
}

/// Adds a user. The caller has made sure that neither id nor e-mail address is taken.
pub(crate) async fn insert(sql: &mut Connection, row: &UserRow) -> Result<(), Fault> {
    let user = &row.user;
    query(
        "INSERT INTO users (id, email, email_key, name, roles, verified, disabled, anonymous, password_hash, created_at, \
         last_seen_at, service, profile) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(user.id.to_string())
    .bind(user.email.as_ref().map(|email| email.shown().to_owned()))
    .bind(user.email.as_ref().map(|email| email.key().to_owned()))
    .bind(user.name.as_str().to_owned())
    .bind(user.roles.header_value())
    .bind(i64::from(user.verified))
    .bind(i64::from(user.disabled))
    .bind(i64::from(user.anonymous))
    .bind(row.password_hash.as_ref().map(|hash| hash.0.clone()))
    .bind(user.created_at.millis())
    .bind(user.last_seen_at.map(Timestamp::millis))
    .bind(i64::from(user.service))
    .bind(profile_text(&user.profile)?)
    .execute(sql)
    .await?;
    Ok(())
}

/// Writes back everything but the id and when it was made and last seen.
pub(crate) async fn update(sql: &mut Connection, row: &UserRow, now: Timestamp) -> Result<(), Fault> {
    let user = &row.user;
    query(
        "UPDATE users SET email = $2, email_key = $3, name = $4, roles = $5, verified = $6, disabled = $7, \
         anonymous = $8, password_hash = $9, profile = $10, updated_at = $11 WHERE id = $1",
    )
    .bind(user.id.to_string())
    .bind(user.email.as_ref().map(|email| email.shown().to_owned()))
    .bind(user.email.as_ref().map(|email| email.key().to_owned()))
    .bind(user.name.as_str().to_owned())
    .bind(user.roles.header_value())
    .bind(i64::from(user.verified))
    .bind(i64::from(user.disabled))
    .bind(i64::from(user.anonymous))
    .bind(row.password_hash.as_ref().map(|hash| hash.0.clone()))
    .bind(profile_text(&user.profile)?)
    .bind(now.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// Deletes a user, and with them their sessions and credentials.
pub(crate) async fn delete(sql: &mut Connection, id: UserId) -> Result<(), Fault> {
    query("DELETE FROM users WHERE id = $1").bind(id.to_string()).execute(sql).await?;
    Ok(())
}

/// Notes when a user was last seen; never backwards.
pub(crate) async fn seen(sql: &mut Connection, id: UserId, at: Timestamp) -> Result<(), Fault> {
    query("UPDATE users SET last_seen_at = $2 WHERE id = $1 AND COALESCE(last_seen_at, 0) < $2")
        .bind(id.to_string())
        .bind(at.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Guests whom nobody has seen since `before`, at most `limit`.
pub(crate) async fn idle_guests(sql: &mut Connection, before: Timestamp, limit: i64) -> Result<Vec<UserId>, Fault> {
    let rows = query(
        "SELECT id FROM users WHERE anonymous = 1 AND COALESCE(last_seen_at, created_at) < $1 \
         AND created_at < $1 LIMIT $2",
    )
    .bind(before.millis())
    .bind(limit)
    .fetch_all(sql)
    .await?;
    rows.iter().map(|row| user_id(row, "id")).collect()
}

/// How many users there are, and how many of them are guests.
pub(crate) async fn count(sql: &mut Connection) -> Result<(i64, i64), Fault> {
    let text = "SELECT COUNT(*) AS everybody, CAST(COALESCE(SUM(anonymous), 0) AS BIGINT) AS guests FROM users";
    let row = query(text).fetch_one(sql).await?;
    Ok((row.try_get("everybody")?, row.try_get("guests")?))
}

pub(super) fn user_id(row: &Row, column: &str) -> Result<UserId, Fault> {
    UserId::parse(row.try_get(column)?).map_err(|_| Fault::Unreadable("a user's id"))
}

fn read(row: &Row) -> Result<UserRow, Fault> {
    let email: Option<&str> = row.try_get("email")?;
    let email = email.map(EmailAddress::parse).transpose().map_err(|_| Fault::Unreadable("an e-mail address"))?;
    let hash: Option<String> = row.try_get("password_hash")?;
    let user = User {
        id: user_id(row, "id")?,
        email,
        name: DisplayName::parse(row.try_get("name")?).map_err(|_| Fault::Unreadable("a name"))?,
        roles: Roles::parse_list(row.try_get("roles")?).map_err(|_| Fault::Unreadable("a role"))?,
        verified: flag(row, "verified")?,
        disabled: flag(row, "disabled")?,
        anonymous: flag(row, "anonymous")?,
        has_password: hash.is_some(),
        service: flag(row, "service")?,
        profile: profile(row.try_get("profile")?)?,
        updated_at: row.try_get::<Option<i64>>("updated_at")?.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        last_seen_at: row.try_get::<Option<i64>>("last_seen_at")?.map(Timestamp::from_millis),
    };
    Ok(UserRow { user, password_hash: hash.map(StoredHash) })
}

fn profile_text(profile: &Profile) -> Result<String, Fault> {
    let claims: BTreeMap<&str, &str> = profile.iter().collect();
    serde_json::to_string(&claims).map_err(|_| Fault::Unreadable("a user's claims"))
}

fn profile(text: &str) -> Result<Profile, Fault> {
    let unreadable = || Fault::Unreadable("a user's claims");
    let claims: BTreeMap<String, String> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut profile = Profile::default();
    for (name, value) in &claims {
        profile.set(name, value).map_err(|_| unreadable())?;
    }
    Ok(profile)
}

pub(super) fn flag(row: &Row, column: &str) -> Result<bool, Fault> {
    match row.try_get::<i64>(column)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Fault::Unreadable("a yes or no")),
    }
}
