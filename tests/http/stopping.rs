//! Told to stop, the server finishes what it has begun, says to others that they are too late, and stops.

use std::time::{Duration, Instant};

use super::raw::{Bare, Raw, SHORT, h2, limits, within_patience};
use super::support::{ORIGIN, TestApp};
use afterword::web::accept::AcceptLimits;
use tokio::net::TcpStream;

const HOUR: Duration = Duration::from_secs(3_600);

/// Deadlines that never come: what ends does so for another reason.
fn endless() -> AcceptLimits {
    AcceptLimits { header: HOUR, body: HOUR, idle: HOUR, stall: HOUR, drain: HOUR, ..limits() }
}

/// A request that the server has taken, and whose body is not there yet.
async fn half_posted(server: &Bare) -> Raw {
    let mut posting = server.connect().await;
    posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n").await;
    // The server asks for the body: the handler is at work.
    assert!(posting.answer().await.starts_with("HTTP/1.1 100"));
    posting
}

#[tokio::test]
async fn idle_and_half_begun_connections_do_not_hold_it_up() {
    let server = Bare::start(endless()).await;
    let mut idle = server.connect().await;
    idle.hello().await;
    let silent = server.connect().await;
    let mut half = server.connect().await;
    half.send("GET / HTTP/1.1\r\nHost").await;
    // It answers no ping, and so never says goodbye either.
    let mut multiplexed = server.connect().await;
    multiplexed.send([h2::greeting(), h2::get(1)].concat()).await;
    multiplexed.until_frame(h2::HEADERS).await;
    server.stop();
    server.stopped().await;
    drop((idle, silent, half, multiplexed));
}

#[tokio::test]
async fn a_request_under_way_is_answered() {
    let server = Bare::start(endless()).await;
    let mut posting = half_posted(&server).await;
    server.stop();
    posting.send("four").await;
    assert!(posting.answer().await.ends_with("\r\n\r\n4"));
    server.stopped().await;
}

#[tokio::test]
async fn who_comes_while_it_finishes_is_told_that_it_is_too_late() {
    let server = Bare::start(endless()).await;
    let mut old = server.connect().await;
    old.send("GET / HTTP/1.1\r\n").await;
    let mut posting = half_posted(&server).await;
    server.stop();

    old.send("Host: x\r\n\r\n").await;
    let mut new = server.connect().await;
    new.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    for (what, mut connection) in [("an old connection", old), ("a new one", new)] {
        let answer = String::from_utf8(connection.until_closed().await).unwrap();
        assert!(answer.ends_with("too late"), "{what}: {answer:?}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{what}: {answer:?}");
    }
    let mut multiplexed = server.connect().await;
    for stream in [1, 3] {
        let greeting = if stream == 1 { h2::greeting() } else { Vec::new() };
        multiplexed.send([greeting, h2::get(stream)].concat()).await;
        let said = multiplexed.until_frame(h2::DATA).await;
        assert!(String::from_utf8_lossy(&said).contains("too late"), "stream {stream}: {said:?}");
    }

    posting.send("four").await;
    assert!(posting.answer().await.ends_with("\r\n\r\n4"), "what came before is answered all the same");
    multiplexed.until_frame(h2::GOAWAY).await;
    server.stopped().await;
}

#[tokio::test]
async fn an_old_connection_of_http_2_answers_what_came_before_and_refuses_what_comes_after() {
    let server = Bare::start(endless()).await;
    let mut multiplexed = server.connect().await;
    let posting = h2::frame(h2::HEADERS, h2::END_HEADERS, 1, h2::POST);
    multiplexed.send([h2::greeting(), posting, h2::get(3)].concat()).await;
    // What came after the post is answered, so the post was taken.
    assert!(String::from_utf8_lossy(&multiplexed.until_frame(h2::DATA).await).contains("hello"));
    server.stop();
    multiplexed.until_frame(h2::GOAWAY).await;
    multiplexed.send(h2::get(5)).await;
    assert!(String::from_utf8_lossy(&multiplexed.until_frame(h2::DATA).await).contains("too late"));
    multiplexed.send(h2::frame(h2::DATA, h2::END_STREAM, 1, b"four")).await;
    assert!(multiplexed.until_frame(h2::DATA).await.ends_with(b"4"));
    server.stopped().await;
}

#[tokio::test]
async fn newcomers_do_not_hold_it_up() {
    let server = Bare::start(endless()).await;
    let mut posting = half_posted(&server).await;
    server.stop();
    let mut newcomers = Vec::new();
    for sent in ["", "GET / HTTP/1.1\r\nHost", "PRI * HTTP/2.0\r\n", "GET /never HTTP/1.1\r\nHost: x\r\n\r\n"]
    {
        let mut newcomer = server.connect().await;
        newcomer.send(sent).await;
        newcomers.push(newcomer);
    }
    let mut multiplexed = server.connect().await;
    multiplexed.send([h2::greeting(), h2::get(1)].concat()).await;
    multiplexed.until_frame(h2::DATA).await;
    posting.send("four").await;
    let began = Instant::now();
    server.stopped().await;
    assert!(began.elapsed() < Duration::from_secs(5), "took {:?}", began.elapsed());
    assert!(posting.answer().await.ends_with("\r\n\r\n4"));
    drop((newcomers, multiplexed));
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
    let mut late = server.connect().await;
    late.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    server.stopped().await;
    let took = began.elapsed();
    assert!(took >= SHORT - Duration::from_millis(50), "took {took:?}");
    // Newcomers get no time of their own after it.
    assert!(took < SHORT + Duration::from_millis(600), "took {took:?}");
    assert!(stuck.until_closed().await.is_empty());
    assert!(late.until_closed().await.is_empty());
}

#[tokio::test]
async fn once_it_has_finished_nobody_new_is_let_in() {
    let server = Bare::start(limits()).await;
    let address = server.address;
    server.stop();
    server.stopped().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_real_service_says_when_to_try_again_and_to_whom_it_may_be_read() {
    let app = TestApp::start().await;
    let mut posting = Raw(TcpStream::connect(app.address).await.expect("the server listens"));
    posting
        .send(format!(
            "POST /api/v1/sites/blog/auth/email HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\n\
             Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        ))
        .await;
    assert!(posting.answer().await.starts_with("HTTP/1.1 100"));
    app.stop();

    let comment = serde_json::json!({ "page": { "url": "https://blog.example/p" }, "body": "late" });
    for (what, request, readable_by) in [
        ("a public read", app.site_request("GET", "/thread?page=/p"), Some("*")),
        ("a private read", app.site_request("GET", "/mine?page=/p"), Some(ORIGIN)),
        ("a write", app.site_request("POST", "/comments").json(comment), Some(ORIGIN)),
        ("a balancer", app.request("GET", "/healthz"), None),
    ] {
        let answer = request.send().await;
        let problem = answer.refused_as(503, "/problems/shutting-down");
        assert_eq!(problem["retry_after"], 2, "{what}");
        assert_eq!(answer.header("retry-after"), Some("2"), "{what}");
        assert_eq!(answer.header("connection"), Some("close"), "{what}");
        assert_eq!(answer.header("access-control-allow-origin"), readable_by, "{what}");
    }
    let stranger = app.request("GET", "/api/v1/sites/blog/mine?page=/p").origin("https://evil.example");
    assert_eq!(stranger.send().await.header("access-control-allow-origin"), None);

    posting.send("{}").await;
    assert!(posting.answer().await.starts_with("HTTP/1.1 400"), "what came before is looked at");
    let gone = async {
        while TcpStream::connect(app.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    within_patience(gone).await;
}
