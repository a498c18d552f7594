//! Who is asking: from the bearer token of a request to a visitor of this site.

use super::Error;
use super::tokens::{self, TokenKind};
use crate::app::App;
use crate::domain::{Member, Origin, Refusal, Site, Visitor};
use crate::storage::sessions::SignedIn;

/// The visitor that `bearer` names on `site`. Without one, anonymous; with one that is not known here, whose session has
/// ended, or that was given to another origin, `SessionEnded`, so that the widget refreshes.
pub async fn identify(
    app: &App,
    site: &Site,
    bearer: Option<&str>,
    origin: Option<&Origin>,
) -> Result<Visitor, Error> {
    let Some(bearer) = bearer else { return Ok(Visitor::Anonymous) };
    if let Some(token) = tokens::recognise(TokenKind::Guest, bearer) {
        let known = app.store.guest(site.id, token).await?;
        return Ok(Visitor::Guest { token, known });
    }
    let now = app.clock.now();
    let access = app.access_tokens.find(bearer, now).ok_or(Refusal::SessionEnded)?;
    if access.site != site.id || origin.is_some_and(|origin| *origin != access.origin) {
        return Err(Refusal::SessionEnded.into());
    }
    // It may have been ended where this map is not at hand: by a code that came twice, or from the command line.
    let known = app.store.visitor(access.session, site.id, now).await?.ok_or(Refusal::SessionEnded)?;
    let SignedIn { session, account, member } = known;
    if account.id != access.account || !site.stands_by(&session) {
        return Err(Refusal::SessionEnded.into());
    }
    let member = member.unwrap_or_else(|| Member::new(site.id, account.id, now));
    Ok(Visitor::Member { account, member, session: session.id, via: session.via })
}
