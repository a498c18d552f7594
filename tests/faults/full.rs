//! A disk that is full: writes are refused with 507, reads go on, health tells, and once there is room again all is
//! well without anybody's help.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Connection;
use crate::posting::{id_of, lost, post};
use crate::process::assert_clean;
use crate::small_disk::{Limited, Mounted, SmallDisk};
use crate::{scale, seeds};

/// Posts until one is refused for want of space; what was acknowledged before.
async fn post_until_full(connection: &mut Connection, token: &str, mark: &str) -> Vec<String> {
    let mut acknowledged = vec![];
    for turn in 0..5_000 {
        let text = format!("{mark} {turn} {}", "word ".repeat(1_900));
        let answer = connection.ask(&post(token, "/full", &text), true).await.unwrap();
        if answer.status == 507 {
            let problem: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(problem["type"], "/problems/disk-full");
            return acknowledged;
        }
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        acknowledged.push(id_of(&answer));
    }
    panic!("the disk was never full");
}

async fn health(connection: &mut Connection) -> (u16, Value) {
    let answer = connection.ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", true).await.unwrap();
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// Though nobody writes meanwhile.
async fn is_well_again(connection: &mut Connection) {
    let began = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    while health(connection).await != (200, json!({ "status": "ok" })) {
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", health(connection).await);
        ticks.tick().await;
    }
    scale::tell(&format!("health is ok again after {:?}", began.elapsed()));
}

async fn fills_up_and_recovers(what: &str, disk: &dyn SmallDisk) {
    let seeded = seeds::plant(disk.directory(), 10, 1).await.unwrap();
    let server = disk.start();
    let token = seeds::access_tokens(server.address, &seeded).await.unwrap().remove(0);
    let mut connection = Connection::open(server.address).await.unwrap();
    assert_eq!(health(&mut connection).await, (200, json!({ "status": "ok" })));
    let (mut acknowledged, mut refused) = (vec![], 0);
    let rounds = scale::of(2, 6);
    for round in 0..rounds {
        for attempt in 0..3 {
            acknowledged
                .extend(post_until_full(&mut connection, &token, &format!("{round} {attempt}")).await);
            refused += 1;
            let degraded = json!({ "status": "degraded", "because": "disk_full" });
            assert_eq!(health(&mut connection).await, (200, degraded));
            assert_eq!(lost(server.address, &acknowledged).await, Vec::<String>::new());
        }
        disk.make_room(&server);
        is_well_again(&mut connection).await;
        let answer = connection.ask(&post(&token, "/full", &format!("room {round}")), true).await.unwrap();
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        acknowledged.push(id_of(&answer));
        assert_eq!(health(&mut connection).await, (200, json!({ "status": "ok" })));
        disk.fill(&server);
    }
    disk.make_room(&server);
    assert_eq!(lost(server.address, &acknowledged).await, Vec::<String>::new());
    server.kill();
    assert_clean(disk.directory());
    scale::tell(&format!(
        "{what}: full {rounds} times, {refused} writes refused with 507, {} acknowledged, 0 lost",
        acknowledged.len()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_file_system_refuses_writes_serves_reads_and_recovers_by_itself() {
    fills_up_and_recovers("a tmpfs of 6 MiB", &Mounted::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_is_a_full_disk() {
    fills_up_and_recovers("a file of 3 MiB at most", &Limited::new()).await;
}
