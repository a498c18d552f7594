//! Hundreds of connections that do not go on, and thousands that rest: closed in time, and readers do not notice.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::Connection;
use crate::process::Server;
use crate::raw::{Raw, h2};
use crate::readers::{P99, Readers, read};
use crate::scale;
use crate::seeds::{self, ORIGIN};

const SLOW: usize = 500;
/// Within this every one of them is closed.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);

/// Lets this process, and the server it starts, open as many files as the system allows.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

pub fn head_of_preview(more: &str) -> String {
    format!(
        "POST /api/v1/sites/bench/preview HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Type: application/json\r\n{more}\r\n\r\n"
    )
}

/// One of the ways not to go on; how long it took until the server closed.
async fn slow_client(address: SocketAddr, number: usize) -> (&'static str, Duration) {
    let (what, sent) = [
        ("nothing", vec![]),
        ("half a header", b"GET /api/v1/sites/bench/thread HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_vec()),
        ("the preface of HTTP/2", h2::PREFACE.to_vec()),
        ("preface and settings", h2::greeting()),
        ("half a body", [head_of_preview("Content-Length: 100").as_bytes(), b"{\"body\":"].concat()),
        ("a body that trickles", head_of_preview("Content-Length: 100").into_bytes()),
    ][number % 6]
        .clone();
    let mut connection = Raw(TcpStream::connect(address).await.unwrap());
    let began = Instant::now();
    connection.0.write_all(&sent).await.unwrap();
    let (mut from, mut to) = connection.0.into_split();
    let trickle = async {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        loop {
            ticks.tick().await;
            if to.write_all(b" ").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let closed = async {
        let mut part = [0; 4096];
        while let Ok(1..) = tokio::io::AsyncReadExt::read(&mut from, &mut part).await {}
    };
    if what == "a body that trickles" {
        tokio::select! { () = closed => {}, () = trickle => {} }
    } else {
        closed.await;
    }
    (what, began.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_slow_clients_are_closed_in_time_and_readers_do_not_notice() {
    let directory = tempfile::tempdir().unwrap();
    seeds::plant(directory.path(), 200, 1).await.unwrap();
    let server = Server::start(directory.path());
    let readers = Readers::begin(server.address);
    let slow: Vec<_> = (0..SLOW).map(|number| tokio::spawn(slow_client(server.address, number))).collect();
    let mut longest = Duration::ZERO;
    for client in slow {
        let (what, took) = client.await.unwrap();
        assert!(took < CLOSED_WITHIN, "{what}: closed after {took:?}");
        // The control: it is a deadline that ends them, and nothing else.
        assert!(took > Duration::from_secs(5), "{what}: closed after {took:?} already");
        longest = longest.max(took);
    }
    let (p99, reads) = readers.end().await;
    scale::tell(&format!(
        "{SLOW} slow clients: closed after {longest:?} at most; p99 of {reads} reads: {p99:?}"
    ));
    assert!(p99 < P99, "the 99th of 100 reads took {p99:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_resting_connections_keep_nobody_out() {
    allow_many_files();
    let resting = scale::of(2_000, 10_000);
    let directory = tempfile::tempdir().unwrap();
    seeds::plant(directory.path(), 200, 1).await.unwrap();
    let server = Server::start(directory.path());
    let before = server.resident_mib();
    let mut connections = Vec::with_capacity(resting);
    for _ in 0..resting {
        let mut connection = TcpStream::connect(server.address).await.unwrap();
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        connections.push(connection);
    }
    // Each was answered, and rests now.
    for connection in &mut connections {
        let mut answer = [0; 12];
        tokio::io::AsyncReadExt::read_exact(connection, &mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    let each = (server.resident_mib() - before) * 1024.0 / resting as f64;
    let mut times = vec![];
    for _ in 0..200 {
        let began = Instant::now();
        read(&mut Connection::open(server.address).await.unwrap()).await;
        times.push(began.elapsed());
    }
    times.sort();
    let p99 = times[times.len() * 99 / 100];
    scale::tell(&format!("{resting} resting connections, {each:.1} KiB each; p99 of 200 reads: {p99:?}"));
    assert!(p99 < P99, "the 99th of 100 reads took {p99:?}");
    assert!(each < 64.0, "{each:.1} KiB each");
}
