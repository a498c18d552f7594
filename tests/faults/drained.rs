//! Told to stop under load, the server answers what it has taken, takes nothing more, and loses nothing.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::posting::{CLIENTS, Posting, texts_in};
use crate::process::{Server, assert_clean};
use crate::{scale, seeds};

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_under_load_answers_what_was_taken_and_loses_nothing() {
    let mut slowest = Duration::ZERO;
    let (mut acknowledged, mut unanswered) = (0, 0);
    for round in 0..scale::of(1, 20) {
        let directory = tempfile::tempdir().unwrap();
        let seeded = seeds::plant(directory.path(), 10, CLIENTS).await.unwrap();
        let server = Server::start(directory.path());
        let (address, process) = (server.address, server.id());
        let tokens = seeds::access_tokens(address, &seeded).await.unwrap();
        let posting = Posting::begin(address, tokens, &format!("round {round}"), 200);
        posting.is_under_way().await;
        let began = Instant::now();
        server.signal(Signal::TERM);
        let before = posting.answered();
        // The listener goes first: nobody new gets as far as a request.
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        let code = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
        let took = began.elapsed();
        slowest = slowest.max(took);
        assert_eq!(code, Some(0), "process {process}");
        assert!(took < Duration::from_secs(10), "took {took:?}");

        let told = posting.ended().await;
        assert!(told.refused.iter().all(|status| *status == 503), "{:?}", told.refused);
        assert!(told.acknowledged.len() >= before);
        let stored: Vec<String> = texts_in(directory.path()).await;
        let stored: HashSet<&String> = stored.iter().collect();
        let lost: Vec<_> = told.acknowledged.iter().filter(|text| !stored.contains(text)).collect();
        assert_eq!(lost, Vec::<&String>::new());
        // What the server did is answered: who heard nothing was never heard.
        let done_in_silence: Vec<_> = told.unanswered.iter().filter(|text| stored.contains(text)).collect();
        assert_eq!(done_in_silence, Vec::<&String>::new());
        assert_clean(directory.path());
        acknowledged += told.acknowledged.len();
        unanswered += told.unanswered.len();
    }
    scale::tell(&format!(
        "SIGTERM: {acknowledged} acknowledged, 0 lost; {unanswered} came too late to be taken and changed nothing; \
         stopped after {slowest:?} at most"
    ));
}
