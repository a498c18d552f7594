//! Sixty-four people who post as fast as they are answered, until their connection ends; and what of it is there later.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use afterword::domain::{Order, PageKey};
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::threads::Window;
use afterword::storage::{Health, Sites, Threads};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::client::{Answer, Connection};
use crate::seeds::ORIGIN;

pub const CLIENTS: usize = 64;

/// What the clients were told.
#[derive(Default)]
pub struct Told {
    /// Of comments that were answered with 201.
    pub ids: Vec<String>,
    /// Their texts.
    pub acknowledged: Vec<String>,
    /// Sent, and not answered before the connection ended.
    pub unanswered: Vec<String>,
    /// Answered otherwise: with which status, and their texts.
    pub refused: Vec<(u16, String)>,
}

pub struct Posting {
    told: Arc<Mutex<Told>>,
    answered: Arc<AtomicUsize>,
    enough: Arc<Notify>,
    clients: Vec<JoinHandle<()>>,
}

impl Posting {
    /// Everybody with a token of their own. Texts begin with `mark`.
    pub fn begin(address: SocketAddr, tokens: Vec<String>, mark: &str, enough: usize) -> Posting {
        let told = Arc::new(Mutex::new(Told::default()));
        let (answered, reached) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let clients = tokens.into_iter().enumerate().map(|(client, token)| {
            let (told, answered, reached) = (told.clone(), answered.clone(), reached.clone());
            let mark = format!("{mark}, client {client}");
            tokio::spawn(async move {
                let Ok(mut connection) = Connection::open(address).await else { return };
                for turn in 0.. {
                    let text = format!("{mark}, turn {turn}");
                    let request = post(&token, "/crash", &text);
                    let Ok(answer) = connection.ask(&request, true).await else {
                        told.lock().unanswered.push(text);
                        return;
                    };
                    let mut told = told.lock();
                    if answer.status != 201 {
                        told.refused.push((answer.status, text));
                        continue;
                    }
                    told.ids.push(id_of(&answer));
                    told.acknowledged.push(text);
                    if answered.fetch_add(1, Ordering::Relaxed) == enough {
                        reached.notify_one();
                    }
                }
            })
        });
        let clients = clients.collect();
        Posting { told, answered, enough: reached, clients }
    }

    /// Until so many were answered as were said to be enough.
    pub async fn is_under_way(&self) {
        self.enough.notified().await;
    }

    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Once every client's connection has ended.
    pub async fn ended(self) -> Told {
        for client in self.clients {
            client.await.unwrap();
        }
        std::mem::take(&mut *self.told.lock())
    }
}

pub fn post(token: &str, page: &str, body: &str) -> Vec<u8> {
    let body = format!(r#"{{"page":{{"url":"{ORIGIN}{page}","title":"Crash"}},"body":"{body}"}}"#);
    format!(
        "POST /api/v1/sites/bench/comments HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub fn id_of(answer: &Answer) -> String {
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    json["comment"]["id"].as_str().unwrap().to_owned()
}

/// Which of these comments a reader cannot see.
pub async fn lost(address: SocketAddr, ids: &[String]) -> Vec<String> {
    let mut connection = Connection::open(address).await.unwrap();
    let mut lost = Vec::new();
    for id in ids {
        let request = format!("GET /api/v1/sites/bench/comments/{id} HTTP/1.1\r\nHost: x\r\n\r\n");
        let answer = connection.ask(request.as_bytes(), true).await.unwrap();
        if answer.status != 200 {
            lost.push(format!("{id}: {}", answer.status));
        }
    }
    lost
}

/// The texts on the page, read from the file of a server that has stopped.
pub async fn texts_in(directory: &Path) -> Vec<String> {
    let options = Options {
        directory: directory.to_owned(),
        cache_bytes: 64 << 20,
        reserve_bytes: 0,
        one_commit_per_unit: false,
    };
    let store = RedbStore::open(options).unwrap();
    let site = store.site(&"bench".parse().unwrap()).unwrap();
    let head = store.head(site.id, &PageKey::from_stored("path:/crash".into())).await.unwrap().unwrap();
    let window = Window { roots: 1_000_000, replies: 1 };
    let page = store.thread_page(head.thread, Order::Oldest, None, window).await.unwrap().unwrap();
    let comments = page.conversations.iter().flat_map(|it| &it.comments);
    let texts = comments.map(|comment| afterword::text::plain::plain(&comment.body)).collect();
    store.close().await;
    texts
}
