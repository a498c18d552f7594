//! What the measurements share: how long they take, a file with the long thread in it, requests.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use afterword::storage::redb::FILE;
use tempfile::TempDir;

use crate::client::{Answer, Connection};
use crate::seeds::{self, ORIGIN, Seeded};
use crate::server::Server;

pub const COMMENTS: usize = 1_000;
/// Those who post and like at the same time.
pub const WRITERS: usize = 64;
/// Connections of those who read as fast as they can.
pub const READERS: usize = 32;
/// The long thread, in the order in which it is read.
pub const THREAD: &str = "/api/v1/sites/bench/thread?page=/thread";
pub const BROTLI: &str = "Accept-Encoding: br\r\n";

pub struct World {
    /// How long each measurement takes.
    pub time: Duration,
    /// How many comments the files have by which growth is measured.
    pub sizes: Vec<usize>,
    pub seeded: Seeded,
    directory: TempDir,
}

impl World {
    /// One member more than write: the author of what they like.
    pub async fn new(time: Duration, sizes: Vec<usize>) -> anyhow::Result<World> {
        let directory = scratch()?;
        let seeded = seeds::plant(directory.path(), COMMENTS, WRITERS + 1).await?;
        Ok(World { time, sizes, seeded, directory })
    }

    /// The file with the long thread, in a directory of its own.
    pub fn copy(&self) -> anyhow::Result<TempDir> {
        let copy = scratch()?;
        std::fs::copy(self.directory.path().join(FILE), copy.path().join(FILE))?;
        Ok(copy)
    }

    pub fn serve(&self, extra: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<(Server, TempDir)> {
        let directory = self.copy()?;
        Ok((Server::afterword_with(directory.path(), extra, variables)?, directory))
    }

    /// Access tokens of those who write.
    pub async fn writers(&self, server: &Server) -> anyhow::Result<Arc<[String]>> {
        Ok(seeds::trade(server.address, &self.seeded.refresh_tokens[..WRITERS]).await?.into())
    }
}

/// On the disk that the build is on: a file in memory would make everything durable for nothing.
pub fn scratch() -> std::io::Result<TempDir> {
    std::fs::create_dir_all(scratch_parent())?;
    tempfile::tempdir_in(scratch_parent())
}

fn scratch_parent() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}

pub fn get(path: &str, headers: &str) -> Arc<[u8]> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n").into_bytes().into()
}

/// What a browser on the site adds to what the widget asks.
pub fn from_site() -> String {
    format!("Origin: {ORIGIN}\r\n")
}

/// The same for somebody who is signed in.
pub fn signed(token: &str) -> String {
    format!("{}Authorization: Bearer {token}\r\n", from_site())
}

/// `PUT` likes, `DELETE` takes it back.
pub fn like(method: &str, comment: &str, token: &str) -> Arc<[u8]> {
    let path = format!("/api/v1/sites/bench/comments/{comment}/like");
    format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n{}Content-Length: 0\r\n\r\n", signed(token))
        .into_bytes()
        .into()
}

/// A first comment on a page. `name` is the request's own: it may be repeated.
pub fn post(page: &str, body: &str, name: &str, token: &str) -> Arc<[u8]> {
    let page = serde_json::json!({ "url": format!("{ORIGIN}{page}"), "title": "A page" });
    let body = serde_json::json!({ "page": page, "body": body }).to_string();
    format!(
        "POST /api/v1/sites/bench/comments HTTP/1.1\r\nHost: bench\r\n{}Content-Type: application/json\r\nIdempotency-Key: {name}\r\nContent-Length: {}\r\n\r\n{body}",
        signed(token),
        body.len()
    )
    .into_bytes()
    .into()
}

pub async fn ask(server: &Server, request: &[u8]) -> anyhow::Result<Answer> {
    let answer = Connection::open(server.address).await?.ask(request, true).await?;
    anyhow::ensure!(answer.status == 200, "{}", answer.head);
    Ok(answer)
}

pub async fn json(server: &Server, path: &str) -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::from_slice(&ask(server, &get(path, "")).await?.body)?)
}
