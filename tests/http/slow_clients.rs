//! A client that does not go on is closed in time, whatever it stopped in the middle of, and others do not notice.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::raw::{Bare, Raw, SHORT, h2, limits, within_patience};
use afterword::web::accept::AcceptLimits;

/// As close to the deadline as a busy machine can be asked to come.
const SLACK: Duration = Duration::from_secs(5);

/// Asserts that the server closes between the deadline and a little later.
async fn closed_in_time(what: &str, mut connection: Raw, deadline: Duration) -> Vec<u8> {
    let began = Instant::now();
    let said = connection.until_closed().await;
    let took = began.elapsed();
    assert!(took + Duration::from_millis(50) >= deadline, "{what}: closed after {took:?}");
    assert!(took < deadline + SLACK, "{what}: closed after {took:?} only");
    said
}

#[tokio::test]
async fn whoever_stops_in_the_middle_of_a_header_is_closed() {
    let server = Bare::start(limits()).await;
    for (what, sent) in [
        ("nothing", ""),
        ("one byte", "G"),
        ("half the preface", "PRI * HTTP/2.0\r\n"),
        ("half a header", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "),
        ("a header without its end", "GET / HTTP/1.1\r\nHost: x\r\n"),
    ] {
        let mut connection = server.connect().await;
        connection.send(sent).await;
        closed_in_time(what, connection, SHORT).await;
    }
    assert_eq!(server.limits.tally.overdue.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn whoever_sends_the_preface_of_http_2_and_no_request_is_closed() {
    let server = Bare::start(limits()).await;
    for (what, sent) in [
        ("the preface", h2::PREFACE.to_vec()),
        ("preface and settings", h2::greeting()),
        ("a header that goes on elsewhere", [h2::greeting(), h2::frame(h2::HEADERS, 0, 1, h2::GET)].concat()),
    ] {
        let mut connection = server.connect().await;
        connection.send(sent).await;
        closed_in_time(what, connection, SHORT).await;
    }
}

#[tokio::test]
async fn a_header_that_trickles_is_not_given_more_time() {
    let server = Bare::start(limits()).await;
    let mut connection = server.connect().await;
    let began = Instant::now();
    let mut ticks = tokio::time::interval(SHORT / 6);
    // Until writing fails: the other side has closed and said so.
    within_patience(async {
        use tokio::io::AsyncWriteExt;
        loop {
            ticks.tick().await;
            if connection.0.write_all(b"G").await.is_err() {
                break;
            }
        }
    })
    .await;
    assert!(began.elapsed() < SHORT + SLACK);
}

#[tokio::test]
async fn a_header_on_a_connection_that_idled_has_its_own_deadline() {
    let idle = Duration::from_secs(3_600);
    let server = Bare::start(AcceptLimits { idle, ..limits() }).await;
    let mut connection = server.connect().await;
    connection.hello().await;
    connection.send("GET / HTTP/1.1\r\n").await;
    closed_in_time("the second header", connection, SHORT).await;
}

#[tokio::test]
async fn a_connection_may_idle_for_a_while_and_not_longer() {
    let header = Duration::from_secs(3_600);
    let server = Bare::start(AcceptLimits { header, idle: SHORT * 2, ..limits() }).await;
    let mut connection = server.connect().await;
    connection.hello().await;
    closed_in_time("idle on HTTP/1.1", connection, SHORT * 2).await;

    let mut connection = server.connect().await;
    connection.send([h2::greeting(), h2::get(1)].concat()).await;
    let said = closed_in_time("idle on HTTP/2", connection, SHORT * 2).await;
    let kinds: Vec<_> = h2::kinds(&said).into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.contains(&h2::HEADERS), "the request was answered: {kinds:?}");
    assert!(kinds.contains(&h2::GOAWAY), "and the client was told to go: {kinds:?}");
    assert_eq!(server.limits.tally.overdue.load(Ordering::SeqCst), 0, "to idle is no fault");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_ends_its_request() {
    let server = Bare::start(limits()).await;
    let mut http1 = server.connect().await;
    http1.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfour").await;
    closed_in_time("HTTP/1.1", http1, SHORT).await;

    let mut http2 = server.connect().await;
    http2.send([h2::greeting(), h2::frame(h2::HEADERS, h2::END_HEADERS, 1, h2::POST)].concat()).await;
    let said = closed_in_time("HTTP/2", http2, SHORT).await;
    let ended = h2::kinds(&said)
        .iter()
        .any(|(kind, stream)| *stream == 1 && [h2::HEADERS, h2::RST_STREAM].contains(kind));
    assert!(ended, "the stream ended before the connection did");
}

#[tokio::test]
async fn whoever_does_not_take_the_answer_is_closed() {
    let server = Bare::start(limits()).await;
    let mut http1 = server.connect().await;
    http1.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // `/large`, with a window that holds next to nothing of it.
    let path = [&[0x82, 0x86, 0x04, 0x06][..], b"/large", &[0x41, 0x01, b'x']].concat();
    let mut http2 = server.connect().await;
    let flags = h2::END_HEADERS | h2::END_STREAM;
    http2.send([h2::greeting(), h2::frame(h2::HEADERS, flags, 1, &path)].concat()).await;
    // Nothing is read: the server's watch has to end both.
    within_patience(async {
        while server.limits.tally.open() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn pings_keep_no_idle_connection_open() {
    let header = Duration::from_secs(3_600);
    let server = Bare::start(AcceptLimits { header, idle: SHORT * 2, ..limits() }).await;
    let mut connection = server.connect().await;
    connection.send([h2::greeting(), h2::get(1)].concat()).await;
    let mut ticks = tokio::time::interval(SHORT / 6);
    let began = Instant::now();
    within_patience(async {
        use tokio::io::AsyncWriteExt;
        while connection.0.write_all(&h2::frame(h2::PING, 0, 0, &[7; 8])).await.is_ok() {
            ticks.tick().await;
        }
    })
    .await;
    assert!(began.elapsed() < SHORT * 2 + SLACK);
}

#[tokio::test]
async fn five_hundred_slow_clients_do_not_slow_the_others_down() {
    let server = Bare::start(AcceptLimits { header: Duration::from_secs(2), ..limits() }).await;
    let mut slow = Vec::new();
    for number in 0..500 {
        let mut connection = server.connect().await;
        connection.send(["", "GET / HT", "PRI * HTTP/2.0\r\n\r\nSM"][number % 3]).await;
        slow.push(connection);
    }
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        let mut healthy = server.connect().await;
        assert!(healthy.hello().await.ends_with("hello"));
        times.push(began.elapsed());
    }
    times.sort();
    assert!(times[197] < Duration::from_millis(250), "the 99th of 100 took {:?}", times[197]);
    for mut connection in slow {
        connection.until_closed().await;
    }
    assert_eq!(server.limits.tally.overdue.load(Ordering::SeqCst), 500);
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_their_turn() {
    let server = Bare::start(AcceptLimits { connections: 2, idle: SHORT * 4, ..limits() }).await;
    let (mut one, mut two) = (server.connect().await, server.connect().await);
    one.hello().await;
    two.hello().await;
    let mut three = server.connect().await;
    three.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(server.limits.tally.open(), 2);
    drop(one);
    assert!(three.answer().await.ends_with("hello"));
    assert!(server.limits.tally.open() <= 2);
}
