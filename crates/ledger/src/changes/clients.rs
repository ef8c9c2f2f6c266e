//! Clients are added, changed, given secrets, and deleted: by the operator's commands, and by the configuration file,
//! whose clients win and are changed nowhere else.

use vestibule_gate::account::{DisplayName, Profile, Roles};
use vestibule_gate::grant::{Client, ClientId, ClientKind};
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;
use vestibule_gate::time::Span;
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};

use crate::client::ClientRecord;
use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::clients;
use crate::store::users::{self, UserRow};
use crate::user::User;

/// Why a client stayed as it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// Somebody has this id.
    #[error("there is a client with this id; `vestibule client set` changes it")]
    Taken,
    /// There is none.
    #[error("there is no such client; `vestibule client list` shows them")]
    NoSuchClient,
    /// The configuration file has it.
    #[error("the configuration file declares this client: change it there, and reload")]
    Declared,
    /// Its kind has no secret.
    #[error("a client of this kind is public and has no secret")]
    Public,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Adds a client. One that is not public gets a secret, which nobody keeps.
///
/// # Errors
/// [`ClientError`].
pub async fn add_client(ledger: &Ledger, client: Client) -> Result<Option<Secret>, ClientError> {
    let mut change = Change::begin(ledger).await?;
    if clients::find(change.sql(), &client.id).await?.is_some() {
        return Err(ClientError::Taken);
    }
    let id = client.id.clone();
    let is_public = client.kind.is_public();
    put(ledger, &mut change, client, None, false).await?;
    let secret = if is_public { None } else { Some(new_secret(ledger, &mut change, &id).await?) };
    change.commit(Vec::new()).await?;
    tracing::info!(client = %id, "a client was added");
    Ok(secret)
}

/// Puts a client's registration in the place of the one that has its id. Its tokens are answered by the new one from the
/// very next resolve.
///
/// # Errors
/// [`ClientError`].
pub async fn set_client(ledger: &Ledger, client: Client) -> Result<(), ClientError> {
    let mut change = Change::begin(ledger).await?;
    let before = own(&mut change, &client.id).await?;
    let id = client.id.clone();
    put(ledger, &mut change, client, Some(before), false).await?;
    change.commit(vec![Forget::All]).await?;
    tracing::info!(client = %id, "a client was changed");
    Ok(())
}

/// Deletes a client: its tokens end, and what people have allowed it is forgotten.
///
/// # Errors
/// [`ClientError`].
pub async fn delete_client(ledger: &Ledger, id: &ClientId) -> Result<(), ClientError> {
    let mut change = Change::begin(ledger).await?;
    own(&mut change, id).await?;
    clients::delete(change.sql(), id).await?;
    change.commit(vec![Forget::All]).await?;
    tracing::info!(client = %id, "a client was deleted, and its sessions ended");
    Ok(())
}

/// Gives a client another secret. The last one goes on for `overlap`; those before it end now.
///
/// # Errors
/// [`ClientError`].
pub async fn rotate_client_secret(ledger: &Ledger, id: &ClientId, overlap: Span) -> Result<Secret, ClientError> {
    let mut change = Change::begin(ledger).await?;
    let record = own(&mut change, id).await?;
    if record.client.kind.is_public() {
        return Err(ClientError::Public);
    }
    clients::retire_secrets(change.sql(), id, ledger.now().plus(overlap)).await?;
    let secret = new_secret(ledger, &mut change, id).await?;
    change.commit(Vec::new()).await?;
    tracing::info!(client = %id, "a client has a new secret");
    Ok(secret)
}

/// A client as the configuration file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredClient {
    /// The registration.
    pub client: Client,
    /// The hash of its secret, which is somebody else's choice and has no tag of ours; a public client has none.
    pub secret: Option<TokenHash>,
}

/// Makes the declared clients what the configuration file says: those that are no longer there are deleted, with all that
/// they were granted. No two of them may have the same secret.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn declare_clients(ledger: &Ledger, declared: &[DeclaredClient]) -> Result<(), Fault> {
    let mut change = Change::begin(ledger).await?;
    let before = clients::list(change.sql()).await?;
    let is_gone = |record: &&ClientRecord| record.declared && !declared.iter().any(|d| d.client.id == record.client.id);
    for gone in before.iter().filter(is_gone) {
        clients::delete(change.sql(), &gone.client.id).await?;
        tracing::info!(client = %gone.client.id, "a client is no longer declared: it was deleted");
    }
    let is_as_before = |declared: &DeclaredClient| before.iter().any(|r| r.declared && r.client == declared.client);
    // A reload that changes nothing here must not empty the memory of every session.
    let is_news = before.iter().any(|record| is_gone(&record)) || !declared.iter().all(is_as_before);
    for DeclaredClient { client, secret } in declared {
        let record = before.iter().find(|record| record.client.id == client.id).cloned();
        put(ledger, &mut change, client.clone(), record, true).await?;
        clients::set_secret(change.sql(), &client.id, *secret, ledger.now()).await?;
    }
    change.commit(if is_news { vec![Forget::All] } else { Vec::new() }).await
}

/// A client that no file declares.
async fn own(change: &mut Change, id: &ClientId) -> Result<ClientRecord, ClientError> {
    let record = clients::find(change.sql(), id).await?.ok_or(ClientError::NoSuchClient)?;
    if record.declared { Err(ClientError::Declared) } else { Ok(record) }
}

async fn put(
    ledger: &Ledger,
    change: &mut Change,
    client: Client,
    before: Option<ClientRecord>,
    declared: bool,
) -> Result<(), Fault> {
    let service = match before.as_ref().and_then(|record| record.service) {
        None if client.kind == ClientKind::Machine => Some(add_service(ledger, change, &client.name).await?),
        service => service,
    };
    let created_at = before.map_or_else(|| ledger.now(), |record| record.created_at);
    clients::put(change.sql(), &ClientRecord { client, declared, service, created_at }).await
}

/// Adds a service: a user of its own, so that its id can be no person's.
pub(super) async fn add_service(ledger: &Ledger, change: &mut Change, name: &str) -> Result<UserId, Fault> {
    let now = ledger.now();
    let user = User {
        id: mint::user_id(now)?,
        email: None,
        name: DisplayName::parse(name).map_err(|_| Fault::Unreadable("a service's name"))?,
        roles: Roles::default(),
        verified: false,
        disabled: false,
        anonymous: false,
        has_password: false,
        service: true,
        profile: Profile::default(),
        updated_at: None,
        created_at: now,
        last_seen_at: None,
    };
    let id = user.id;
    users::insert(change.sql(), &UserRow { user, password_hash: None }).await?;
    Ok(id)
}

async fn new_secret(ledger: &Ledger, change: &mut Change, id: &ClientId) -> Result<Secret, Fault> {
    let secret = mint::secret(SecretKind::Client, ledger.tag_key())?;
    clients::insert_secret(change.sql(), id, secret.hash(), ledger.now()).await?;
    Ok(secret)
}
