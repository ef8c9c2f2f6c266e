//! Clients as the ledger tells them to others.

use vestibule_gate::grant::Client;
use vestibule_gate::id::UserId;
use vestibule_gate::time::Timestamp;

/// A client and what the ledger knows of it besides. Its secrets stay inside.
#[derive(Debug, Clone)]
pub struct ClientRecord {
    /// The registration.
    pub client: Client,
    /// By the configuration file: no command changes it.
    pub declared: bool,
    /// Whom its client_credentials tokens speak for; a machine client has one.
    pub service: Option<UserId>,
    /// When it was added.
    pub created_at: Timestamp,
}
