//! What an account's owner is told when something about their sign-in changed.

use std::time::Duration;

use super::Error;
use crate::app::App;
use crate::domain::AccountId;
use crate::domain::notices::{Notice, NoticeKind};

/// Late news of this kind only frighten.
const STALE_AFTER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// A mail to the account's own address; `None` if it has shown none to be its, or if no mail is sent here.
pub(super) async fn to_owner(
    app: &App,
    account: AccountId,
    kind: NoticeKind,
) -> Result<Option<Notice>, Error> {
    if app.mailer.is_none() {
        return Ok(None);
    }
    let facts = app.store.private_facts(account).await?.unwrap_or_default();
    let to = facts.email.filter(|_| facts.email_verified);
    let expires_at = Some(app.clock.now().plus(STALE_AFTER));
    Ok(to.map(|to| Notice { to, kind, expires_at }))
}
