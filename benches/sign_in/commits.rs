//! What checking a token writes: nothing. Counted by the store itself, and by the kernel.

use serde_json::json;

use crate::client::Connection;
use crate::people;
use crate::seeds::ORIGIN;
use crate::server::Server;
use crate::{judge, tell};

const REQUESTS: usize = 2_000;

pub async fn measure(server: &Server, tokens: &[String]) -> anyhow::Result<()> {
    let token = tokens.last().expect("somebody is signed in");
    let bearer = format!("Bearer {token}");
    let mut connection = Connection::open(server.address).await?;
    let get = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: bench\r\nOrigin: {ORIGIN}\r\nAuthorization: {bearer}\r\n\r\n")
            .into_bytes()
    };
    let thread = connection.ask(&get("/api/v1/sites/bench/thread?page=/thread"), true).await?;
    let thread: serde_json::Value = serde_json::from_slice(&thread.body)?;
    let mine = get("/api/v1/sites/bench/mine?page=/thread");
    let preview = people::post(
        "/api/v1/sites/bench/preview",
        &[("Origin", ORIGIN), ("Authorization", &bearer)],
        &json!({ "body": "words" }),
    );

    settled(server, &mut connection).await?;
    let before = (commits(&mut connection).await?, server.written_bytes()?);
    for _ in 0..REQUESTS / 2 {
        for request in [&mine, &preview] {
            let answer = connection.ask(request, false).await?;
            anyhow::ensure!(matches!(answer.status, 200 | 429), "{}", answer.head);
        }
    }
    let after = (commits(&mut connection).await?, server.written_bytes()?);
    judge(
        &format!("commits by {REQUESTS} requests with a token that change nothing"),
        (after.0 - before.0).to_string(),
        "0",
        after.0 == before.0,
    );
    judge("  bytes they wrote to the disk", (after.1 - before.1).to_string(), "0", after.1 == before.1);

    let comments = thread["conversations"].as_array().into_iter().flatten();
    let ids: Vec<&str> = comments.filter_map(|found| found["comments"][0]["id"].as_str()).take(20).collect();
    let mut likes = 0;
    for id in &ids {
        let path = format!("/api/v1/sites/bench/comments/{id}/like");
        let like = format!(
            "PUT {path} HTTP/1.1\r\nHost: bench\r\nOrigin: {ORIGIN}\r\nAuthorization: {bearer}\r\nContent-Length: 0\r\n\r\n"
        );
        let answer = connection.ask(like.as_bytes(), true).await?;
        likes += u64::from(answer.status == 200);
        anyhow::ensure!(
            matches!(answer.status, 200 | 403),
            "a like: {} {}",
            answer.head,
            String::from_utf8_lossy(&answer.body)
        );
    }
    let by_likes = commits(&mut connection).await? - after.0;
    tell("likes given", likes.to_string());
    judge("commits by them", by_likes.to_string(), "one each", by_likes == likes && likes > 0);
    Ok(())
}

/// Until the mails of earlier measurements are out of the queue.
async fn settled(server: &Server, connection: &mut Connection) -> anyhow::Result<()> {
    let mut last = (0, 0);
    loop {
        let now = (commits(connection).await?, server.written_bytes()?);
        if now == last {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

async fn commits(connection: &mut Connection) -> anyhow::Result<u64> {
    let answer = connection.ask(b"GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n", true).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("afterword_store_commits_total "));
    line.and_then(|count| count.trim().parse().ok()).ok_or_else(|| anyhow::anyhow!("no commits in {text}"))
}
