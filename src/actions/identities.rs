//! Where somebody's account is linked to: for their account page.

use super::Error;
use crate::app::App;
use crate::domain::identities::LinkedIdentity;
use crate::domain::{Account, IdentityKey};
use crate::storage::accounts::Ways;

/// The latest used first.
pub async fn list(app: &App, account: &Account) -> Result<Vec<LinkedIdentity>, Error> {
    Ok(app.store.identities_of(account.id).await?)
}

/// Unlinks one, unless it is the last way into the account.
pub async fn unlink(app: &App, account: &Account, identity: IdentityKey) -> Result<(), Error> {
    let ways = Ways { mail: app.mailer.is_some() };
    Ok(app.store.unlink_identity(account.id, identity, ways).await??)
}
