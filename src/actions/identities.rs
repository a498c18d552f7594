//! Where somebody's account is linked to: for their account page.

use super::{Error, tokens};
use crate::app::App;
use crate::domain::identities::LinkedIdentity;
use crate::domain::{Account, IdentityKey, ProviderId, Refusal};
use crate::storage::accounts::Ways;

/// The latest used first.
pub async fn list(app: &App, account: &Account) -> Result<Vec<LinkedIdentity>, Error> {
    Ok(app.store.identities_of(account.id).await?)
}

/// Unlinks one, unless it is the last way into the account.
pub async fn unlink(app: &App, account: &Account, identity: IdentityKey) -> Result<(), Error> {
    Ok(app.store.unlink_identity(account.id, identity, ways(app)).await??)
}

/// How people can sign in here besides a password.
pub(super) fn ways(app: &App) -> Ways {
    let providers = app.providers.iter().map(|provider| provider.id().clone()).collect();
    Ways { mail: app.mailer.is_some(), providers }
}

/// Somebody asked their provider to have their data here deleted, and it says so, signed. What was linked is unlinked,
/// even if it was the last way in; the answer is a code that stands for having done it. It is the same whether or not the
/// person was known.
pub async fn delete_as_asked(app: &App, provider: &ProviderId, signed: &str) -> Result<String, Error> {
    let provider = app.providers.get(provider).ok_or(Refusal::UnknownProvider)?;
    let identity = provider.deletion_wanted(signed).map_err(|error| {
        tracing::warn!(provider = %provider.id(), "nothing was deleted: {error}");
        Refusal::ProviderRefused { provider: provider.name().to_owned() }
    })?;
    app.store.forget_identity(identity.key()).await?;
    Ok(tokens::eight_characters(&*app.chance))
}
