//! Signing in by a six-digit code, inside the widget. Nothing here tells whether an address is known: the account is
//! looked up only once the code has proved that the address is theirs.

use super::Error;
use super::limits::Subject;
use super::sessions::{SignedIn, new_session, signed_in};
use super::tokens::{self, TokenKind};
use crate::app::{App, random};
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{EMAIL_CODE_TTL, EmailCode, Scope, Via};
use crate::domain::{AccountId, Email, Origin, Refusal, Site};
use crate::storage::guests::{Claim, Claimed};
use crate::storage::sessions::PresentedCode;

use std::net::IpAddr;

/// Mails a code that only the widget with the verifier of `challenge` can use.
pub async fn start(
    app: &App,
    site: &Site,
    origin: &Origin,
    email: &str,
    challenge: &str,
    ip: Option<IpAddr>,
) -> Result<(), Error> {
    if app.mailer.is_none() {
        return Err(Refusal::NoMailer.into());
    }
    let email = Email::parse(email)?;
    let challenge = tokens::parse_challenge(challenge).ok_or(Refusal::CodeGone)?;
    if let Some(ip) = ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    app.limits.sign_in_mail.check(Subject::recipient(&email))?;
    let digits = tokens::six_digits(&*app.chance);
    let now = app.clock.now();
    let code = EmailCode {
        challenge,
        site: site.id,
        origin: origin.clone(),
        email: email.clone(),
        code: tokens::short_code_hash(challenge, &digits),
        wrong_tries: 0,
        created_at: now,
    };
    let kind = NoticeKind::SignInCode { code: digits, site: site.name.clone(), origin: origin.to_string() };
    app.store
        .start_email_code(code, Notice { to: email, kind, expires_at: Some(now.plus(EMAIL_CODE_TTL)) })
        .await?;
    app.wakeup.wake();
    Ok(())
}

/// Redeems a code. The first sign-in with an address makes its account, still without a name. With `guest`, the token that
/// this browser wrote with before, what it wrote becomes the account's.
#[allow(clippy::too_many_arguments, reason = "what the browser sends, and where it is")]
pub async fn finish(
    app: &App,
    site: &Site,
    origin: &Origin,
    verifier: &str,
    code: &str,
    guest: Option<&str>,
    device: &str,
    ip: Option<IpAddr>,
) -> Result<SignedIn, Error> {
    if let Some(ip) = ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    let challenge = tokens::challenge_of(verifier).ok_or(Refusal::CodeGone)?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let scope = Scope::Widget { site: site.id, origin: origin.clone() };
    let (new, refresh) = new_session(app, None, scope, device, Via::Email);
    let presented = PresentedCode {
        challenge,
        code: tokens::short_code_hash(challenge, &digits),
        site: site.id,
        origin: origin.clone(),
    };
    let account = AccountId::from_random(random(&*app.chance));
    let now = app.clock.now();
    let Some(guest) = guest else {
        let (account, session) = app.store.redeem_email_code(presented, account, new, now).await??;
        return signed_in(app, site, origin, account, &session, Some(refresh)).await;
    };
    let claimed = match claim(app, site, guest).await? {
        Some(claim) => app.store.redeem_email_code_as_guest(presented, account, new, claim, now).await??,
        // Nobody wrote with that token: there is nothing to claim, and no reason to keep anybody out.
        None => {
            let (account, session) = app.store.redeem_email_code(presented, account, new, now).await??;
            Claimed { account, session, comments: 0 }
        }
    };
    let signed_in = signed_in(app, site, origin, claimed.account, &claimed.session, Some(refresh)).await?;
    Ok(SignedIn { claimed: Some(claimed.comments), ..signed_in })
}

/// What a guest's token lets its holder claim. Their name comes along, unless readers could take it for one of the staff
/// by now.
async fn claim(app: &App, site: &Site, token: &str) -> Result<Option<Claim>, Error> {
    let Some(token) = tokens::recognise(TokenKind::Guest, token) else { return Ok(None) };
    let Some(guest) = app.store.guest(site.id, token).await? else { return Ok(None) };
    let name = match super::comments::refuse_staff_names(app, site, &guest.name, None).await {
        Ok(()) => Some(guest.name),
        Err(Error::Refused(Refusal::NameTaken)) => None,
        Err(other) => return Err(other),
    };
    Ok(Some(Claim { token, name }))
}
