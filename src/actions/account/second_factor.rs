//! One's own second factor. Each change needs a code, so that an open session alone does not do.

use super::Here;
use crate::actions::Error;
use crate::actions::limits::Subject;
use crate::actions::second_factors::{self, Offer};
use crate::app::App;

pub async fn offer(app: &App, here: &Here) -> Result<Offer, Error> {
    here.must_be_fresh(app)?;
    let email = app.store.private_facts(here.account.id).await?.and_then(|facts| facts.email);
    let name = email.as_ref().map_or("", |email| email.as_str());
    second_factors::offer(app, here.account.id, name).await
}

pub async fn turn_on(app: &App, here: &Here, code: &str) -> Result<Vec<String>, Error> {
    here.must_be_fresh(app)?;
    guess(app, here)?;
    second_factors::turn_on(app, here.account.id, code).await
}

pub async fn renew(app: &App, here: &Here, code: &str) -> Result<Vec<String>, Error> {
    guess(app, here)?;
    second_factors::check(app, here.account.id, Some(code)).await?;
    second_factors::renew_recovery_codes(app, here.account.id).await
}

pub async fn turn_off(app: &App, here: &Here, code: &str) -> Result<(), Error> {
    here.must_be_fresh(app)?;
    guess(app, here)?;
    second_factors::check(app, here.account.id, Some(code)).await?;
    Ok(app.store.turn_off_second_factor(here.account.id).await?)
}

/// A million codes are few: they are not to be tried one after the other.
fn guess(app: &App, here: &Here) -> Result<(), Error> {
    Ok(app.limits.sign_in.check(Subject::Account(here.account.id))?)
}
