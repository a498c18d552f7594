//! `make load`: what a rush of sign-ins costs those who only read, whether time tells known addresses from unknown ones,
//! and that checking a token writes nothing. Starts the real server (release) as a process of its own on loopback.
//!
//! Every figure stands beside its bar; the program fails if one is missed.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a load test runs on this machine's clock, and prints"
)]

#[allow(dead_code, reason = "the benchmark of serving uses the rest")]
#[path = "../serve/client.rs"]
mod client;
mod commits;
mod inbox;
mod pairs;
mod people;
mod rush;
#[allow(dead_code, reason = "the benchmark of serving uses the rest")]
#[path = "../serve/seeds.rs"]
mod seeds;
#[allow(dead_code, reason = "the benchmark of serving uses the rest")]
#[path = "../serve/server.rs"]
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use server::Server;

static MISSED: AtomicBool = AtomicBool::new(false);

/// Prints a figure beside its bar, and remembers if it is missed.
fn judge(what: &str, figure: String, bar: &str, holds: bool) {
    if !holds {
        MISSED.store(true, Ordering::Relaxed);
    }
    println!("{what:<66} {figure:>14}   bar {bar:<10} {}", if holds { "holds" } else { "MISSED" });
}

/// Prints a figure that has no bar.
fn tell(what: &str, figure: String) {
    println!("{what:<66} {figure:>14}");
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run())?;
    anyhow::ensure!(!MISSED.load(Ordering::Relaxed), "a bar was missed");
    Ok(())
}

async fn run() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let mut seeded = seeds::plant(directory.path(), 1_000, people::MEMBERS).await?;
    people::give_passwords(directory.path()).await?;
    // Who gets a password is signed out by that.
    seeded.refresh_tokens.drain(..people::WITH_PASSWORD);
    let inbox = inbox::open().await?;
    let port = inbox.port().to_string();
    let server = Server::afterword_with(
        directory.path(),
        &[],
        &[
            // Neither network addresses nor recipients are what is measured here.
            ("AFTERWORD_LIMITS__SIGN_IN__BURST", "1000000"),
            ("AFTERWORD_LIMITS__SIGN_IN__EVERY", "1ms"),
            ("AFTERWORD_LIMITS__SIGN_IN_MAIL__BURST", "1000000"),
            ("AFTERWORD_LIMITS__VOTE__BURST", "1000000"),
            ("AFTERWORD_MAIL__HOST", "127.0.0.1"),
            ("AFTERWORD_MAIL__PORT", &port),
            ("AFTERWORD_MAIL__ENCRYPTION", "none"),
            ("AFTERWORD_MAIL__FROM", "comments@bench.example"),
        ],
    )?;
    let tokens = seeds::access_tokens(server.address, &seeded).await?;

    println!("200 password sign-ins at once");
    tell_of(&rush::rushes(&server).await?);
    println!("\nknown and unknown addresses, by turns: the median difference of a pair");
    pairs::measure(server.address).await?;
    println!("\nwhat checking a token writes");
    commits::measure(&server, &tokens).await
}

fn tell_of(rushes: &rush::Rushes) {
    const MOST_GROWTH_MIB: f64 = 64.0;
    const SLOWEST_READ: Duration = Duration::from_millis(50);
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
    tell("answered in the first round", rushes.answered.len().to_string());
    if let Some(slowest) = rushes.answered.iter().max() {
        tell("  the last of them had waited", milliseconds(*slowest));
    }
    let refused = &rushes.refused;
    tell("refused as busy in the first round", refused.len().to_string());
    if let Some(slowest) = refused.iter().map(|(_, took)| took).max() {
        tell("  the last of them was told after", milliseconds(*slowest));
    }
    let told = refused.iter().filter(|(wait, _)| wait.is_some_and(|secs| secs >= 1)).count();
    judge(
        "  with Retry-After",
        format!("{told} of {}", refused.len()),
        "all, > 0",
        told == refused.len() && told > 0,
    );
    tell("all were in, coming back when told, after", format!("{:.1} s", rushes.until_all.as_secs_f64()));
    tell("  having come back so many times, in three rushes", rushes.returned.to_string());
    tell("resident memory before", format!("{:.1} MiB", rushes.memory_before));
    tell("resident memory after three rushes", format!("{:.1} MiB", rushes.memory_after));
    let grown = rushes.memory_peak - rushes.memory_before;
    judge("growth at the worst moment", format!("{grown:.1} MiB"), "≤ 64 MiB", grown <= MOST_GROWTH_MIB);
    tell("cached thread reads in calm, p99", milliseconds(rush::p99(&rushes.calm)));
    tell("cached thread reads meanwhile", rushes.reads.len().to_string());
    let p99 = rush::p99(&rushes.reads);
    judge("cached thread reads meanwhile, p99", milliseconds(p99), "≤ 50 ms", p99 <= SLOWEST_READ);
}
