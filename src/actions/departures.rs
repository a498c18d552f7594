//! Signing in with an account elsewhere: the way to its provider, and back.
//!
//! Invariant: who comes back holds the cookie of the transaction that left, and a `state` that nobody brought before.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::limits::Subject;
use super::popup::{self, Finished, Purpose, Shown, Transaction};
use super::{Error, proofs, tokens};
use crate::app::{App, random};
use crate::domain::departures::{Back, Departed};
use crate::domain::{AccountId, Profile, ProviderId, Refusal, Via};
use crate::outside::providers::{Departure, Provider, ProviderError};
use crate::storage::identities::Arrived;

/// What a sign-in at a provider came to.
#[derive(Debug)]
pub enum Outcome {
    Finished(Finished),
    /// The identity was linked to the account that is signed in.
    Linked,
    /// The popup waits for something else first ([`proofs::waiting`]).
    Waiting,
    /// The person said no there.
    Cancelled,
}

/// Where to send the browser that goes to a provider.
pub async fn leave(
    app: &App,
    transaction: &Transaction,
    provider: &ProviderId,
    server: Option<String>,
    ip: Option<IpAddr>,
) -> Result<String, Error> {
    if let Some(ip) = ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    let provider = app.providers.get(provider).ok_or(Refusal::UnknownProvider)?;
    let random = || URL_SAFE_NO_PAD.encode(random::<32>(&*app.chance));
    let departure = Departure {
        redirect_uri: redirect_uri(app, provider.id()),
        state: random(),
        nonce: random(),
        verifier: random(),
        server: server.filter(|_| provider.asks_for_server()),
    };
    let sent = provider.begin(&departure).await.map_err(|error| refusal(&**provider, &error))?;
    let departed = Departed {
        state: tokens::hash(&departure.state),
        transaction: transaction.id.clone(),
        provider: provider.id().clone(),
        nonce: departure.nonce,
        verifier: departure.verifier,
        server: departure.server,
        memo: sent.memo,
        left_at: app.clock.now(),
        posted: None,
    };
    app.store.depart(departed).await?;
    Ok(sent.location.into())
}

/// Our address for a provider: its own path, so that no provider can bring back what was meant for another, and never
/// made of what a request says.
pub fn redirect_uri(app: &App, provider: &ProviderId) -> String {
    app.config.server.base_url.join(&format!("/auth/cb/{provider}"))
}

/// Keeps what a provider had the browser post to us. It comes without our cookie, so nothing is believed yet.
pub async fn keep_back(app: &App, provider: &ProviderId, state: &str, back: Back) -> Result<(), Error> {
    app.providers.get(provider).filter(|provider| provider.posts_back()).ok_or(Refusal::UnknownProvider)?;
    Ok(app.store.keep_back(tokens::hash(state), provider.clone(), back, app.clock.now()).await??)
}

/// The transaction that a `state` belongs to. Looking uses nothing up.
pub async fn transaction_of(app: &App, state: &str) -> Result<Option<String>, Error> {
    let departed = app.store.departed(tokens::hash(state), app.clock.now()).await?;
    Ok(departed.map(|departed| departed.transaction))
}

/// A browser that came back, and what it holds.
pub struct Return<'a> {
    pub provider: &'a ProviderId,
    pub state: &'a str,
    pub back: Back,
    /// Who is signed in on this host, in this browser.
    pub signed_in: Option<AccountId>,
    pub device: &'a str,
}

/// Takes the `state`, asks the provider, and goes on by the linking rule.
pub async fn come_back(app: &App, transaction: &Transaction, came: &Return<'_>) -> Result<Outcome, Error> {
    let provider = app.providers.get(came.provider).ok_or(Refusal::UnknownProvider)?;
    let (state, id) = (tokens::hash(came.state), provider.id().clone());
    let departed = app.store.come_back(state, id, transaction.id.clone(), app.clock.now()).await??;
    // What such a provider posts is all it says; a query beside it is somebody else's.
    let back = if provider.posts_back() { departed.posted.unwrap_or_default() } else { came.back.clone() };
    let departure = Departure {
        redirect_uri: redirect_uri(app, provider.id()),
        state: came.state.to_owned(),
        nonce: departed.nonce,
        verifier: departed.verifier,
        server: departed.server,
    };
    match provider.finish(&departure, &departed.memo, back).await {
        Ok(profile) => settle(app, transaction, provider.id(), profile, came).await,
        Err(ProviderError::Cancelled) => Ok(Outcome::Cancelled),
        Err(error) => Err(refusal(&**provider, &error).into()),
    }
}

async fn settle(
    app: &App,
    transaction: &Transaction,
    provider: &ProviderId,
    profile: Profile,
    came: &Return<'_>,
) -> Result<Outcome, Error> {
    // A provider vouches for nobody but its own people.
    if profile.identity.provider != *provider {
        return Err(Refusal::ProviderRefused { provider: provider.to_string() }.into());
    }
    let now = app.clock.now();
    if let Purpose::Link(account) = transaction.purpose {
        // Whoever asked for it must still be the one who is signed in here.
        if came.signed_in != Some(account) {
            return Err(Refusal::SessionEnded.into());
        }
        let tell = proofs::news_of_link(app, account, provider).await?;
        app.store.link_identity(account, profile, tell, now).await??;
        app.wakeup.wake();
        return Ok(Outcome::Linked);
    }
    let new_account = AccountId::from_random(random(&*app.chance));
    let called = profile.name.clone();
    match app.store.arrive(profile, new_account, transaction.id.clone(), now).await? {
        Arrived::At(account) => {
            let shown = Shown {
                account: &account,
                via: Via::Provider(provider.clone()),
                device: Some(came.device),
                called: called.as_deref(),
            };
            Ok(Outcome::Finished(popup::finish(app, transaction, shown).await?))
        }
        Arrived::SecondFactorWanted(_) | Arrived::ProofWanted(_) => Ok(Outcome::Waiting),
    }
}

/// A provider's failure as people read it. The operator's words go to the log; they name no person.
fn refusal(provider: &dyn Provider, error: &ProviderError) -> Refusal {
    let name = provider.name().to_owned();
    match error {
        ProviderError::NoSuchServer(why) => Refusal::NoSuchServer { why: why.clone() },
        ProviderError::Unreachable(why) => {
            tracing::warn!(provider.id = %provider.id(), "a provider could not be reached: {why}");
            Refusal::ProviderUnreachable { provider: name }
        }
        ProviderError::Refused(why) => {
            tracing::warn!(provider.id = %provider.id(), "a sign-in was refused: {why}");
            Refusal::ProviderRefused { provider: name }
        }
        ProviderError::Cancelled => Refusal::ProviderRefused { provider: name },
    }
}
