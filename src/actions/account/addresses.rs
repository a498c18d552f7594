//! A new address: a link to it shows that it is theirs, and the old one is told.

use super::Here;
use crate::actions::limits::Subject;
use crate::actions::sessions::continued;
use crate::actions::tokens::{self, TokenKind};
use crate::actions::{Error, password_proofs};
use crate::app::App;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::{Account, Email, Refusal};
use crate::storage::accounts::LinkPurpose;

/// Mails a link to the new address. Whether another account has it is told to nobody but who can open that link.
pub async fn ask(app: &App, here: &Here, email: &str) -> Result<(), Error> {
    here.must_be_fresh(app)?;
    if app.mailer.is_none() {
        return Err(Refusal::NoMailer.into());
    }
    let email = Email::parse(email)?;
    app.limits.sign_in.check(Subject::Account(here.account.id))?;
    app.limits.sign_in_mail.check(Subject::recipient(&email))?;
    let now = app.clock.now();
    let purpose = LinkPurpose::ConfirmEmail { account: here.account.id, email: email.clone() };
    let (token, hash) = tokens::mint(TokenKind::Link, &*app.chance);
    let notice = Notice {
        to: email,
        kind: NoticeKind::ConfirmAddress { token },
        expires_at: Some(now.plus(purpose.lasts())),
    };
    app.store.mail_link(hash, purpose, notice, now).await?;
    app.wakeup.wake();
    Ok(())
}

/// Uses that link, where the same account is signed in: a link that somebody else asked for moves nobody's address.
/// Ends all other sessions: the answer is the cookie of the one that goes on.
pub async fn confirm(app: &App, here: &Here, token: &str, device: &str) -> Result<(Account, String), Error> {
    let token = tokens::recognise(TokenKind::Link, token).ok_or(Refusal::LinkGone)?;
    let now = app.clock.now();
    let (session, cookie) = continued(app, &here.account, &here.session, device);
    let account = app.store.change_email(token, here.account.id, session, now).await??;
    app.access_tokens.end_account(account.id);
    password_proofs::forget_failures(app, account.id).await?;
    app.wakeup.wake();
    Ok((account, cookie))
}
