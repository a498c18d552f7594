//! A backup under load: nobody waits for it, and it holds every comment that was acknowledged before it began.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]
#![allow(clippy::disallowed_methods, reason = "the real server runs on this machine's clock")]

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/client.rs"]
mod client;
#[path = "../support/scale.rs"]
mod scale;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/seeds.rs"]
mod seeds;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/server.rs"]
mod server;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client::Connection;
use parking_lot::Mutex;
use server::Server;

/// How long a test takes, and what there is to back up.
struct Length {
    comments: usize,
    backups: usize,
    /// Writes without a backup beside them, to compare with.
    control: usize,
}

/// In every run of the tests.
const SHORT: Length = Length { comments: 1_500, backups: 2, control: 0 };
/// In `make test-faults`: two minutes at most.
const LONG: Length = Length { comments: 30_000, backups: 8, control: 6_000 };

const CLIENTS: usize = 16;
/// All of them together; a little more than what is promised.
const WRITES_A_SECOND: u32 = 220;
const PROMISED_A_SECOND: f64 = 200.0;
const LONGEST_WRITE: Duration = Duration::from_millis(250);
/// Writes before, between and after backups.
const UNDISTURBED: usize = 100;

fn length() -> Length {
    scale::of(SHORT, LONG)
}

/// What the clients did so far.
struct Written {
    ids: Mutex<Vec<String>>,
    count: AtomicUsize,
    /// When each write was sent and how long it took.
    took: Mutex<Vec<(Instant, Duration)>>,
    stop: AtomicBool,
    one: tokio::sync::Notify,
    all_began: tokio::sync::Barrier,
}

impl Written {
    /// Waits until so many more were acknowledged.
    async fn more(&self, count: usize) {
        let until = self.count.load(Ordering::SeqCst) + count;
        while self.count.load(Ordering::SeqCst) < until {
            self.one.notified().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_holds_up_no_write_and_holds_every_comment_acknowledged_before_it() {
    let length = length();
    let directory = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let seeded = seeds::plant(directory.path(), 10, CLIENTS).await.unwrap();
    let server = Server::afterword(directory.path(), &[]).unwrap();
    let tokens = seeds::access_tokens(server.address, &seeded).await.unwrap();
    let written = Arc::new(Written {
        ids: Mutex::default(),
        count: AtomicUsize::new(0),
        took: Mutex::default(),
        stop: AtomicBool::new(false),
        one: tokio::sync::Notify::new(),
        all_began: tokio::sync::Barrier::new(CLIENTS),
    });
    let clients: Vec<_> = tokens
        .into_iter()
        .enumerate()
        .map(|(number, token)| {
            tokio::spawn(post(server.address, token, number, length.comments, written.clone()))
        })
        .collect();
    written.more(UNDISTURBED).await;

    let undisturbed = Instant::now();
    if length.control > 0 {
        written.more(length.control).await;
    }
    let undisturbed = undisturbed..Instant::now();
    let mut windows = Vec::new();
    let mut last = None;
    for turn in 0..length.backups {
        let acknowledged: Vec<String> = written.ids.lock().clone();
        let file = out.path().join(format!("{turn}.backup"));
        let began = Instant::now();
        let ran = run(directory.path(), &["backup", file.to_str().unwrap()]).await;
        assert!(ran.status.success(), "{ran:?}");
        windows.push((began, Instant::now()));
        last = Some((file, acknowledged, said_digest(&ran)));
        written.more(UNDISTURBED).await;
    }
    written.stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    server.kill();

    let took = written.took.lock().clone();
    let longest_in = |windows: &[(Instant, Instant)]| {
        let overlaps =
            |at: Instant, took: Duration| windows.iter().any(|(from, to)| at < *to && at + took > *from);
        took.iter().filter(|(at, took)| overlaps(*at, *took)).map(|(_, took)| *took).max().unwrap_or_default()
    };
    let (longest, otherwise) = (longest_in(&windows), longest_in(&[(undisturbed.start, undisturbed.end)]));
    let (first, end) = (took.iter().map(|it| it.0).min().unwrap(), took.iter().map(|it| it.0).max().unwrap());
    let rate = took.len() as f64 / (end - first).as_secs_f64();
    let backups: Vec<Duration> = windows.iter().map(|(from, to)| *to - *from).collect();
    scale::tell(&format!(
        "{} comments and more; {} writes, {rate:.0} a second; backups took {backups:?}; \
         longest write {longest:?} during one, {otherwise:?} in the time before",
        length.comments,
        took.len(),
    ));
    assert!(rate >= PROMISED_A_SECOND, "only {rate:.0} writes a second: this shows nothing");
    assert!(longest <= LONGEST_WRITE, "a write waited {longest:?} while backing up, {otherwise:?} without");

    let (file, acknowledged, digest) = last.unwrap();
    let restored = tempfile::tempdir().unwrap();
    let ran = run(restored.path(), &["restore", file.to_str().unwrap()]).await;
    assert!(ran.status.success(), "{ran:?}");
    let exported = run(restored.path(), &["export"]).await;
    assert!(exported.status.success(), "{exported:?}");
    let found = ids_in(&String::from_utf8(exported.stdout).unwrap());
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !found.contains(*id)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "of {} acknowledged before the backup", acknowledged.len());
    assert!(acknowledged.len() >= length.comments + UNDISTURBED * length.backups - CLIENTS);
    let now = run(restored.path(), &["export", "--digest"]).await;
    assert_eq!(String::from_utf8(now.stdout).unwrap().trim(), digest, "the digest of the snapshot");
    assert!(run(restored.path(), &["doctor"]).await.status.success());
}

/// First posts what there is to back up, as fast as it goes; then at an even pace until told to stop. What is late is
/// sent at once, and counted from when it was sent.
async fn post(address: SocketAddr, token: String, number: usize, before: usize, written: Arc<Written>) {
    let mut connection = Connection::open(address).await.unwrap();
    for turn in 0..before / CLIENTS {
        post_one(&mut connection, &token, &format!("client {number}, before {turn}"), &written).await;
    }
    written.all_began.wait().await;
    let clients = u32::try_from(CLIENTS).unwrap();
    let mut pace = tokio::time::interval(Duration::from_secs(1) * clients / WRITES_A_SECOND);
    for turn in 0.. {
        pace.tick().await;
        if written.stop.load(Ordering::SeqCst) {
            return;
        }
        let sent = Instant::now();
        post_one(&mut connection, &token, &format!("client {number}, turn {turn}"), &written).await;
        written.took.lock().push((sent, sent.elapsed()));
        written.count.fetch_add(1, Ordering::SeqCst);
        written.one.notify_one();
    }
}

async fn post_one(connection: &mut Connection, token: &str, body: &str, written: &Written) {
    let answer = connection.ask(&request(token, body), true).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.head);
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    written.ids.lock().push(json["comment"]["id"].as_str().unwrap().to_owned());
}

fn request(token: &str, body: &str) -> Vec<u8> {
    let origin = seeds::ORIGIN;
    let body = format!(r#"{{"page":{{"url":"{origin}/backup","title":"Backup"}},"body":"{body}"}}"#);
    format!(
        "POST /api/v1/sites/bench/comments HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A command beside the server.
async fn run(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.args(arguments).env_clear().env("AFTERWORD_STORAGE__DIRECTORY", directory);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The digest that a backup says it has.
fn said_digest(ran: &Output) -> String {
    let said = String::from_utf8(ran.stderr.clone()).unwrap();
    said.trim().rsplit("digest ").next().unwrap().to_owned()
}

fn ids_in(export: &str) -> HashSet<String> {
    let comments = export.lines().filter(|line| line.starts_with("{\"comment\":"));
    comments
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["comment"]["id"].as_str().unwrap().to_owned()
        })
        .collect()
}
