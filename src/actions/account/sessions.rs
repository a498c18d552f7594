//! The browsers in which somebody is signed in, and signing out there.

use super::Here;
use crate::actions::Error;
use crate::app::App;
use crate::domain::sessions::Session;
use crate::domain::{AccountId, Refusal, SessionId};

/// All of one's sessions, the latest used first.
pub async fn list(app: &App, here: &Here) -> Result<Vec<Session>, Error> {
    Ok(app.store.sessions_of(here.account.id, app.clock.now()).await?)
}

/// Signs out in one browser. Somebody else's session is not there.
pub async fn end(app: &App, account: AccountId, id: SessionId) -> Result<(), Error> {
    let session = app.store.session(id).await?.filter(|session| session.account == account);
    let session = session.ok_or(Refusal::UnknownSession)?;
    app.store.end_session(session.id).await?;
    app.access_tokens.end_session(session.id);
    Ok(())
}

/// Signs out in every browser.
pub async fn end_all(app: &App, account: AccountId) -> Result<(), Error> {
    app.store.end_all_sessions(account).await?;
    app.access_tokens.end_account(account);
    Ok(())
}
