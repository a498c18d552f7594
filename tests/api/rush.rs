//! Many sign-ins at once: a few are hashed, some wait, the rest are told when to come back, and readers notice nothing.
//! `make load` measures the same on the release build, with its figures.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::support::{Answer, TestApp};

/// As many as may wait for their turn.
const WAITING: usize = 64;

async fn guess(app: &TestApp, number: usize) -> Answer {
    let origin = app.app.config.server.base_url.origin.clone();
    let body =
        json!({ "email": format!("nobody{number}@example.org"), "password": "not the right password" });
    app.request("POST", "/dashboard/sign-in").origin(&origin).json(body).send().await
}

/// What the process holds in memory, in MiB: `VmRSS:` now, `VmHWM:` at the most.
fn resident_mib(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn of_a_rush_of_sign_ins_some_wait_and_the_rest_are_told_when_to_come_back() {
    let app = TestApp::start().await;
    guess(&app, 0).await.refused_as(403, "/problems/wrong-password");
    let before = resident_mib("VmRSS:");
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let rush = futures_util::future::join_all((0..200).map(|number| guess(&app, number))).await;
    let (mut answered, mut refused) = (0, 0);
    for answer in rush {
        if answer.status == 503 {
            refused += 1;
            answer.refused_as(503, "/problems/busy");
            let wait: u64 = answer.header("retry-after").expect("when to come back").parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
        } else {
            answered += 1;
            answer.refused_as(403, "/problems/wrong-password");
        }
    }
    assert!(answered >= WAITING, "only {answered} were answered: nobody waited");
    assert!(refused > 0, "all {answered} were let in to wait");
    // The clients are in this process too, so this is on the safe side.
    let grown = resident_mib("VmHWM:").saturating_sub(before);
    assert!(grown <= 64, "memory grew by {grown} MiB");
    guess(&app, 0).await.refused_as(403, "/problems/wrong-password");
}

#[tokio::test]
async fn readers_are_answered_while_passwords_are_hashed() {
    // One thread does everything but the hashing: if that were on it too, reads would come between two hashes at best.
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", "words").await;
    app.thread("/p").await;
    let hashed = AtomicUsize::new(0);
    let hashing = futures_util::future::join_all((0..WAITING).map(async |number| {
        guess(&app, number).await.refused_as(403, "/problems/wrong-password");
        hashed.fetch_add(1, Ordering::Relaxed);
    }));
    let reading = async {
        let mut reads = 0;
        while hashed.load(Ordering::Relaxed) < WAITING {
            app.thread("/p").await;
            reads += 1;
        }
        reads
    };
    let (_, reads) = tokio::join!(hashing, reading);
    assert!(reads > 2 * WAITING, "{reads} reads beside {WAITING} hashes");
}

#[tokio::test]
async fn checking_a_token_writes_nothing_and_a_like_is_one_commit() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let comment = ada.posted("/p", "like me").await;
    let commits = || app.app.store.figures().commits;
    let before = commits();
    for _ in 0..50 {
        bob.mine("/p").await;
        bob.send("POST", "/preview", json!({ "body": "words" })).await.ok(200);
        bob.send("POST", "/comments", json!({})).await.refused_as(400, "/problems/bad-json");
    }
    assert_eq!(commits() - before, 0, "requests that change nothing");
    bob.like(&comment).await.ok(200);
    assert_eq!(commits() - before, 1, "a like");
    app.site_request("POST", "/auth/refresh")
        .header("x-afterword", "1")
        .json(json!({ "refresh": bob.refresh.as_deref().unwrap() }))
        .send()
        .await
        .ok(200);
    let after = commits();
    for _ in 0..20 {
        let body = json!({ "refresh": bob.refresh.as_deref().unwrap() });
        app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(body).send().await.ok(200);
    }
    assert_eq!(commits() - after, 0, "refreshing within the hour, after the first use");
}
