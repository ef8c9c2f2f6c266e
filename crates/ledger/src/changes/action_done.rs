//! A person has done on a page of ours what an application sent them there for.

use vestibule_gate::id::UserId;
use vestibule_gate::token::opaque::{Secret, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;

use super::start_session::{Proof, authentication};

/// Makes what the application's request presents, once, to be answered. `methods`: how the person proved who they are
/// while they did it.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn action_done(
    ledger: &Ledger,
    user: UserId,
    methods: Vec<&'static str>,
    bound_to: TokenHash,
) -> Result<Secret, Fault> {
    let mut change = Change::begin(ledger).await?;
    let proof = Proof { user, amr: methods, session: None, bound_to };
    let secret = authentication(ledger, &mut change, proof).await?;
    change.commit(Vec::new()).await?;
    Ok(secret)
}
