//! Sessions of widgets: made by a code, kept alive by a rotating refresh token, ended here or everywhere.

use super::Error;
use super::tokens::{self, TokenKind};
use crate::app::{App, random};
use crate::domain::sessions::{RefreshStep, Scope, Session, TOUCH_PERIOD, Via};
use crate::domain::{Account, AccountId, Member, Name, Origin, Refusal, SessionId, Site, TokenHash, Visitor};
use crate::storage::sessions::{NewSession, PresentedCode, Redeemed};

/// A signed-in widget.
#[derive(Debug)]
pub struct SignedIn {
    pub access: String,
    /// A refresh token to keep instead of the last one; `None` if that one still serves.
    pub refresh: Option<String>,
    pub visitor: Visitor,
    /// What a provider calls somebody who has not told us their name yet.
    pub suggested_name: Option<Name>,
    /// How many comments that they wrote as a guest became theirs, if they asked for that.
    pub claimed: Option<u64>,
}

/// A session that is not stored yet, and its first refresh token. Who it is for the store fills in, if only it knows.
pub fn new_session(
    app: &App,
    account: Option<&Account>,
    scope: Scope,
    device: &str,
    via: Via,
) -> (NewSession, String) {
    let now = app.clock.now();
    let kind = match scope {
        Scope::Widget { .. } => TokenKind::Refresh,
        Scope::FirstParty | Scope::Dashboard => TokenKind::FirstParty,
    };
    let (token, refresh) = tokens::mint(kind, &*app.chance);
    let session = Session {
        id: SessionId::from_random(random(&*app.chance)),
        account: account.map_or_else(|| AccountId::from_random([0; 16]), |account| account.id),
        scope,
        epoch: account.map_or(0, |account| account.epoch),
        created_at: now,
        used_at: now,
        rotated_at: now,
        generation: 1,
        generation_used: false,
        siblings: 1,
        device: device.chars().filter(|c| !c.is_control()).take(200).collect(),
        via,
    };
    (NewSession { session, refresh }, token)
}

/// The same sign-in under a new id, after something about it changed: as old as it was, so that nothing counts as fresh that
/// was not asked for all it takes.
pub fn continued(app: &App, account: &Account, session: &Session, device: &str) -> (NewSession, String) {
    let (mut new, token) =
        new_session(app, Some(account), session.scope.clone(), device, session.via.clone());
    new.session.created_at = session.created_at;
    (new, token)
}

/// What the widget brings back from the popup.
#[derive(Clone, Copy, Debug)]
pub enum PopupCode<'a> {
    /// Posted by the popup to its opener.
    Posted(&'a str),
    /// Typed by the person, because the popup had lost its opener.
    Pasted(&'a str),
}

/// Redeems what the popup left: only the widget that holds the verifier can, from the origin that asked, once.
pub async fn exchange(
    app: &App,
    site: &Site,
    origin: &Origin,
    code: PopupCode<'_>,
    verifier: &str,
    device: &str,
) -> Result<SignedIn, Error> {
    let challenge = tokens::challenge_of(verifier).ok_or(Refusal::CodeGone)?;
    let scope = Scope::Widget { site: site.id, origin: origin.clone() };
    // How they signed in, the code knows.
    let (new, refresh) = new_session(app, None, scope, device, Via::Password);
    let now = app.clock.now();
    let presented = |code| PresentedCode { challenge, code, site: site.id, origin: origin.clone() };
    let Redeemed { account, session, suggested_name } = match code {
        PopupCode::Posted(code) => {
            let code = tokens::recognise(TokenKind::Exchange, code).ok_or(Refusal::CodeGone)?;
            app.store.redeem_exchange_code(presented(code), new, now).await??
        }
        PopupCode::Pasted(code) => {
            let code: String =
                code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
            let code = tokens::short_code_hash(challenge, &code);
            app.store.redeem_pasted_code(presented(code), new, now).await??
        }
    };
    let signed_in = signed_in(app, site, origin, account, &session, Some(refresh)).await?;
    Ok(SignedIn { suggested_name, ..signed_in })
}

/// A new access token, and a new refresh token when rotation is due. Writes nothing most of the time.
pub async fn refresh(app: &App, site: &Site, origin: &Origin, token: &str) -> Result<SignedIn, Error> {
    let hash = tokens::recognise(TokenKind::Refresh, token).ok_or(Refusal::SessionEnded)?;
    let now = app.clock.now();
    let presented = app.store.presented(hash, now).await?.ok_or(Refusal::SessionEnded)?;
    let theirs = presented.session.scope == (Scope::Widget { site: site.id, origin: origin.clone() });
    if !theirs || !site.stands_by(&presented.session) {
        return Err(Refusal::SessionEnded.into());
    }
    if presented.session.refresh_step(presented.token.generation, now) == RefreshStep::Keep {
        return signed_in(app, site, origin, presented.account, &presented.session, None).await;
    }
    let (fresh, fresh_hash) = tokens::mint(TokenKind::Refresh, &*app.chance);
    let refreshed = app.store.refresh(hash, fresh_hash, now).await?;
    if refreshed.is_err() {
        // Whoever copied an old token may also hold access tokens of the family that was just ended.
        app.access_tokens.end_session(presented.session.id);
    }
    let (step, session, account) = refreshed?;
    let issued = matches!(step, RefreshStep::Issue { .. }).then_some(fresh);
    signed_in(app, site, origin, account, &session, issued).await
}

/// Hands out the access token; the last gate for people who were banned.
pub(super) async fn signed_in(
    app: &App,
    site: &Site,
    origin: &Origin,
    account: Account,
    session: &Session,
    refresh: Option<String>,
) -> Result<SignedIn, Error> {
    let now = app.clock.now();
    let member =
        app.store.member(site.id, account.id).await?.unwrap_or_else(|| Member::new(site.id, account.id, now));
    if !member.standing.may_write(now) {
        app.store.end_session(session.id).await?;
        app.access_tokens.end_session(session.id);
        return Err(Refusal::Banned.into());
    }
    let access = app.access_tokens.mint(session.id, account.id, site.id, origin.clone(), now, &*app.chance);
    let visitor = Visitor::Member { account, member, session: session.id, via: session.via.clone() };
    Ok(SignedIn { access, refresh, visitor, suggested_name: None, claimed: None })
}

/// Ends the session of a refresh token; with `everywhere`, all sessions of its account. An unknown token is signed out
/// already.
pub async fn sign_out(app: &App, token: &str, everywhere: bool) -> Result<(), Error> {
    let hash = tokens::recognise(TokenKind::Refresh, token)
        .or_else(|| tokens::recognise(TokenKind::FirstParty, token));
    let Some(presented) = presented(app, hash).await? else { return Ok(()) };
    if everywhere {
        app.store.end_all_sessions(presented.account.id).await?;
        app.access_tokens.end_account(presented.account.id);
    } else {
        app.store.end_session(presented.session.id).await?;
        app.access_tokens.end_session(presented.session.id);
    }
    Ok(())
}

async fn presented(
    app: &App,
    token: Option<TokenHash>,
) -> Result<Option<crate::storage::sessions::Presented>, Error> {
    match token {
        Some(token) => Ok(app.store.presented(token, app.clock.now()).await?),
        None => Ok(None),
    }
}

/// The account and session behind a first-party or dashboard cookie.
pub async fn first_party(
    app: &App,
    cookie: &str,
    scope: &Scope,
) -> Result<Option<(Account, Session)>, Error> {
    let presented = presented(app, tokens::recognise(TokenKind::FirstParty, cookie)).await?;
    let Some(presented) = presented.filter(|presented| presented.session.scope == *scope) else {
        return Ok(None);
    };
    let now = app.clock.now();
    // Idle means not used, so use is written down; once a day is enough for a limit of thirty.
    if now.since(presented.session.used_at) >= TOUCH_PERIOD {
        app.store.touch_session(presented.session.id, now).await?;
    }
    Ok(Some((presented.account, presented.session)))
}

/// Gives the visitor the name that others will see.
pub async fn set_name(app: &App, site: &Site, visitor: &Visitor, name: &str) -> Result<Visitor, Error> {
    let Visitor::Member { account, member, session, via } = visitor else {
        return Err(Refusal::SignInNeeded.into());
    };
    super::comments::may_write(app, visitor)?;
    let name = crate::domain::Name::parse(name)?;
    super::comments::refuse_staff_names(app, site, &name, Some(account.id)).await?;
    let account = app.store.set_name(account.id, name).await??;
    Ok(Visitor::Member { account, member: member.clone(), session: *session, via: via.clone() })
}
