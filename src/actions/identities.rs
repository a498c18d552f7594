//! Where somebody's account is linked to: for their account page.

use super::{Error, notices, providers, tokens};
use crate::app::App;
use crate::domain::identities::LinkedIdentity;
use crate::domain::notices::NoticeKind;
use crate::domain::{Account, IdentityKey, ProviderId, Refusal};
use crate::storage::accounts::{LinkPurpose, Ways};

/// The latest used first.
pub async fn list(app: &App, account: &Account) -> Result<Vec<LinkedIdentity>, Error> {
    Ok(app.store.identities_of(account.id).await?)
}

/// Unlinks one, unless it is the last way into the account. What was signed in by way of it is signed out.
pub async fn unlink(app: &App, account: &Account, identity: IdentityKey) -> Result<(), Error> {
    let linked = app.store.identities_of(account.id).await?;
    let Some(linked) = linked.into_iter().find(|linked| linked.identity.key() == identity) else {
        return Ok(());
    };
    let provider = providers::name_or_id(app, &linked.identity.provider).to_owned();
    let tell = notices::to_owner(app, account.id, NoticeKind::IdentityUnlinked { provider }).await?;
    app.store.unlink_identity(account.id, identity, ways(app), tell, app.clock.now()).await??;
    // Those of sessions that go on are asked for anew.
    app.access_tokens.end_account(account.id);
    app.wakeup.wake();
    Ok(())
}

/// How people can sign in here besides a password.
pub(super) fn ways(app: &App) -> Ways {
    let providers = app.providers.iter().map(|provider| provider.id().clone()).collect();
    Ways { mail: app.mailer.is_some(), providers }
}

/// Somebody asked their provider to have their data here deleted, and it says so, signed. What was linked is unlinked,
/// even if it was the last way in, and what was signed in by way of it is signed out; the answer is a code that stands for
/// having done it ([`was_deleted`]). It is the same whether or not the person was known.
pub async fn delete_as_asked(app: &App, provider: &ProviderId, signed: &str) -> Result<String, Error> {
    let provider = app.providers.get(provider).ok_or(Refusal::UnknownProvider)?;
    let identity = provider.deletion_wanted(signed).map_err(|error| {
        tracing::warn!(provider = %provider.id(), "nothing was deleted: {error}");
        Refusal::ProviderRefused { provider: provider.name().to_owned() }
    })?;
    if let Some(account) = app.store.forget_identity(identity.key()).await? {
        app.access_tokens.end_account(account);
    }
    let code = tokens::eight_characters(&*app.chance);
    let done = LinkPurpose::Deleted { provider: provider.id().clone() };
    app.store.add_link(tokens::hash(&code), done, app.clock.now()).await?;
    Ok(code)
}

/// Whether a code stands for a deletion that this provider asked for, and that was done.
pub async fn was_deleted(app: &App, provider: &ProviderId, code: &str) -> Result<bool, Error> {
    let found = app.store.link(tokens::hash(code), app.clock.now()).await?;
    Ok(found == Some(LinkPurpose::Deleted { provider: provider.clone() }))
}
