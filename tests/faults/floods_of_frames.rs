//! Clients of HTTP/2 that send frames which are cheap for them: their connection ends or costs nothing, whether they read
//! what is answered or not.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::floods::{FLAT_MIB, Flooded, request};
use crate::raw::{Raw, h2};
use crate::readers::{P99, Readers};
use crate::scale;

const THREAD: &str = "/api/v1/sites/bench/thread?page=/thread";
/// A setting: SETTINGS_INITIAL_WINDOW_SIZE.
const INITIAL_WINDOW: [u8; 2] = [0, 4];
/// What does not go on is closed within this, as any slow client.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);

fn most() -> usize {
    scale::of(4 << 20, 64 << 20)
}

fn settings(window: u32) -> Vec<u8> {
    h2::frame(h2::SETTINGS, 0, 0, &[&INITIAL_WINDOW[..], &window.to_be_bytes()].concat())
}

fn ping() -> Vec<u8> {
    h2::frame(h2::PING, 0, 0, b"floodped")
}

/// Asks for the thread on streams of one connection, one after the other.
fn ask(turn: u32) -> Vec<u8> {
    request(2 * turn + 1, THREAD, h2::END_HEADERS | h2::END_STREAM)
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_without_end_end_their_connection_or_cost_nothing() {
    let flooded = Flooded::start().await;
    let many = |turn: u32| (0..1_000).flat_map(|it| settings(65_535 + (turn + it) % 2)).collect();
    let readers = Readers::begin(flooded.server.address);
    flooded.growth("settings", h2::greeting(), many, most()).await;
    let (p99, _) = readers.end().await;
    assert!(p99 <= P99, "p99 of the reads meanwhile: {p99:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_without_end_on_a_connection_in_use_end_it_or_cost_nothing() {
    let flooded = Flooded::start().await;
    let used = |turn: u32| [ask(turn), ping().repeat(1_000)].concat();
    let readers = Readers::begin(flooded.server.address);
    flooded.growth("pings on a connection in use", h2::greeting(), used, most()).await;
    let (p99, _) = readers.end().await;
    assert!(p99 <= P99, "p99 of the reads meanwhile: {p99:?}");
}

/// The answers to a flood are not to heap up for a client that does not take them.
#[tokio::test(flavor = "multi_thread")]
async fn who_floods_and_reads_no_answer_is_closed_in_time_and_memory_stays_flat() {
    let flooded = Flooded::start().await;
    flooded.server.forget_peak();
    let before = flooded.server.resident_mib();
    let began = Instant::now();
    let floods = [settings(65_535).repeat(1_000), ping().repeat(1_000)].map(|part| {
        let address = flooded.server.address;
        tokio::spawn(async move {
            let mut deaf = TcpStream::connect(address).await.unwrap();
            deaf.write_all(&h2::greeting()).await.unwrap();
            let mut sent = 0;
            while deaf.write_all(&part).await.is_ok() {
                sent += part.len();
            }
            sent
        })
    });
    let mut sent = vec![];
    for flood in floods {
        let left = CLOSED_WITHIN.saturating_sub(began.elapsed());
        sent.push(tokio::time::timeout(left, flood).await.expect("closed in time").unwrap());
    }
    let grew = flooded.server.peak_mib() - before;
    scale::tell(&format!(
        "settings and pings whose answers are not read: closed after {:?} and {sent:?} bytes, memory grew by {grew:.1} MiB",
        began.elapsed()
    ));
    assert!(grew <= FLAT_MIB, "memory grew by {grew:.1} MiB");
    flooded.still_answers().await;
}

/// All streams that connections may have, each with an answer of which it takes no byte, or one: of all connections
/// together no more are held than there may be connections, beside the first of each; the rest is refused, and what is
/// held is given up in time.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_clients_let_wait_are_bounded_and_given_up_in_time() {
    const STREAMS: u32 = 128;
    const MOST: u32 = 384;
    let connections = scale::of(6, 32);
    let flooded = Flooded::start_with(&[("AFTERWORD_SERVER__MAX_CONNECTIONS", &MOST.to_string())]).await;
    flooded.server.forget_peak();
    let before = flooded.server.resident_mib();
    let readers = Readers::begin(flooded.server.address);
    let began = Instant::now();
    let mut holding = vec![];
    for which in 0..connections {
        let window = which % 2;
        let mut holder = Raw(TcpStream::connect(flooded.server.address).await.unwrap());
        holder.send([h2::PREFACE, &settings(window as u32)].concat()).await;
        for turn in 0..STREAMS {
            holder.send(ask(turn)).await;
        }
        // It lives, and says so, but opens no window.
        holding.push(tokio::spawn(async move {
            let (mut from, mut to) = holder.0.into_split();
            let alive = tokio::spawn(async move {
                let mut ticks = tokio::time::interval(Duration::from_secs(1));
                while to.write_all(&ping()).await.is_ok() {
                    ticks.tick().await;
                }
            });
            let (mut all, mut part) = (vec![], [0; 4096]);
            while let Ok(read @ 1..) = tokio::io::AsyncReadExt::read(&mut from, &mut part).await {
                all.extend_from_slice(&part[..read]);
            }
            alive.abort();
            h2::kinds(&all)
        }));
    }
    let mut frames = vec![];
    for holder in holding {
        let left = CLOSED_WITHIN.saturating_sub(began.elapsed());
        frames.extend(tokio::time::timeout(left, holder).await.expect("closed in time").unwrap());
    }
    let count = |kind| frames.iter().filter(|(it, _)| *it == kind).count();
    let asked = connections * STREAMS as usize;
    let held = MOST as usize + connections;
    assert_eq!(count(h2::HEADERS), held, "as many as may be were answered");
    assert_eq!(count(h2::RST_STREAM), asked - held, "the others were refused");
    assert!(count(h2::DATA) <= held, "and no more than a byte of each was sent");
    let took = began.elapsed();
    let (p99, reads) = readers.end().await;
    let grew = flooded.server.peak_mib() - before;
    scale::tell(&format!(
        "{connections} connections that ask for {STREAMS} answers each in a window of zero or one: {held} held, closed after \
         {took:?}, memory grew by {grew:.1} MiB, p99 of {reads} reads meanwhile: {p99:?}"
    ));
    assert!(p99 <= P99, "p99 of the reads meanwhile: {p99:?}");
    assert!(grew <= FLAT_MIB, "memory grew by {grew:.1} MiB");
    flooded.still_answers().await;
}
