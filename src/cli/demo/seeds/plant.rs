//! Planting the conversations: through the store's own methods, as if everybody had come and written.
//!
//! Invariant: planting twice plants once. Each comment goes in under an idempotency key, so that a demo that was stopped
//! while planting goes on where it was.

use std::time::Duration;

use anyhow::{Context, anyhow};

use super::dice::Dice;
use super::people::{PEOPLE, Person};
use super::script::{Fate, Said, Who};
use super::{Scene, scenes};
use crate::actions::sessions::new_session;
use crate::actions::tokens;
use crate::app::App;
use crate::cli::demo::magazine::articles;
use crate::domain::comments::{PendingReason, RemovedBy, Verdict};
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{EmailCode, Scope};
use crate::domain::{
    AccountId, Author, CommentId, Email, GuestId, Member, Name, Origin, PageRef, Role, Site, Standing,
    Timestamp, TokenHash,
};
use crate::storage::comments::{Edit, Idempotency, NewComment, NewPage, Posted, SentFrom};
use crate::storage::sessions::PresentedCode;
use crate::text::markdown;

/// How long the busy conversation has been going on.
const AGE: Duration = Duration::from_secs(19 * 24 * 60 * 60);
const SIGN_IN_CODE: &str = "000000";

/// Fills the store, unless that was done before. Says whether it was.
pub async fn plant(app: &App, site: &Site, origin: &Origin) -> anyhow::Result<bool> {
    let busy = page(origin, articles::BUSY);
    if app.store.head(site.id, &busy.key(site, app.clock.now())?).await?.is_some() {
        return Ok(false);
    }
    let scenes = scenes().map_err(|fault| anyhow!("the demo's texts: {fault}"))?;
    let people = accounts(app, site, origin).await?;
    for scene in &scenes {
        planted(app, site, origin, &people, scene)
            .await
            .with_context(|| format!("planting {}", scene.slug))?;
    }
    Ok(true)
}

fn page(origin: &Origin, slug: &str) -> PageRef {
    PageRef { id: None, url: format!("{origin}/{slug}"), canonical: None }
}

/// Everybody's account, in the order of [`PEOPLE`].
async fn accounts(app: &App, site: &Site, origin: &Origin) -> anyhow::Result<Vec<AccountId>> {
    let mut dice = Dice::new(1872);
    let mut ids = Vec::new();
    for person in &PEOPLE {
        let id = AccountId::from_random(dice.bytes());
        let email = Email::parse(&person.email())?;
        let id = match app.store.account_by_email(&email).await? {
            Some(account) => account.id,
            None => signed_up(app, site, origin, person, email, id).await?,
        };
        if person.role != Role::None {
            let member = Member::new(site.id, id, app.clock.now());
            app.store.set_member(Member { role: person.role, ..member }).await?;
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Comes in by e-mail as anybody would; the mail has expired before it could be sent.
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
    let code = tokens::short_code_hash(challenge, SIGN_IN_CODE);
    let waiting = EmailCode {
        challenge,
        site: site.id,
        origin: origin.clone(),
        email: email.clone(),
        code,
        wrong_tries: 0,
        created_at: now,
    };
    let kind = NoticeKind::SignInCode {
        code: SIGN_IN_CODE.to_owned(),
        site: site.name.clone(),
        origin: origin.to_string(),
    };
    let notice = Notice { to: email, kind, expires_at: Some(Timestamp::EPOCH) };
    app.store.start_email_code(waiting, notice).await?;
    let presented = PresentedCode { challenge, code, site: site.id, origin: origin.clone() };
    let scope = Scope::Widget { site: site.id, origin: origin.clone() };
    let (session, _) = new_session(app, None, scope, "the demo");
    let (account, session) = app.store.redeem_email_code(presented, id, session, now).await??;
    app.store.end_session(session.id).await?;
    app.store.set_name(account.id, Name::parse(person.name)?).await??;
    Ok(account.id)
}

async fn planted(
    app: &App,
    site: &Site,
    origin: &Origin,
    people: &[AccountId],
    scene: &Scene,
) -> anyhow::Result<()> {
    let mut dice = Dice::new(scene.slug.bytes().map(u64::from).sum());
    let now = app.clock.now();
    let moments = moments(&scene.said, now, &mut dice);
    let ids: Vec<_> = scene.said.iter().map(|_| CommentId::from_random(dice.bytes())).collect();
    let title = articles::by_slug(scene.slug).map_or_else(String::new, |article| article.title.to_owned());
    let page_ref = page(origin, scene.slug);
    let new_page = NewPage { key: page_ref.key(site, now)?, url: page_ref.address(site, now)?, title };
    // In the order in which they were written: that is the order they keep.
    let mut order: Vec<usize> = (0..scene.said.len()).collect();
    order.sort_by_key(|at| moments[*at]);
    for at in order {
        let said = &scene.said[at];
        let (first_text, _) = edited_text(said);
        let author = author(said, people, &mut dice)?;
        let new = NewComment {
            id: ids[at],
            site: site.id,
            page: new_page.clone(),
            parent: said.parent.map(|parent| ids[parent]),
            guest_token: matches!(author, Author::Guest { .. }).then(|| TokenHash(doubled(dice.bytes()))),
            author,
            body: markdown::parse(first_text),
            markdown: first_text.to_owned(),
            posted_at: moments[at],
            standing: standing(said.fate),
            sent_from: SentFrom::default(),
            idempotency: Some(Idempotency {
                key: format!("demo-{}-{at}", scene.slug),
                request: tokens::hash(&said.text),
            }),
            notices: Vec::new(),
        };
        match app.store.publish(new).await?? {
            Posted::New(_) => afterwards(app, site, people, said, ids[at], moments[at], &mut dice).await?,
            Posted::Repeat(_) => {}
        }
    }
    // Last: nobody answers what is not there any more.
    for (at, said) in scene.said.iter().enumerate() {
        removed(app, site, people, said, ids[at], moments[at]).await?;
    }
    if scene.closed
        && let Some(head) = app.store.head(site.id, &new_page.key).await?
    {
        app.store.set_closed(site.id, head.thread, true, people[0], now).await??;
    }
    Ok(())
}

/// What happened to a comment since it was written.
async fn afterwards(
    app: &App,
    site: &Site,
    people: &[AccountId],
    said: &Said,
    id: CommentId,
    posted_at: Timestamp,
    dice: &mut Dice,
) -> anyhow::Result<()> {
    let store = &app.store;
    let later = posted_at.plus(Duration::from_secs(8 * 60));
    if let (_, Some(whole)) = edited_text(said) {
        let edit = Edit {
            comment: id,
            body: markdown::parse(whole),
            markdown: whole.to_owned(),
            edited_at: later,
            standing: Standing::Published,
        };
        store.edit(site.id, edit).await??;
    }
    let mut readers: Vec<_> =
        (0..people.len()).filter(|reader| said.who != Who::Person(*reader)).map(|at| people[at]).collect();
    dice.shuffle(&mut readers);
    for reader in readers.into_iter().take(said.likes) {
        store.set_like(site.id, id, reader, true, later).await??;
    }
    if said.pinned {
        store.moderate(site.id, id, Verdict::Pin, people[0], later).await??;
    }
    Ok(())
}

async fn removed(
    app: &App,
    site: &Site,
    people: &[AccountId],
    said: &Said,
    id: CommentId,
    posted_at: Timestamp,
) -> anyhow::Result<()> {
    let (by, who) = match (said.fate, &said.who) {
        (Fate::RemovedByAuthor, Who::Person(who)) => (RemovedBy::Author, Some(people[*who])),
        (Fate::RemovedByAuthor, Who::Guest(_)) => (RemovedBy::Author, None),
        (Fate::RemovedByModerator, _) => (RemovedBy::Moderator, Some(people[0])),
        (Fate::Published | Fate::Pending | Fate::Spam, _) => return Ok(()),
    };
    let later = posted_at.plus(Duration::from_secs(40 * 60));
    app.store.remove(site.id, id, by, who, later).await??;
    Ok(())
}

/// When each was written: roots spread over the time since the beginning, replies soon after what they answer.
fn moments(said: &[Said], now: Timestamp, dice: &mut Dice) -> Vec<Timestamp> {
    let began = now.minus(AGE);
    let roots = said.iter().filter(|line| line.parent.is_none()).count().max(1);
    let mut root = 0;
    let mut moments: Vec<Timestamp> = Vec::new();
    for line in said {
        let moment = match line.parent {
            None => {
                root += 1;
                let at = (root as f64 - dice.fraction()) / (roots as f64 + 0.5);
                began.plus(AGE.mul_f64(at))
            }
            Some(parent) => {
                let left = now.since(moments[parent]);
                moments[parent].plus(left.mul_f64(0.002 + 0.1 * dice.fraction().powi(3)))
            }
        };
        moments.push(moment);
    }
    moments
}

fn author(said: &Said, people: &[AccountId], dice: &mut Dice) -> anyhow::Result<Author> {
    Ok(match &said.who {
        Who::Person(who) => Author::Account(people[*who]),
        Who::Guest(name) => {
            Author::Guest { id: GuestId::from_random(dice.bytes()), name: Name::parse(name)? }
        }
    })
}

fn standing(fate: Fate) -> Standing {
    match fate {
        Fate::Pending => Standing::Pending(PendingReason::NewGuest),
        Fate::Spam => Standing::Spam,
        Fate::Published | Fate::RemovedByAuthor | Fate::RemovedByModerator => Standing::Published,
    }
}

/// What was posted first, and what it was changed to.
fn edited_text(said: &Said) -> (&str, Option<&str>) {
    match said.text.rsplit_once("\n\n") {
        Some((first, _)) if said.edited => (first, Some(&said.text)),
        _ => (&said.text, None),
    }
}

fn doubled(half: [u8; 16]) -> [u8; 32] {
    let mut whole = [0; 32];
    whole[..16].copy_from_slice(&half);
    whole[16..].copy_from_slice(&half);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_after_what_they_answer_and_before_now() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        for scene in scenes().unwrap() {
            let moments = moments(&scene.said, now, &mut Dice::new(3));
            for (line, moment) in scene.said.iter().zip(&moments) {
                assert!(*moment < now && now.since(*moment) <= AGE);
                assert!(line.parent.is_none_or(|parent| moments[parent] < *moment));
            }
        }
    }
}
