//! Does what a command asks, with the changes and the queries of the ledger. One arm a command.

use std::fmt::Display;
use std::iter;

use vestibule_gate::account::{Password, Roles};
use vestibule_gate::id::UserId;
use vestibule_gate::token::opaque::TokenHash;
use vestibule_ledger::changes::{self, AddUserError, NewPasswordError, SetPasswordError, Which};
use vestibule_ledger::proof::strength::TooWeak;
use vestibule_ledger::{Ledger, NewUser, User, UserRef, backup, queries};

use super::command::{AddUser, Command, Revoke, SetUser};
use super::reply::{KeyView, Refusal, Reply, SessionView, Status, UserView};
use super::written::{Sealed, Written};
use super::{clients, everywhere, import, tokens};
use crate::texts::Texts;

/// Users in one reply to [`Command::ListUsers`].
const PAGE: u32 = 1000;

/// Performs a command. What it changed is in force, and survives a crash, when this returns.
///
/// # Errors
/// Why not, in words for the operator.
pub async fn perform(ledger: &Ledger, command: Command) -> Result<Reply, Refusal> {
    match command {
        Command::Status => status(ledger).await,
        Command::ListUsers { after } => list(ledger, after.map(|after| after.0)).await,
        Command::ShowUser { who } => Ok(Reply::User(find(ledger, &who.0).await?.into())),
        Command::AddUser(user) => add(ledger, user).await,
        Command::ImportUsers { text } => import_users(ledger, &text).await,
        Command::SetUser(set) => set_user(ledger, set).await,
        Command::DisableUser { who } => done(changes::disable_user(ledger, &who.0).await),
        Command::EnableUser { who } => done(changes::enable_user(ledger, &who.0).await),
        Command::DeleteUser { who } => done(changes::delete_user(ledger, &who.0).await),
        Command::SetPassword { who, password } => set_password(ledger, &who.0, password.0).await,
        Command::CreateSession { who } => {
            let secret = changes::create_session(ledger, &who.0).await.map_err(refusal)?;
            Ok(Reply::Secret(Sealed(secret.expose().to_owned())))
        }
        Command::ListSessions { who } => sessions(ledger, &who.0).await,
        Command::RevokeSessions(which) => revoke(ledger, which).await,
        Command::ListKeys => {
            let keys = queries::keys(ledger).await.map_err(refusal)?;
            Ok(Reply::Keys(keys.into_iter().map(KeyView::from).collect()))
        }
        Command::RotateKeys { algorithm } => {
            let made = changes::rotate_keys(ledger, algorithm.map(|algorithm| algorithm.0)).await;
            made.map(|key| Reply::Key(key.into())).map_err(refusal)
        }
        Command::RetireKey { id } => {
            let heir = changes::retire_key(ledger, &id.0).await.map_err(refusal)?;
            Ok(Reply::Retired(heir.map(|heir| heir.to_string())))
        }
        Command::Client(command) => clients::perform(ledger, command).await,
        Command::Token(command) => tokens::perform(ledger, command).await,
        Command::Explain(_) => Err(refusal(
            "no server runs here, and only a server has rules in force: start it, or try rules with `vestibule rules test`",
        )),
        Command::AndWait { command, at_most } => {
            let reply = Box::pin(perform(ledger, *command)).await?;
            Ok(everywhere::wait(ledger, reply, at_most).await)
        }
        Command::Backup { file } => done(backup::to(ledger, &file).await),
    }
}

async fn status(ledger: &Ledger) -> Result<Reply, Refusal> {
    ledger.check().await.map_err(refusal)?;
    let found = queries::statistics(ledger).await.map_err(refusal)?;
    Ok(Reply::Status(Status {
        process: std::process::id(),
        now: ledger.now().millis(),
        users: found.users,
        guests: found.guests,
        sessions: found.sessions,
    }))
}

async fn list(ledger: &Ledger, after: Option<UserId>) -> Result<Reply, Refusal> {
    let users = queries::users(ledger, after, PAGE).await.map_err(refusal)?;
    Ok(Reply::Users(users.into_iter().map(UserView::from).collect()))
}

async fn add(ledger: &Ledger, user: AddUser) -> Result<Reply, Refusal> {
    let roles = roles(&user.roles)?;
    let (email, name) = (user.email.0, user.name.0);
    let id = user.id.map(|id| id.0);
    let new = NewUser { id, email, name, roles, verified: user.verified, password: None };
    let added = changes::add_user(ledger, new, user.password.map(|password| password.0)).await;
    let id = added.map_err(|error| match error {
        AddUserError::Password(error) => not_taken(ledger, error),
        other => refusal(other),
    })?;
    Ok(Reply::Added(id.to_string()))
}

async fn import_users(ledger: &Ledger, text: &Sealed) -> Result<Reply, Refusal> {
    let (lines, new): (Vec<usize>, Vec<NewUser>) = import::users(&text.0)?.into_iter().unzip();
    let named = |error: AddUserError| match error.index().and_then(|index| lines.get(index)) {
        Some(line) => import::at(*line, &error.to_string()),
        None => refusal(error),
    };
    changes::import_users(ledger, new).await.map(|ids| Reply::Imported(ids.len())).map_err(named)
}

async fn set_user(ledger: &Ledger, set: SetUser) -> Result<Reply, Refusal> {
    let roles = set.roles.as_deref().map(roles).transpose()?;
    let what =
        changes::SetUser { name: set.name.map(|name| name.0), verified: set.verified, roles, claims: set.claims };
    done(changes::set_user(ledger, &set.who.0, what).await)
}

async fn set_password(ledger: &Ledger, who: &UserRef, password: Password) -> Result<Reply, Refusal> {
    let set = changes::set_password(ledger, who, password).await;
    set.map(|_| Reply::Done).map_err(|error| match error {
        SetPasswordError::New(error) => not_taken(ledger, error),
        SetPasswordError::NoSuchUser => refusal(error),
    })
}

async fn sessions(ledger: &Ledger, who: &UserRef) -> Result<Reply, Refusal> {
    let user = find(ledger, who).await?;
    let sessions = queries::sessions(ledger, user.id).await.map_err(refusal)?;
    Ok(Reply::Sessions(sessions.into_iter().map(SessionView::from).collect()))
}

async fn revoke(ledger: &Ledger, which: Revoke) -> Result<Reply, Refusal> {
    let (which, one) = match which {
        Revoke::Session(id) => (Which::Session(id.0), true),
        Revoke::Holder(secret) => (Which::Holder(TokenHash::of(secret.0.as_bytes())), true),
        Revoke::User(who) => (Which::User(who.0), false),
        Revoke::All => (Which::All, false),
    };
    match changes::revoke(ledger, which).await.map_err(refusal)? {
        0 if one => Err(refusal("there is no such session")),
        ended => Ok(Reply::Ended(ended)),
    }
}

pub(super) async fn find(ledger: &Ledger, who: &UserRef) -> Result<User, Refusal> {
    queries::user(ledger, who).await.map_err(refusal)?.ok_or_else(|| refusal("there is no such user"))
}

fn not_taken(ledger: &Ledger, error: NewPasswordError) -> Refusal {
    match error {
        NewPasswordError::TooWeak(weak) => {
            let (score, min_score) = (weak.score, ledger.settings().password.min_score);
            Refusal(format!("{} It scores {score} of 4, and [password] min_score asks for {min_score}.", advice(&weak)))
        }
        NewPasswordError::Busy | NewPasswordError::Fault(_) => refusal(error),
    }
}

/// Why a password can be guessed and what would be better, in the words of the pages.
fn advice(weak: &TooWeak) -> String {
    let texts = Texts::for_request(None);
    let said = weak.warning.iter().chain(&weak.suggestions).map(|name| texts.get(&format!("strength-{name}")));
    iter::once(texts.get("password-weak")).chain(said).collect::<Vec<_>>().join(" ")
}

fn roles(written: &[Written<vestibule_gate::account::Role>]) -> Result<Roles, Refusal> {
    Roles::parse(written.iter().map(|role| role.0.as_str())).map_err(refusal)
}

pub(super) fn done<T, E: Display>(result: Result<T, E>) -> Result<Reply, Refusal> {
    result.map(|_| Reply::Done).map_err(refusal)
}

pub(super) fn refusal(error: impl Display) -> Refusal {
    Refusal(error.to_string())
}
