//! The first promise: what was acknowledged is there after `kill -9`.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]
#![allow(clippy::disallowed_methods, reason = "the real server runs on this machine's clock")]

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/client.rs"]
mod client;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/seeds.rs"]
mod seeds;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/server.rs"]
mod server;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client::Connection;
use parking_lot::Mutex;
use server::Server;

const CLIENTS: usize = 64;
const CYCLES: usize = 5;
/// Acknowledged comments after which the server is killed in each cycle, while all clients go on posting.
const KILL_AFTER: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_comment_survives_kill_9_while_64_clients_post() {
    let directory = tempfile::tempdir().unwrap();
    let seeded = seeds::plant(directory.path(), 10, CLIENTS).await.unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for cycle in 0..CYCLES {
        let server = Server::afterword(directory.path(), &[]).unwrap();
        let tokens = seeds::access_tokens(server.address, &seeded).await.unwrap();
        acknowledged.extend(post_until_killed(server, tokens, cycle).await);

        let began = Instant::now();
        let server = Server::afterword(directory.path(), &[]).unwrap();
        let ready = began.elapsed();
        assert!(ready < Duration::from_secs(1), "ready after {ready:?}");
        let lost = lost(server.address, &acknowledged).await;
        assert_eq!(lost, Vec::<String>::new(), "of {} acknowledged", acknowledged.len());
        server.kill();
        assert_clean(directory.path());
    }
    assert!(acknowledged.len() >= CYCLES * KILL_AFTER);
}

async fn post_until_killed(server: Server, tokens: Vec<String>, cycle: usize) -> Vec<String> {
    let address = server.address;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let enough = Arc::new(tokio::sync::Notify::new());
    let count = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = tokens
        .into_iter()
        .enumerate()
        .map(|(client, token)| {
            let (acknowledged, enough, count) = (acknowledged.clone(), enough.clone(), count.clone());
            tokio::spawn(async move {
                let Ok(mut connection) = Connection::open(address).await else { return };
                for turn in 0.. {
                    let request = post(&token, &format!("cycle {cycle}, client {client}, turn {turn}"));
                    // The connection breaks when the server dies: what was not answered was not acknowledged.
                    let Ok(answer) = connection.ask(&request, true).await else { return };
                    assert_eq!(answer.status, 201, "{}", answer.head);
                    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                    acknowledged.lock().push(json["comment"]["id"].as_str().unwrap().to_owned());
                    if count.fetch_add(1, Ordering::Relaxed) == KILL_AFTER {
                        enough.notify_one();
                    }
                }
            })
        })
        .collect();
    enough.notified().await;
    server.kill();
    for client in clients {
        client.await.unwrap();
    }
    std::mem::take(&mut *acknowledged.lock())
}

fn post(token: &str, body: &str) -> Vec<u8> {
    let origin = seeds::ORIGIN;
    let body = format!(r#"{{"page":{{"url":"{origin}/crash","title":"Crash"}},"body":"{body}"}}"#);
    format!(
        "POST /api/v1/sites/bench/comments HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Which of these comments a reader cannot see.
async fn lost(address: SocketAddr, ids: &[String]) -> Vec<String> {
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

/// `doctor` finds every counter and index right.
fn assert_clean(directory: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_afterword"))
        .arg("doctor")
        .env_clear()
        .env("AFTERWORD_STORAGE__DIRECTORY", directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
