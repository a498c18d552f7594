//! Liking.

use super::Error;
use super::limits::Subject;
use crate::app::App;
use crate::domain::votes::Tally;
use crate::domain::{CommentId, Refusal, Site, Visitor};

/// Sets whether the visitor likes a comment. Asking twice changes nothing.
pub async fn set_like(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    comment: CommentId,
    liked: bool,
) -> Result<Tally, Error> {
    let Visitor::Member { account, member, .. } = visitor else { return Err(Refusal::SignInNeeded.into()) };
    let now = app.clock.now();
    if !member.standing.may_write(now) {
        return Err(Refusal::Banned.into());
    }
    if !site.settings.likes {
        return Err(Refusal::LikesOff.into());
    }
    app.limits.vote.check(Subject::Account(account.id))?;
    Ok(app.store.set_like(site.id, comment, account.id, liked, now).await??)
}
