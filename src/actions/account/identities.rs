//! Linking one's account to others elsewhere, and unlinking it.

use std::net::IpAddr;

use super::Here;
use crate::actions::popup::{self, Transaction};
use crate::actions::{Error, departures, identities};
use crate::app::App;
use crate::domain::{IdentityKey, ProviderId};

/// Begins it: the transaction for this browser to hold, and where to go.
pub async fn link(
    app: &App,
    here: &Here,
    provider: &ProviderId,
    server: Option<String>,
    ip: Option<IpAddr>,
) -> Result<(Transaction, String), Error> {
    here.must_be_fresh(app)?;
    let transaction = popup::begin_link(app, here.account.id);
    let location = departures::leave(app, &transaction, provider, server, ip).await?;
    Ok((transaction, location))
}

pub async fn unlink(app: &App, here: &Here, identity: IdentityKey) -> Result<(), Error> {
    here.must_be_fresh(app)?;
    identities::unlink(app, &here.account, identity).await
}
