//! Told to stop, the server finishes what it has begun, and stops.

use std::time::{Duration, Instant};

use super::raw::{Bare, SHORT, h2, limits};
use afterword::web::accept::AcceptLimits;

#[tokio::test]
async fn idle_and_half_begun_connections_do_not_hold_it_up() {
    let hour = Duration::from_secs(3_600);
    let server = Bare::start(AcceptLimits { header: hour, idle: hour, drain: hour, ..limits() }).await;
    let mut idle = server.connect().await;
    idle.hello().await;
    let silent = server.connect().await;
    let mut multiplexed = server.connect().await;
    multiplexed.send([h2::greeting(), h2::get(1)].concat()).await;
    server.stop();
    server.stopped().await;
    drop((idle, silent, multiplexed));
}

#[tokio::test]
async fn a_request_under_way_is_answered() {
    let minute = Duration::from_secs(60);
    let server = Bare::start(AcceptLimits { body: minute, ..limits() }).await;
    let mut posting = server.connect().await;
    posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n").await;
    // The server asks for the body: the handler is at work.
    assert!(posting.answer().await.starts_with("HTTP/1.1 100"));
    server.stop();
    posting.send("four").await;
    assert!(posting.answer().await.ends_with("\r\n\r\n4"));
    server.stopped().await;
}

#[tokio::test]
async fn what_does_not_finish_is_cut_off_at_the_deadline() {
    let server = Bare::start(AcceptLimits { drain: SHORT, ..limits() }).await;
    let mut stuck = server.connect().await;
    stuck.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut other = server.connect().await;
    other.hello().await;
    let began = Instant::now();
    server.stop();
    server.stopped().await;
    assert!(began.elapsed() >= SHORT - Duration::from_millis(50));
    assert!(stuck.until_closed().await.is_empty());
}

#[tokio::test]
async fn nobody_new_is_let_in() {
    let server = Bare::start(limits()).await;
    let address = server.address;
    server.stop();
    server.stopped().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
