//! Planting the conversations: through the store's own methods, as if everybody had come and written.
//!
//! Invariant: planting twice plants once. Each comment goes in under an idempotency key, so that a demo that was stopped
//! while planting goes on where it was.

use std::time::Duration;

use anyhow::{Context, anyhow};
use futures_util::stream::{self, StreamExt};

use super::dice::Dice;
use super::script::{Fate, Said, Who};
use super::sign_up::accounts;
use super::{Scene, scenes};
use crate::actions::tokens;
use crate::app::App;
use crate::cli::demo::magazine::articles;
use crate::domain::comments::{PendingReason, RemovedBy, Verdict};
use crate::domain::{
    AccountId, Author, CommentId, GuestId, Name, Origin, PageRef, Site, Standing, Timestamp, TokenHash,
};
use crate::storage::comments::{Edit, Idempotency, NewComment, NewPage, SentFrom};
use crate::text::markdown;

/// How long the busy conversation has been going on.
const AGE: Duration = Duration::from_secs(19 * 24 * 60 * 60);
/// After what time a comment was changed, liked or removed.
const LATER: Duration = Duration::from_secs(8 * 60);
/// How much is handed to the store at once: it commits together what comes together.
const AT_ONCE: usize = 64;

/// Fills the store, unless that was done before; calls `begins` if there is something to do.
pub async fn plant(app: &App, site: &Site, origin: &Origin, begins: impl FnOnce()) -> anyhow::Result<()> {
    let busy = page(origin, articles::BUSY);
    if app.store.head(site.id, &busy.key(site, app.clock.now())?).await?.is_some() {
        return Ok(());
    }
    begins();
    let scenes = scenes().map_err(|fault| anyhow!("the demo's texts: {fault}"))?;
    let people = accounts(app, site, origin).await?;
    for scene in &scenes {
        planted(app, site, origin, &people, scene)
            .await
            .with_context(|| format!("planting {}", scene.slug))?;
    }
    Ok(())
}

fn page(origin: &Origin, slug: &str) -> PageRef {
    PageRef { id: None, url: format!("{origin}/{slug}"), canonical: None }
}

async fn planted(
    app: &App,
    site: &Site,
    origin: &Origin,
    people: &[AccountId],
    scene: &Scene,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut dice = Dice::new(scene.slug.bytes().map(u64::from).sum());
    let moments = moments(&scene.said, now, &mut dice);
    let ids: Vec<_> = scene.said.iter().map(|_| CommentId::from_random(dice.bytes())).collect();
    let page_ref = page(origin, scene.slug);
    let page = NewPage {
        is_settled: true,
        key: page_ref.key(site, now)?,
        url: page_ref.address(site, now)?,
        title: articles::by_slug(scene.slug).map_or_else(String::new, |article| article.title.to_owned()),
    };

    // In the order in which they were written: that is the order they keep.
    let mut order: Vec<usize> = (0..scene.said.len()).collect();
    order.sort_by_key(|at| moments[*at]);
    let mut written = Vec::new();
    for at in order {
        let said = &scene.said[at];
        let author = author(said, people, &mut dice)?;
        written.push(NewComment {
            id: ids[at],
            site: site.id,
            page: page.clone(),
            parent: said.parent.map(|parent| ids[parent]),
            guest_token: matches!(author, Author::Guest { .. }).then(|| TokenHash(doubled(dice.bytes()))),
            author,
            body: markdown::parse(first_text(said)),
            markdown: first_text(said).to_owned(),
            posted_at: moments[at],
            standing: standing(said.fate),
            sent_from: SentFrom::default(),
            idempotency: Some(Idempotency {
                key: format!("demo-{}-{at}", scene.slug),
                request: tokens::hash(&said.text),
            }),
            notices: Vec::new(),
        });
    }
    // The store takes what is handed to it in that order, many to a commit.
    let mut posted = stream::iter(written).map(|new| app.store.publish(new)).buffered(AT_ONCE);
    while let Some(answer) = posted.next().await {
        answer??;
    }
    afterwards(app, site, people, scene, &ids, &moments, &mut dice).await?;
    if scene.closed
        && let Some(head) = app.store.head(site.id, &page.key).await?
    {
        app.store.set_closed(site.id, head.thread, true, people[0], now).await??;
    }
    Ok(())
}

/// What happened to the comments since they were written.
async fn afterwards(
    app: &App,
    site: &Site,
    people: &[AccountId],
    scene: &Scene,
    ids: &[CommentId],
    moments: &[Timestamp],
    dice: &mut Dice,
) -> anyhow::Result<()> {
    let store = &app.store;
    let mut likes = Vec::new();
    for (at, said) in scene.said.iter().enumerate() {
        let (id, later) = (ids[at], moments[at].plus(LATER).min(app.clock.now()));
        if said.edited {
            let edit = Edit {
                comment: id,
                body: markdown::parse(&said.text),
                markdown: said.text.clone(),
                edited_at: later,
                standing: Standing::Published,
            };
            store.edit(site.id, edit).await??;
        }
        let mut readers: Vec<_> = (0..people.len()).filter(|at| said.who != Who::Person(*at)).collect();
        dice.shuffle(&mut readers);
        likes.extend(readers.into_iter().take(said.likes).map(|reader| (id, people[reader], later)));
        if said.pinned {
            store.moderate(site.id, id, Verdict::Pin, people[0], later).await??;
        }
    }
    let like = |(comment, reader, at)| store.set_like(site.id, comment, reader, true, at);
    let mut liked = stream::iter(likes).map(like).buffered(AT_ONCE);
    while let Some(answer) = liked.next().await {
        answer??;
    }
    // Last: nobody answers or likes what is not there any more.
    for (at, said) in scene.said.iter().enumerate() {
        removed(app, site, people, said, ids[at], moments[at].plus(LATER).min(app.clock.now())).await?;
    }
    Ok(())
}

async fn removed(
    app: &App,
    site: &Site,
    people: &[AccountId],
    said: &Said,
    id: CommentId,
    later: Timestamp,
) -> anyhow::Result<()> {
    let (by, who) = match (said.fate, &said.who) {
        (Fate::RemovedByAuthor, Who::Person(who)) => (RemovedBy::Author, Some(people[*who])),
        (Fate::RemovedByAuthor, Who::Guest(_)) => (RemovedBy::Author, None),
        (Fate::RemovedByModerator, _) => (RemovedBy::Moderator, Some(people[0])),
        (Fate::Published | Fate::Pending | Fate::Spam, _) => return Ok(()),
    };
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

/// What was posted first, if the rest was added later.
fn first_text(said: &Said) -> &str {
    match said.text.rsplit_once("\n\n") {
        Some((first, _)) if said.edited => first,
        _ => &said.text,
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
    use std::sync::Arc;

    use super::*;
    use crate::app::Parts;
    use crate::cli::demo::demo_site;
    use crate::cli::machine::{OsChance, SystemClock};
    use crate::cli::wiring;
    use crate::config::Config;
    use crate::domain::Order;
    use crate::outside::mailbox::Mailbox;
    use crate::storage::threads::Window;

    #[tokio::test]
    async fn planting_twice_plants_once() {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        config.storage.directory = directory.path().to_owned();
        config.storage.reserve_bytes = 0;
        let mailbox = Arc::new(Mailbox::new(10));
        let app = App::new(Parts {
            store: wiring::open_store(&config, false).unwrap(),
            config: Arc::new(config),
            clock: Arc::new(SystemClock),
            chance: Arc::new(OsChance),
            mailer: Some(mailbox),
            providers: crate::outside::providers::Providers::default(),
        });
        let origin = Origin::parse("http://localhost:8081").unwrap();
        let site = demo_site(&app, &origin).await.unwrap();
        let mut begun = 0;
        for _ in 0..2 {
            plant(&app, &site, &origin, || begun += 1).await.unwrap();
        }
        assert_eq!(begun, 1);
        let busy = page(&origin, articles::BUSY).key(&site, app.clock.now()).unwrap();
        let empty = page(&origin, articles::EMPTY).key(&site, app.clock.now()).unwrap();
        assert_eq!(app.store.counts(site.id, &[busy.clone(), empty]).await.unwrap(), [400, 0]);
        let head = app.store.head(site.id, &busy).await.unwrap().unwrap();
        let window = Window { roots: 50, replies: 100 };
        let first = app.store.thread_page(head.thread, Order::Oldest, None, window).await.unwrap().unwrap();
        assert!(first.conversations[0].pinned && first.next.is_some());
        let audit = app.store.audit(false).await.unwrap();
        assert_eq!(audit.differences, Vec::<String>::new());
        app.store.close().await;
    }

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
