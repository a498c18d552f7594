//! `make bench`: what a thread read and a durable post cost over HTTP, each beside its reference in the same run, because
//! machines differ. Starts the real server (release) as a process of its own and loads it over loopback.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark runs on this machine's clock, and prints"
)]

mod bare;
mod client;
mod seeds;
#[allow(dead_code, reason = "the crash test uses the rest")]
mod server;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use client::{Connection, Measured, load};
use server::Server;

/// How long each measurement runs, after a warm-up of a quarter of that.
const TIME: Duration = Duration::from_secs(6);
const READERS: usize = 32;
const POSTERS: usize = 64;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(at) = arguments.iter().position(|argument| argument == "--bare") {
        return runtime.block_on(bare::serve(Path::new(&arguments[at + 1])));
    }
    runtime.block_on(run())
}

fn get(path: &str, headers: &str) -> Arc<[u8]> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n").into_bytes().into()
}

async fn measured(
    address: SocketAddr,
    clients: usize,
    status: u16,
    request: Arc<[u8]>,
) -> anyhow::Result<Measured> {
    let again = request.clone();
    load(address, clients, TIME / 4, status, move |_, _| again.clone()).await?;
    load(address, clients, TIME, status, move |_, _| request.clone()).await
}

async fn run() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let seeded = seeds::plant(directory.path(), 1_000, POSTERS).await?;
    println!(
        "what                                          requests/s       p50       p99   beside its reference"
    );

    let ours = Server::afterword(directory.path(), &[])?;
    let path = "/api/v1/sites/bench/thread?page=/thread";
    let accept = "Accept-Encoding: br\r\n";
    let answer = Connection::open(ours.address).await?.ask(&get(path, accept), true).await?;
    anyhow::ensure!(answer.status == 200, "{}", answer.head);
    let etag = answer.header("etag").unwrap_or_default().to_owned();
    let recorded = tempfile::tempdir()?;
    std::fs::write(recorded.path().join("head"), &answer.head)?;
    std::fs::write(recorded.path().join("body"), &answer.body)?;
    let bare = start_bare(recorded.path())?;

    let page = measured(ours.address, READERS, 200, get(path, accept)).await?;
    let bare_page = measured(bare.address, READERS, 200, get("/thread", accept)).await?;
    row("first page of a 1,000-comment thread", &page, Some((&bare_page, "bare warp", 0.8)));
    row("  bare warp, the same bytes and headers", &bare_page, None);

    let seen = format!("{accept}If-None-Match: {etag}\r\n");
    let unchanged = measured(ours.address, READERS, 304, get(path, &seen)).await?;
    let bare_unchanged = measured(bare.address, READERS, 304, get("/thread", &seen)).await?;
    row("the same unchanged (304)", &unchanged, Some((&bare_unchanged, "bare warp", 0.7)));
    row("  bare warp, 304", &bare_unchanged, None);
    drop(bare);

    let tokens = seeds::access_tokens(ours.address, &seeded).await?;
    let posts = post(ours.address, tokens).await?;
    let resident = ours.resident_mib();
    drop(ours);
    let one_by_one = Server::afterword(directory.path(), &["--one-commit-per-unit"])?;
    let tokens = seeds::access_tokens(one_by_one.address, &seeded).await?;
    let single = post(one_by_one.address, tokens).await?;
    drop(one_by_one);
    row("durable posts, 64 clients", &posts, Some((&single, "one commit each", 4.0)));
    row("  the same, one commit per post", &single, None);

    println!(
        "resident memory after all that: {resident:.0} MiB; the page is {} bytes (br)",
        answer.body.len()
    );
    Ok(())
}

/// This program again, as the bare server.
fn start_bare(recorded: &Path) -> anyhow::Result<Server> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("--bare").arg(recorded);
    Server::start(command, |line| line.trim().parse().ok())
}

/// Posts from every client, each as its own member, no two comments alike.
async fn post(address: SocketAddr, tokens: Vec<String>) -> anyhow::Result<Measured> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    load(address, tokens.len(), TIME, 201, move |client, _| {
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            r#"{{"page":{{"url":"{}/busy-{}","title":"A page"}},"body":"Comment {turn}: the *tide* turns twice a day, as [they say](https://example.org/{turn})."}}"#,
            seeds::ORIGIN,
            turn % 50
        );
        format!(
            "POST /api/v1/sites/bench/comments HTTP/1.1\r\nHost: bench\r\nOrigin: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {client}-{turn}\r\nContent-Length: {}\r\n\r\n{body}",
            seeds::ORIGIN,
            tokens[client],
            body.len()
        )
        .into_bytes()
        .into()
    })
    .await
}

fn row(what: &str, measured: &Measured, beside: Option<(&Measured, &str, f64)>) {
    let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1_000.0);
    print!("{what:<44} {:>11.0} {:>9} {:>9}", measured.per_second, ms(measured.p50), ms(measured.p99));
    if let Some((reference, name, bar)) = beside {
        let ratio = measured.per_second / reference.per_second;
        let verdict = if ratio >= bar { "holds" } else { "FALLS SHORT" };
        print!("   {ratio:.2} × {name} (bar {bar}: {verdict})");
    }
    println!();
}
