//! What writing costs: durable posts and likes, over HTTP with everything that checks them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use afterword::app::random;
use afterword::domain::TokenHash;
use afterword::storage::comments::{Idempotency, NewComment};
use afterword::storage::{Comments, Health, Sites};

use crate::load::{Load, by_turns};
use crate::seeds::{self, OsChance};
use crate::server::Server;
use crate::table::{Figure, Part};
use crate::world::{self, THREAD, WRITERS, World, like, post};

/// Counted over all measurements: no two comments alike.
static TURN: AtomicUsize = AtomicUsize::new(0);
/// Pages that the posts are spread over.
const PAGES: usize = 50;

pub async fn posts(world: &World) -> anyhow::Result<Part> {
    let (grouped, _one) = world.serve(&[], &[])?;
    let (single, _two) = world.serve(&["--one-commit-per-unit"], &[])?;
    let three = world.copy()?;
    let store = seeds::open(three.path(), 64 << 20)?;
    let site = store.site(&"bench".parse()?).expect("planted");
    let accounts = world.seeded.accounts.clone();
    let here = Load::here(WRITERS, {
        let store = store.clone();
        move |client| {
            let (turn, page, body) = next();
            let new = seeds::new_comment(&site, accounts[client], &page, &body, seeds::now());
            let request = TokenHash(random(&OsChance));
            let idempotency = Some(Idempotency { key: format!("{client}-{turn}"), request });
            let store = store.clone();
            async move {
                store.publish(NewComment { idempotency, ..new }).await??;
                Ok(())
            }
        }
    });
    let grouped = posting(world, &grouped).await?;
    let single = posting(world, &single).await?;
    let [grouped, single, here] = by_turns([&grouped, &single, &here], world.time).await?;
    store.close().await;
    let explanation = format!(
        "{WRITERS} members post as fast as they are answered, on {PAGES} pages; each answer comes after the comment is on \
         disk, with its counters, indexes and idempotency key. The first reference is the same server with a commit of \
         its own for every post, equally durable: the ratio is what group commit gains. The second runs the same \
         transactions in one program without HTTP, limits and moderation: the ratio is what the pipeline leaves of \
         them. Remark42, from stock: 499/s, p99 236 ms."
    );
    let figures = vec![
        Figure::new("durable posts: beside one commit each", grouped.rate())
            .beside("one commit per post", single.rate())
            .ratio_bar(5.0),
        Figure::new("durable posts: beside no HTTP", grouped.rate())
            .beside("the transactions alone", here.rate())
            .ratio_bar(0.4),
        Figure::new("durable posts: p99", grouped.quantile(0.99)).bar(Duration::from_millis(25)),
    ];
    Ok(Part::new(explanation, figures))
}

/// A number that no other request of this run has.
pub fn next_turn() -> usize {
    TURN.fetch_add(1, Ordering::Relaxed)
}

fn next() -> (usize, String, String) {
    let turn = next_turn();
    let body =
        format!("Comment {turn}: the *tide* turns twice a day, as [they say](https://example.org/{turn}).");
    (turn, format!("/busy-{}", turn % PAGES), body)
}

/// Each client is a member of its own.
async fn posting(world: &World, server: &Server) -> anyhow::Result<Load> {
    let tokens = world.writers(server).await?;
    Ok(Load::new(server, WRITERS, 201, move |client| {
        let (turn, page, body) = next();
        post(&page, &body, &format!("{client}-{turn}"), &tokens[client])
    }))
}

pub async fn likes(world: &World) -> anyhow::Result<Part> {
    let (server, _directory) = world.serve(&[], &[])?;
    let tokens = world.writers(&server).await?;
    let page = world::json(&server, THREAD).await?;
    // One does not like one's own comments: it is by the member who does not write.
    let author = format!("Member {WRITERS}");
    let conversations = page["conversations"].as_array().into_iter().flatten();
    let comments = conversations.flat_map(|it| it["comments"].as_array().into_iter().flatten());
    let theirs = comments.into_iter().find(|comment| comment["author"]["name"] == author.as_str());
    let comment = theirs.and_then(|it| it["id"].as_str()).expect("everybody wrote something").to_owned();
    let turns: Vec<AtomicUsize> = (0..WRITERS).map(|_| AtomicUsize::new(0)).collect();
    let liking = Load::new(&server, WRITERS, 200, move |client| {
        let is_liked = turns[client].fetch_add(1, Ordering::Relaxed) % 2 == 1;
        like(if is_liked { "DELETE" } else { "PUT" }, &comment, &tokens[client])
    });
    let posting = posting(world, &server).await?;
    let [likes, posts] = by_turns([&liking, &posting], world.time).await?;
    let explanation = format!(
        "{WRITERS} members like one and the same comment and take it back, as fast as they are answered; each changes \
         something, and each is on disk before its answer. The reference: posts, on the same server, by turns."
    );
    let figure =
        Figure::new("likes on one comment: likes", likes.rate()).beside("posts", posts.rate()).ratio_bar(1.2);
    Ok(Part::new(explanation, vec![figure]))
}
