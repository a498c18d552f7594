//! Links in mails: to sign in, and to prove an account.
//!
//! Invariant: a link completes only in the browser that holds the transaction's cookie; opened elsewhere it says who
//! asked, and does nothing. What is answered does not depend on whether an address is known.

use std::net::IpAddr;

use super::limits::Subject;
use super::popup::{Purpose, Transaction};
use super::tokens::{self, TokenKind};
use super::{Error, proofs, providers};
use crate::app::{App, random};
use crate::domain::departures::{Asker, DEPARTURE_TTL, MailLink, MailLinkPurpose};
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::{AccountId, Email, Name, Refusal, Timestamp};

/// Mails a link that signs in. An address that nobody has gets one, too: its account is made when the link is used.
pub async fn send(
    app: &App,
    transaction: &Transaction,
    email: &str,
    ip: Option<IpAddr>,
) -> Result<(), Error> {
    if matches!(transaction.purpose, Purpose::Link(_)) {
        return Err(Refusal::NotAllowed.into());
    }
    let email = Email::parse(email)?;
    let name_of = |asker: &Asker| Some((name_of(app, asker)?, asker.origin.to_string()));
    let asker = transaction.asker().and_then(name_of);
    let kind = |token| NoticeKind::SignInLink { token, asker };
    mail(app, transaction, MailLinkPurpose::SignIn, email, kind, ip).await
}

/// Mails a link to the account that an identity waits for.
pub async fn send_proof(app: &App, transaction: &Transaction, ip: Option<IpAddr>) -> Result<(), Error> {
    let (account, provider) = proofs::wanted(app, transaction).await?;
    let facts = app.store.private_facts(account).await?.ok_or(Refusal::CodeGone)?;
    let email = facts.email.filter(|_| facts.email_verified).ok_or(Refusal::CodeGone)?;
    let provider = providers::name_or_id(app, &provider).to_owned();
    let kind = |token| NoticeKind::ProveLink { token, provider };
    mail(app, transaction, MailLinkPurpose::Prove, email, kind, ip).await
}

async fn mail(
    app: &App,
    transaction: &Transaction,
    purpose: MailLinkPurpose,
    email: Email,
    kind: impl FnOnce(String) -> NoticeKind,
    ip: Option<IpAddr>,
) -> Result<(), Error> {
    if app.mailer.is_none() {
        return Err(Refusal::NoMailer.into());
    }
    if let Some(ip) = ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    app.limits.sign_in_mail.check(Subject::recipient(&email))?;
    let (token, hash) = tokens::mint(TokenKind::Mail, &*app.chance);
    let now = app.clock.now();
    let link = MailLink {
        token: hash,
        transaction: transaction.id.clone(),
        purpose,
        email: email.clone(),
        asker: transaction.asker().cloned(),
        asked_at: now,
    };
    let notice = Notice { to: email, kind: kind(token), expires_at: Some(now.plus(DEPARTURE_TTL)) };
    app.store.add_mail_link(link, notice).await?;
    app.wakeup.wake();
    Ok(())
}

/// What a link is about, for whoever opened it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The site and where its page is; `None` if it was the account page.
    pub asker: Option<(Name, Asker)>,
    pub asked_at: Timestamp,
    /// The browser that holds its cookie is the one that asked.
    pub transaction: String,
}

/// Looks at a link, and uses nothing up.
pub async fn look(app: &App, token: &str) -> Result<Seen, Error> {
    let link = find(app, token).await?;
    let asker = link.asker.and_then(|asker| Some((name_of(app, &asker)?, asker)));
    Ok(Seen { asker, asked_at: link.asked_at, transaction: link.transaction })
}

/// Uses a link, once, in the browser that asked: its popup goes on.
pub async fn use_up(app: &App, token: &str, transaction: &Transaction) -> Result<(), Error> {
    let link = find(app, token).await?;
    if link.transaction != transaction.id {
        return Err(Refusal::OpenedElsewhere.into());
    }
    let new_account = AccountId::from_random(random(&*app.chance));
    app.store.use_mail_link(link.token, new_account, app.clock.now()).await??;
    Ok(())
}

async fn find(app: &App, token: &str) -> Result<MailLink, Error> {
    let hash = tokens::recognise(TokenKind::Mail, token).ok_or(Refusal::LinkGone)?;
    Ok(app.store.mailed_link(hash, app.clock.now()).await?.ok_or(Refusal::LinkGone)?)
}

fn name_of(app: &App, asker: &Asker) -> Option<Name> {
    app.store.site(&asker.site).map(|site| site.name.clone())
}
