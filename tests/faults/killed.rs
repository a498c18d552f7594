//! The first promise: what was acknowledged is there after `kill -9`.

use std::time::Duration;

use crate::posting::{CLIENTS, Posting, lost};
use crate::process::{Server, assert_clean};
use crate::{scale, seeds};

/// Files of their own, and kills of the server on each: a file that grows for ever would only make the audit longer.
fn cycles() -> (usize, usize) {
    scale::of((1, 5), (10, 20))
}

/// Acknowledged comments after which the server is killed in each cycle, while all clients go on posting.
fn kill_after() -> usize {
    scale::of(200, 60)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_comment_survives_kill_9_while_64_clients_post() {
    let (files, kills) = cycles();
    let (mut acknowledged, mut slowest) = (0, Duration::ZERO);
    for file in 0..files {
        let directory = tempfile::tempdir().unwrap();
        let seeded = seeds::plant(directory.path(), 10, CLIENTS).await.unwrap();
        let mut ids: Vec<String> = Vec::new();
        for kill in 0..kills {
            let server = Server::start(directory.path());
            let tokens = seeds::access_tokens(server.address, &seeded).await.unwrap();
            let mark = format!("file {file}, kill {kill}");
            let posting = Posting::begin(server.address, tokens, &mark, kill_after());
            posting.is_under_way().await;
            server.kill();
            let told = posting.ended().await;
            assert_eq!(told.refused, []);
            ids.extend(told.ids);

            let server = Server::start(directory.path());
            slowest = slowest.max(server.ready_in);
            assert!(server.ready_in < Duration::from_secs(1), "ready after {:?}", server.ready_in);
            assert_eq!(
                lost(server.address, &ids).await,
                Vec::<String>::new(),
                "of {} acknowledged",
                ids.len()
            );
            server.kill();
            assert_clean(directory.path());
        }
        acknowledged += ids.len();
    }
    let cycles = files * kills;
    scale::tell(&format!(
        "{cycles} kills, {acknowledged} comments acknowledged, 0 lost, ready after {slowest:?} at most"
    ));
    assert!(acknowledged >= cycles * kill_after());
}
