//! Everybody's account. Each comes in by e-mail, as anybody would; their mail has expired before it could be sent.

use futures_util::stream::{self, StreamExt};

use super::dice::Dice;
use super::people::{PEOPLE, Person};
use crate::actions::sessions::new_session;
use crate::actions::tokens;
use crate::app::App;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{EmailCode, Scope, Via};
use crate::domain::{AccountId, Email, Member, Name, Origin, Role, Site, Timestamp};
use crate::storage::sessions::PresentedCode;

const CODE: &str = "000000";

/// Everybody's account, in the order of [`PEOPLE`].
pub async fn accounts(app: &App, site: &Site, origin: &Origin) -> anyhow::Result<Vec<AccountId>> {
    let mut dice = Dice::new(1872);
    let come = PEOPLE.iter().map(|person| {
        let id = AccountId::from_random(dice.bytes());
        account(app, site, origin, person, id)
    });
    stream::iter(come).buffered(PEOPLE.len()).collect::<Vec<_>>().await.into_iter().collect()
}

async fn account(
    app: &App,
    site: &Site,
    origin: &Origin,
    person: &Person,
    id: AccountId,
) -> anyhow::Result<AccountId> {
    let email = Email::parse(&person.email())?;
    let id = match app.store.account_by_email(&email).await? {
        Some(account) => account.id,
        None => signed_up(app, site, origin, person, email, id).await?,
    };
    if person.role != Role::None {
        let member = Member::new(site.id, id, app.clock.now());
        app.store.set_member(Member { role: person.role, ..member }).await?;
    }
    Ok(id)
}

async fn signed_up(
    app: &App,
    site: &Site,
    origin: &Origin,
    person: &Person,
    email: Email,
    id: AccountId,
) -> anyhow::Result<AccountId> {
    let now = app.clock.now();
    let challenge = tokens::hash(&email.lookup());
    let code = tokens::short_code_hash(challenge, CODE);
    let waiting = EmailCode {
        challenge,
        site: site.id,
        origin: origin.clone(),
        email: email.clone(),
        code,
        wrong_tries: 0,
        created_at: now,
    };
    let kind =
        NoticeKind::SignInCode { code: CODE.to_owned(), site: site.name.clone(), origin: origin.to_string() };
    let notice = Notice { to: email, kind, expires_at: Some(Timestamp::EPOCH) };
    app.store.start_email_code(waiting, notice).await?;
    let presented = PresentedCode { challenge, code, site: site.id, origin: origin.clone() };
    let scope = Scope::Widget { site: site.id, origin: origin.clone() };
    let (session, _) = new_session(app, None, scope, "the demo", Via::Email);
    let (account, session) = app.store.redeem_email_code(presented, id, session, now).await??;
    app.store.end_session(session.id).await?;
    app.store.set_name(account.id, Name::parse(person.name)?).await??;
    Ok(account.id)
}
