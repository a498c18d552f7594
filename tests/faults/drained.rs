//! Told to stop under load, the server answers what it has taken, tells everybody else to come again, and loses nothing.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::client::Connection;
use crate::posting::{CLIENTS, Posting, post, texts_in};
use crate::process::{Server, assert_clean};
use crate::{scale, seeds};

/// How many come after the signal, each on a connection of their own.
const NEWCOMERS: usize = 20;

/// A comment that the server has taken, and whose body is not there yet.
struct HalfPosted {
    connection: Connection,
    body: Vec<u8>,
}

impl HalfPosted {
    async fn begin(address: SocketAddr, token: &str, text: &str) -> HalfPosted {
        let whole = String::from_utf8(post(token, "/crash", text)).unwrap();
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let mut connection = Connection::open(address).await.unwrap();
        let asking = format!("{head}\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(connection.ask(asking.as_bytes(), false).await.unwrap().status, 100);
        HalfPosted { connection, body: body.into() }
    }

    async fn finish(mut self) -> u16 {
        self.connection.ask(&self.body, false).await.unwrap().status
    }
}

/// Posts on a connection of its own.
async fn come(address: SocketAddr, token: &str, text: &str) -> u16 {
    let mut connection =
        Connection::open(address).await.expect("who is new is heard while something is under way");
    let answer = connection.ask(&post(token, "/crash", text), true).await.expect("an answer");
    if answer.status == 503 {
        assert!(String::from_utf8_lossy(&answer.body).contains("/problems/shutting-down"));
        assert_eq!(answer.header("retry-after"), Some("2"));
    }
    answer.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_does_not_keep_it_for_ten_seconds() {
    let directory = tempfile::tempdir().unwrap();
    let seeded = seeds::plant(directory.path(), 1, 1).await.unwrap();
    let server = Server::start(directory.path());
    let token = seeds::access_tokens(server.address, &seeded).await.unwrap().remove(0);
    let never_ends = HalfPosted::begin(server.address, &token, "never ends").await;
    let began = Instant::now();
    server.signal(Signal::TERM);
    let code = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let took = began.elapsed();
    assert_eq!(code, Some(0));
    assert!(took > Duration::from_secs(5), "it was waited for: {took:?}");
    assert!(took < Duration::from_secs(10), "took {took:?}");
    assert_clean(directory.path());
    drop(never_ends);
    scale::tell(&format!("SIGTERM and a request that never ends: stopped after {took:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_under_load_answers_what_was_taken_and_loses_nothing() {
    let mut slowest = Duration::ZERO;
    let (mut acknowledged, mut unanswered, mut refused) = (0, 0, 0);
    for round in 0..scale::of(1, 20) {
        let directory = tempfile::tempdir().unwrap();
        let seeded = seeds::plant(directory.path(), 10, CLIENTS + 2).await.unwrap();
        let server = Server::start(directory.path());
        let (address, process) = (server.address, server.id());
        let mut tokens = seeds::access_tokens(address, &seeded).await.unwrap();
        let (newcomer, slow) = (tokens.pop().unwrap(), tokens.pop().unwrap());
        let posting = Posting::begin(address, tokens, &format!("round {round}"), 200);
        posting.is_under_way().await;
        let under_way = HalfPosted::begin(address, &slow, "under way").await;
        let began = Instant::now();
        server.signal(Signal::TERM);
        let before = posting.answered();
        // The signal takes a moment to be heard: until then, and no longer, they are new and in time.
        let (mut in_time, mut too_late) = (vec![], vec![]);
        while too_late.len() < NEWCOMERS {
            let text = format!("newcomer {}", in_time.len() + too_late.len());
            match come(address, &newcomer, &text).await {
                201 if too_late.is_empty() => in_time.push(text),
                status => {
                    assert_eq!(status, 503);
                    too_late.push(text);
                }
            }
        }
        assert_eq!(under_way.finish().await, 201, "what was taken is answered");
        let code = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
        let took = began.elapsed();
        slowest = slowest.max(took);
        assert_eq!(code, Some(0), "process {process}");
        assert!(took < Duration::from_secs(10), "took {took:?}");
        assert!(tokio::net::TcpStream::connect(address).await.is_err());

        let mut told = posting.ended().await;
        assert!(told.acknowledged.len() >= before);
        told.acknowledged.extend(in_time);
        told.acknowledged.push("under way".into());
        told.refused.extend(too_late.into_iter().map(|text| (503, text)));
        let stored: Vec<String> = texts_in(directory.path()).await;
        let stored: HashSet<&String> = stored.iter().collect();
        let lost: Vec<_> = told.acknowledged.iter().filter(|text| !stored.contains(text)).collect();
        assert_eq!(lost, Vec::<&String>::new());
        for (status, text) in &told.refused {
            assert_eq!(*status, 503, "{text}");
            assert!(!stored.contains(text), "{text} was refused, and is there");
        }
        // What the server did is answered: who heard nothing was never heard.
        let done_in_silence: Vec<_> = told.unanswered.iter().filter(|text| stored.contains(text)).collect();
        assert_eq!(done_in_silence, Vec::<&String>::new());
        assert_clean(directory.path());
        acknowledged += told.acknowledged.len();
        unanswered += told.unanswered.len();
        refused += told.refused.len();
    }
    scale::tell(&format!(
        "SIGTERM: {acknowledged} acknowledged, 0 lost; {refused} told to come again, {unanswered} heard nothing, and \
         neither changed anything; stopped after {slowest:?} at most"
    ));
}
