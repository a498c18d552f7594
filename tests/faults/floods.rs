//! Clients that send more than anybody needs: refused, and the server's memory stays where it was.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::Connection;
use crate::process::Server;
use crate::raw::{Raw, h2};
use crate::readers::read;
use crate::scale;
use crate::seeds::{self, ORIGIN};
use crate::slow_clients::head_of_preview;

/// What a flood may add to the server's memory.
pub const FLAT_MIB: f64 = 8.0;
const GIBIBYTE: usize = 1 << 30;
/// The server closes what does not go on after that.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

pub struct Flooded {
    pub server: Server,
    _directory: tempfile::TempDir,
}

impl Flooded {
    /// A server that has done a little of everything, so that its memory is what it is in use.
    pub async fn start() -> Flooded {
        Flooded::start_with(&[]).await
    }

    /// The same with more of its configuration.
    pub async fn start_with(variables: &[(&str, &str)]) -> Flooded {
        let directory = tempfile::tempdir().unwrap();
        seeds::plant(directory.path(), 200, 1).await.unwrap();
        let server = Server::with(Command::new(env!("CARGO_BIN_EXE_afterword")), directory.path(), variables);
        let flooded = Flooded { server, _directory: directory };
        for _ in 0..20 {
            flooded.still_answers().await;
            let answer = flooded.post(r#"{"body":"hi"}"#).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        flooded
    }

    pub async fn still_answers(&self) {
        read(&mut Connection::open(self.server.address).await.unwrap()).await;
    }

    /// Sends `first`, then parts until the server has enough of them or `most` bytes went; how many bytes those were,
    /// and what the server said.
    async fn send(
        &self,
        first: impl AsRef<[u8]>,
        mut part: impl FnMut(u32) -> Vec<u8>,
        most: usize,
    ) -> (usize, String) {
        let (mut from, mut to) = TcpStream::connect(self.server.address).await.unwrap().into_split();
        let listening = tokio::spawn(async move {
            let (mut said, mut part) = (vec![], [0; 16 << 10]);
            while let Ok(count @ 1..) = tokio::io::AsyncReadExt::read(&mut from, &mut part).await {
                // A flood of answers is not kept.
                if said.len() < 64 << 10 {
                    said.extend_from_slice(&part[..count]);
                }
            }
            String::from_utf8_lossy(&said).into_owned()
        });
        to.write_all(first.as_ref()).await.unwrap();
        let mut sent = 0;
        for turn in 0.. {
            let bytes = part(turn);
            if bytes.is_empty() || sent >= most || to.write_all(&bytes).await.is_err() {
                break;
            }
            sent += bytes.len();
        }
        if sent >= most && most > 0 {
            // Nobody ended it: this was all.
            let _ = to.shutdown().await;
        }
        (sent, listening.await.unwrap())
    }

    /// The answer to a preview of this.
    async fn post(&self, body: &str) -> String {
        let head = head_of_preview(&format!("Connection: close\r\nContent-Length: {}", body.len()));
        self.send(head + body, |_| vec![], 0).await.1
    }

    /// By how many MiB the server's memory grew at most, while it was sent this.
    pub async fn growth(
        &self,
        what: &str,
        first: impl AsRef<[u8]>,
        part: impl FnMut(u32) -> Vec<u8>,
        most: usize,
    ) -> (usize, String) {
        self.server.forget_peak();
        let before = self.server.resident_mib();
        let (sent, answer) = self.send(first, part, most).await;
        let grew = self.server.peak_mib() - before;
        scale::tell(&format!("{what}: {sent} bytes taken, memory grew by {grew:.1} MiB"));
        assert!(grew <= FLAT_MIB, "{what}: memory grew by {grew:.1} MiB");
        self.still_answers().await;
        (sent, answer)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_in_chunks_is_refused_after_the_cap_and_memory_stays_flat() {
    let flooded = Flooded::start().await;
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    let head = head_of_preview("Transfer-Encoding: chunked");
    let (sent, answer) = flooded.growth("a gibibyte in chunks", head, |_| chunk.clone(), GIBIBYTE).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("/problems/body-too-large"), "{answer}");
    // Beyond the cap the rest lies in the kernel's buffers.
    assert!(sent < 32 << 20, "{sent} bytes were taken");
}

/// The control of the figure above: a server that did read it all would be seen.
#[tokio::test(flavor = "multi_thread")]
async fn memory_that_a_flood_does_take_is_seen() {
    let flooded = Flooded::start().await;
    flooded.server.forget_peak();
    let before = flooded.server.resident_mib();
    // A hundred bodies just under the cap, held at their last byte.
    let mut held = vec![];
    for _ in 0..100 {
        let mut connection = Raw(TcpStream::connect(flooded.server.address).await.unwrap());
        connection.send(head_of_preview("Content-Length: 190000")).await;
        connection.send(vec![b' '; 189_999]).await;
        held.push(connection);
    }
    // Answered after them all: by then they were read.
    flooded.still_answers().await;
    let began = Instant::now();
    while flooded.server.peak_mib() - before <= FLAT_MIB {
        let grew = flooded.server.peak_mib() - before;
        assert!(
            began.elapsed() < SEEN_WITHIN,
            "memory grew by {grew:.1} MiB only, with 18 MiB of bodies held"
        );
        flooded.still_answers().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_a_hundred_thousand_levels_deep_is_refused() {
    const LEVELS: usize = 100_000;
    let flooded = Flooded::start().await;
    for (body, status) in [
        // As much of it as fits under the cap of a body, and all of it.
        (format!(r#"{{"body":{}"#, "[".repeat(LEVELS)), "400"),
        (format!(r#"{{"body":{}"#, r#"{"a":"#.repeat(LEVELS / 3)), "400"),
        (format!(r#"{{"body":{}1{}}}"#, "[".repeat(LEVELS), "]".repeat(LEVELS)), "413"),
    ] {
        flooded.server.forget_peak();
        let before = flooded.server.resident_mib();
        let answer = flooded.post(&body).await;
        let grew = flooded.server.peak_mib() - before;
        assert!(grew <= FLAT_MIB, "memory grew by {grew:.1} MiB");
        flooded.still_answers().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

/// A request on HTTP/2 to a path, with an origin and JSON to come.
pub fn request(stream: u32, path: &str, flags: u8) -> Vec<u8> {
    let literal = |name: &str, value: &str| {
        let lengths = [u8::try_from(name.len()).unwrap(), u8::try_from(value.len()).unwrap()];
        [&[0, lengths[0]], name.as_bytes(), &[lengths[1]], value.as_bytes()].concat()
    };
    let method = if path.ends_with("preview") { "POST" } else { "GET" };
    let fields = [
        literal(":method", method),
        literal(":scheme", "http"),
        literal(":path", path),
        literal(":authority", "x"),
        literal("origin", ORIGIN),
        literal("content-type", "application/json"),
    ];
    h2::frame(h2::HEADERS, flags, stream, &fields.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_of_http_2_end_their_connection_and_memory_stays_flat() {
    const MOST: usize = 256 << 20;
    let flooded = Flooded::start().await;
    let resets = |turn: u32| {
        let stream = 2 * turn + 1;
        let ask =
            request(stream, "/api/v1/sites/bench/thread?page=/thread", h2::END_HEADERS | h2::END_STREAM);
        [ask, h2::frame(h2::RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    };
    let (sent, _) = flooded.growth("rapid resets", h2::greeting(), resets, MOST).await;
    assert!(sent < 64 << 20, "{sent} bytes of resets were taken");

    let field = [&[0x00, 0x01, b'x', 0x7f, 0x81, 0x3e][..], &[b'v'; 8_000]].concat();
    let open = [h2::greeting(), h2::frame(h2::HEADERS, 0, 1, h2::GET)].concat();
    let (sent, _) =
        flooded.growth("continuations", open, |_| h2::frame(h2::CONTINUATION, 0, 1, &field), MOST).await;
    assert!(sent < 64 << 20, "{sent} bytes of continuations were taken");

    let open = [h2::greeting(), request(1, "/api/v1/sites/bench/preview", h2::END_HEADERS)].concat();
    let many = h2::frame(h2::DATA, 0, 1, &[]).repeat(1_000);
    let (sent, _) = flooded.growth("empty data", open, |_| many.clone(), MOST).await;
    assert!(sent < MOST, "{sent} bytes of empty data were taken");
}
