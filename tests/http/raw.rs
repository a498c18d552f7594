//! Connections byte by byte, and a server of one route behind the real accept loop, with deadlines that a test can wait
//! for.

use std::net::SocketAddr;
use std::time::Duration;

use afterword::web::accept::{AcceptLimits, Boxed, TooLate, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use warp::Filter;

/// A deadline that is short for a person, and long for a machine.
pub const SHORT: Duration = Duration::from_millis(300);
/// When a test gives up waiting for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn limits() -> AcceptLimits {
    AcceptLimits {
        header: SHORT,
        body: SHORT,
        idle: SHORT,
        stall: SHORT,
        drain: PATIENCE,
        ..AcceptLimits::default()
    }
}

pub struct Bare {
    pub address: SocketAddr,
    pub limits: AcceptLimits,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Bare {
    /// `GET /` says hello, or that it is too late; `POST /` says how long its body was, `GET /large` is larger than any buffer on the way, and
    /// `GET /never` never answers.
    pub async fn start(limits: AcceptLimits) -> Bare {
        let late = warp::ext::optional::<TooLate>();
        let hello = warp::path::end().and(warp::get()).and(late).map(|late: Option<TooLate>| {
            warp::reply::Response::new(if late.is_some() { "too late" } else { "hello" }.into())
        });
        let count = warp::path::end()
            .and(warp::post())
            .and(warp::body::bytes())
            .map(|body: bytes::Bytes| warp::reply::Response::new(body.len().to_string().into()));
        let large = warp::path("large").map(|| warp::reply::Response::new(vec![b'x'; 64 << 20].into()));
        let never = warp::path("never").then(std::future::pending::<warp::reply::Response>);
        let routes = hello.or(count).unify().or(large).unify().or(never).unify();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let theirs = limits.clone();
        let serving =
            tokio::spawn(
                async move { serve(listener, Boxed(warp::service(routes)), &theirs, stopped).await },
            );
        Bare { address, limits, stop, serving }
    }

    pub fn stop(&self) {
        self.stop.send(true).expect("the server runs");
    }

    /// Waits until the accept loop has returned.
    pub async fn stopped(self) {
        within_patience(self.serving).await.expect("the accept loop does not panic");
    }

    pub async fn connect(&self) -> Raw {
        Raw(TcpStream::connect(self.address).await.expect("the server listens"))
    }
}

pub async fn within_patience<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(PATIENCE, what).await.expect("it happens in time")
}

pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.expect("the server reads");
    }

    /// Everything until the server closes. A reset is a close too.
    pub async fn until_closed(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        within_patience(async {
            let mut part = [0; 4096];
            while let Ok(read @ 1..) = self.0.read(&mut part).await {
                all.extend_from_slice(&part[..read]);
            }
        })
        .await;
        all
    }

    /// Frames of HTTP/2 up to and with the first of this kind.
    pub async fn until_frame(&mut self, kind: u8) -> Vec<u8> {
        self.until_frames(kind, 1).await
    }

    /// The same, up to and with so many of this kind.
    pub async fn until_frames(&mut self, kind: u8, count: usize) -> Vec<u8> {
        let mut all = Vec::new();
        within_patience(async {
            let mut part = [0; 4096];
            while h2::kinds(&all).iter().filter(|(seen, _)| *seen == kind).count() < count {
                let read = self.0.read(&mut part).await.expect("a frame");
                assert!(read > 0, "closed after {:?}", h2::kinds(&all));
                all.extend_from_slice(&part[..read]);
            }
        })
        .await;
        all
    }

    /// Of which of these kinds the first frame of a stream is.
    pub async fn until_frame_of(&mut self, stream: u32, kinds: &[u8]) -> u8 {
        let mut all = Vec::new();
        within_patience(async {
            let mut part = [0; 4096];
            loop {
                let frames = h2::kinds(&all);
                if let Some((kind, _)) =
                    frames.iter().find(|(kind, of)| *of == stream && kinds.contains(kind))
                {
                    return *kind;
                }
                let read = self.0.read(&mut part).await.expect("a frame");
                assert!(read > 0, "closed after {frames:?}");
                all.extend_from_slice(&part[..read]);
            }
        })
        .await
    }

    /// One answer with a Content-Length.
    pub async fn answer(&mut self) -> String {
        let mut all = Vec::new();
        within_patience(async {
            let mut part = [0; 4096];
            loop {
                let text = String::from_utf8_lossy(&all).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n")
                    && body.len() >= length(head)
                {
                    return text;
                }
                let read = self.0.read(&mut part).await.expect("an answer");
                assert!(read > 0, "closed after {text:?}");
                all.extend_from_slice(&part[..read]);
            }
        })
        .await
    }

    pub async fn hello(&mut self) -> String {
        self.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        self.answer().await
    }
}

fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next().and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}

/// HTTP/2, as far as a hostile client needs it.
pub mod h2 {
    pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
    pub const END_STREAM: u8 = 1;
    pub const END_HEADERS: u8 = 4;

    pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("a small frame").to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        frame
    }

    /// The preface and empty settings.
    pub fn greeting() -> Vec<u8> {
        [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()
    }

    /// `GET /` of `http://x`, in HPACK: three fields of the static table, and a literal authority.
    pub const GET: &[u8] = &[0x82, 0x86, 0x84, 0x41, 0x01, b'x'];
    pub const POST: &[u8] = &[0x83, 0x86, 0x84, 0x41, 0x01, b'x'];

    pub fn get(stream: u32) -> Vec<u8> {
        frame(HEADERS, END_HEADERS | END_STREAM, stream, GET)
    }

    /// Kinds of the frames in `bytes`, with their streams.
    pub fn kinds(mut bytes: &[u8]) -> Vec<(u8, u32)> {
        let mut kinds = Vec::new();
        while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            kinds.push((head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]])));
            bytes = rest.get(length..).unwrap_or_default();
        }
        kinds
    }
}
