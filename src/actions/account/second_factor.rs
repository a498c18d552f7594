//! One's own second factor. Each change needs a code, so that an open session alone does not do.

use super::Here;
use crate::actions::Error;
use crate::actions::limits::Subject;
use crate::actions::second_factors::{self, Offer};
use crate::actions::sessions::continued;
use crate::app::App;
use crate::domain::Refusal;

pub async fn offer(app: &App, here: &Here) -> Result<Offer, Error> {
    here.must_be_fresh(app)?;
    let email = app.store.private_facts(here.account.id).await?.and_then(|facts| facts.email);
    let name = email.as_ref().map_or("", |email| email.as_str());
    second_factors::offer(app, here.account.id, name).await
}

/// Ends all other sessions: the recovery codes, and the cookie of the session that goes on.
pub async fn turn_on(
    app: &App,
    here: &Here,
    code: &str,
    device: &str,
) -> Result<(Vec<String>, String), Error> {
    here.must_be_fresh(app)?;
    guess(app, here)?;
    let (session, cookie) = continued(app, &here.account, &here.session, device);
    Ok((second_factors::turn_on(app, here.account.id, code, session).await?, cookie))
}

pub async fn renew(app: &App, here: &Here, code: &str) -> Result<Vec<String>, Error> {
    guess(app, here)?;
    second_factors::check(app, here.account.id, Some(code)).await?;
    second_factors::renew_recovery_codes(app, here.account.id).await
}

pub async fn turn_off(app: &App, here: &Here, code: &str) -> Result<(), Error> {
    here.must_be_fresh(app)?;
    guess(app, here)?;
    let facts = app.store.private_facts(here.account.id).await?;
    if facts.is_some_and(|facts| facts.password_is_short) {
        return Err(Refusal::LongerPasswordFirst.into());
    }
    second_factors::check(app, here.account.id, Some(code)).await?;
    second_factors::turn_off(app, here.account.id).await
}

/// Slows down who tries one after the other.
fn guess(app: &App, here: &Here) -> Result<(), Error> {
    Ok(app.limits.sign_in.check(Subject::Account(here.account.id))?)
}
