//! A reply to a reply to a reply: however deep, the server serves it.

use std::task::Poll;

use afterword::domain::{Author, CommentId, PageKey, Standing};
use afterword::storage::comments::{NewComment, NewPage, SentFrom};
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::{Comments, Health, Sites};
use serde_json::Value;

use crate::client::Connection;
use crate::process::{Server, assert_clean};
use crate::{scale, seeds};

/// Writes a chain so deep into a file; its comments, the first one first.
async fn plant_chain(directory: &std::path::Path, depth: usize) -> Vec<CommentId> {
    let options = Options {
        directory: directory.to_owned(),
        cache_bytes: 64 << 20,
        reserve_bytes: 0,
        one_commit_per_unit: false,
    };
    let store = RedbStore::open(options).unwrap();
    let site = store.site(&"bench".parse().unwrap()).unwrap();
    let author = afterword::domain::AccountId::from_random([7; 16]);
    let mut ids: Vec<CommentId> = vec![];
    while ids.len() <= depth {
        let mut waiting = vec![];
        for _ in 0..1_000.min(depth + 1 - ids.len()) {
            let number = ids.len();
            let mut bytes = [9; 16];
            bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
            let new = NewComment {
                id: CommentId::from_random(bytes),
                site: site.id,
                page: NewPage {
                    is_settled: true,
                    key: PageKey::from_stored("path:/deep".into()),
                    url: format!("{}/deep", seeds::ORIGIN),
                    title: "Deep".into(),
                },
                parent: ids.last().copied(),
                author: Author::Account(author),
                guest_token: None,
                body: afterword::text::markdown::parse(&number.to_string()),
                markdown: number.to_string(),
                posted_at: seeds::now(),
                standing: Standing::Published,
                sent_from: SentFrom::default(),
                idempotency: None,
                notices: vec![],
            };
            ids.push(new.id);
            let mut write = store.publish(new);
            // Asked once, it is queued: in order, each behind its parent.
            match futures_util::poll!(&mut write) {
                Poll::Ready(answer) => drop(answer.unwrap().unwrap()),
                Poll::Pending => waiting.push(write),
            }
        }
        for write in waiting {
            write.await.unwrap().unwrap();
        }
    }
    store.close().await;
    ids
}

async fn get(connection: &mut Connection, path: &str) -> Value {
    let request = format!("GET /api/v1/sites/bench/{path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let answer = connection.ask(request.as_bytes(), true).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.head);
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_replies_is_served_from_its_first_to_its_deepest() {
    let depth = scale::of(10_000, 100_000);
    let directory = tempfile::tempdir().unwrap();
    seeds::plant(directory.path(), 0, 1).await.unwrap();
    let chain = plant_chain(directory.path(), depth).await;
    let server = Server::start(directory.path());
    let mut connection = Connection::open(server.address).await.unwrap();
    for order in ["oldest", "newest", "best"] {
        let page = get(&mut connection, &format!("thread?page=/deep&order={order}")).await;
        assert_eq!(page["thread"]["count"], depth + 1, "{order}");
    }
    let page = get(&mut connection, "thread?page=/deep").await;
    let (thread, root) = (page["thread"]["id"].as_str().unwrap(), chain[0]);
    // Part after part, down to the end.
    let mut part = page["conversations"][0].clone();
    let mut seen = part["comments"].as_array().unwrap().len();
    while let Some(after) = part["more"]["after"].as_str() {
        part = get(&mut connection, &format!("replies?thread={thread}&root={root}&after={after}")).await;
        seen += part["comments"].as_array().unwrap().len();
    }
    assert_eq!(seen, depth + 1);
    let deepest = get(&mut connection, &format!("comments/{}", chain[depth])).await;
    assert!(deepest.to_string().contains(&chain[depth].to_string()));
    server.kill();
    assert_clean(directory.path());
    scale::tell(&format!("a chain of {depth} replies: {seen} comments read over HTTP, part after part"));
}
