//! Clients that send what is legal, in amounts that nobody needs. (Statement 89.)

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::raw::{Bare, Raw, h2, limits, within_patience};
use afterword::web::accept::AcceptLimits;

/// Deadlines that are not what ends these.
fn patient() -> AcceptLimits {
    let hour = Duration::from_secs(3_600);
    AcceptLimits { header: hour, body: hour, idle: hour, stall: hour, ..limits() }
}

/// Writes `part` again and again until the server closes; how many bytes it took.
async fn until_refused(mut connection: Raw, mut part: impl FnMut(u32) -> Vec<u8>) -> usize {
    within_patience(async {
        let mut sent = 0;
        for turn in 0.. {
            let bytes = part(turn);
            if connection.0.write_all(&bytes).await.is_err() {
                return sent;
            }
            sent += bytes.len();
        }
        unreachable!()
    })
    .await
}

async fn still_answers(server: &Bare) {
    assert!(server.connect().await.hello().await.ends_with("hello"));
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let server = Bare::start(patient()).await;
    let mut connection = server.connect().await;
    connection.send(h2::greeting()).await;
    let sent = until_refused(connection, |turn| {
        let stream = 2 * turn + 1;
        [h2::get(stream), h2::frame(h2::RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    })
    .await;
    assert!(sent < 16 << 20, "{sent} bytes of resets were taken");
    still_answers(&server).await;
}

#[tokio::test]
async fn a_header_without_end_ends_the_connection() {
    let server = Bare::start(patient()).await;
    // On HTTP/2: continuation after continuation, each a field that is not kept.
    let mut connection = server.connect().await;
    connection.send([h2::greeting(), h2::frame(h2::HEADERS, 0, 1, h2::GET)].concat()).await;
    let field = [&[0x00, 0x01, b'x', 0x7f, 0x81, 0x3e][..], &[b'v'; 8_000]].concat();
    let sent = until_refused(connection, |_| h2::frame(h2::CONTINUATION, 0, 1, &field)).await;
    assert!(sent < 16 << 20, "{sent} bytes of continuations were taken");

    let mut connection = server.connect().await;
    connection.send("GET / HTTP/1.1\r\n").await;
    let sent =
        until_refused(connection, |turn| format!("X-{turn}: {}\r\n", "v".repeat(1_000)).into_bytes()).await;
    assert!(sent < 16 << 20, "{sent} bytes of header were taken");
    still_answers(&server).await;
}

#[tokio::test]
async fn empty_data_without_end_ends_the_connection_or_costs_nothing() {
    let server = Bare::start(AcceptLimits { body: Duration::from_millis(500), ..patient() }).await;
    let mut connection = server.connect().await;
    connection.send([h2::greeting(), h2::frame(h2::HEADERS, h2::END_HEADERS, 1, h2::POST)].concat()).await;
    // The body deadline ends the stream; data for a stream that is gone ends the connection.
    until_refused(connection, |_| h2::frame(h2::DATA, 0, 1, &[])).await;
    still_answers(&server).await;
}

fn refused(said: &[u8]) {
    const REFUSED_STREAM: u32 = 7;
    assert!(said.ends_with(&REFUSED_STREAM.to_be_bytes()), "{said:?}");
}

fn half_posted(stream: u32) -> Vec<u8> {
    h2::frame(h2::HEADERS, h2::END_HEADERS, stream, h2::POST)
}

async fn hello(connection: &mut Raw, stream: u32) {
    connection.send(h2::get(stream)).await;
    assert!(String::from_utf8_lossy(&connection.until_frame(h2::DATA).await).ends_with("hello"));
}

/// On HTTP/2 a client asks several things at once. Of that there is so much for all of them together, and what is more is
/// refused in a way that tells the client to send it again; but whoever is connected may ask one thing.
#[tokio::test]
async fn requests_of_http_2_beyond_what_all_connections_may_have_at_once_are_refused() {
    let header = Duration::from_millis(300);
    let server = Bare::start(AcceptLimits { connections: 3, header, ..patient() }).await;
    let mut full = server.connect().await;
    full.send([h2::greeting(), [1, 3, 5, 7].map(half_posted).concat(), h2::get(9)].concat()).await;
    refused(&full.until_frame(h2::RST_STREAM).await);

    let mut other = server.connect().await;
    other.send(h2::greeting()).await;
    hello(&mut other, 1).await;
    other.send([half_posted(3), h2::get(5)].concat()).await;
    refused(&other.until_frame(h2::RST_STREAM).await);
    still_answers(&server).await;

    full.send(h2::frame(h2::DATA, h2::END_STREAM, 3, b"four")).await;
    assert!(full.until_frame(h2::DATA).await.ends_with(b"4"));
    hello(&mut other, 7).await;
    other.send([half_posted(9), h2::get(11)].concat()).await;
    refused(&other.until_frame(h2::RST_STREAM).await);
    // Who goes away leaves room as well, as soon as that is seen.
    drop(full);
    within_patience(async {
        for stream in (13..).step_by(2) {
            other.send(h2::get(stream)).await;
            if other.until_frame_of(stream, &[h2::DATA, h2::RST_STREAM]).await == h2::DATA {
                break;
            }
        }
    })
    .await;
}

/// An answer of which a client takes a byte and no more is under way until it takes the rest.
#[tokio::test]
async fn answers_that_wait_for_the_clients_window_are_under_way() {
    let server = Bare::start(AcceptLimits { connections: 2, ..patient() }).await;
    let mut connection = server.connect().await;
    let window_of_one = h2::frame(h2::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1]);
    connection.send([h2::PREFACE, &window_of_one, &[1, 3, 5].map(h2::get).concat()].concat()).await;
    connection.until_frames(h2::DATA, 3).await;
    connection.send(h2::get(7)).await;
    refused(&connection.until_frame(h2::RST_STREAM).await);
    connection.send(h2::frame(h2::WINDOW_UPDATE, 0, 3, &100_u32.to_be_bytes())).await;
    assert!(connection.until_frame(h2::DATA).await.ends_with(b"ello"));
    connection.send(h2::get(9)).await;
    assert!(connection.until_frame(h2::DATA).await.ends_with(b"h"));
}

#[tokio::test]
async fn a_header_that_is_too_large_is_told_so() {
    let server = Bare::start(patient()).await;
    let mut connection = server.connect().await;
    connection.send(format!("GET / HTTP/1.1\r\nX-Large: {}\r\n\r\n", "v".repeat(40_000))).await;
    let answer = String::from_utf8(connection.until_closed().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut connection = server.connect().await;
    connection.send(format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(200))).await;
    let answer = String::from_utf8(connection.until_closed().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    still_answers(&server).await;
}

#[tokio::test]
async fn what_is_no_http_is_not_answered_with_anything_else() {
    let server = Bare::start(patient()).await;
    for nonsense in
        ["\x16\x03\x01\x02\x00\x01\x00\x01", "SSH-2.0-x\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n"]
    {
        let mut connection = server.connect().await;
        connection.send(nonsense).await;
        connection.0.shutdown().await.unwrap();
        let answer = String::from_utf8_lossy(&connection.until_closed().await).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{nonsense:?}: {answer}");
    }
    still_answers(&server).await;
}
