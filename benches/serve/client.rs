//! The load: many keep-alive connections that send one prepared request after another. It reads only as much of an
//! answer as it must, so that the machine's cores go to the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A keep-alive HTTP/1.1 connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends `request` and reads its answer; `keep_body` copies the body out.
    pub async fn ask(&mut self, request: &[u8], keep_body: bool) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head_end = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            // Only the new bytes and the three before them can hold the end of the head.
            let from = filled.saturating_sub(3);
            filled += read;
            if let Some(at) = find(&self.buffer[from..filled], b"\r\n\r\n") {
                break from + at + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..head_end]).map_err(std::io::Error::other)?.to_owned();
        let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length = length_of(&head).unwrap_or(0);
        let mut body = Vec::new();
        if keep_body {
            body.extend_from_slice(&self.buffer[head_end..filled]);
        }
        let mut received = filled - head_end;
        while received < length {
            let read = self.stream.read(&mut self.buffer).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if keep_body {
                body.extend_from_slice(&self.buffer[..read]);
            }
            received += read;
        }
        Ok(Answer { status, head, body })
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn length_of(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

/// What a run measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// Runs `clients` connections for `time`; each asks what `request(client, turn)` gives and must be answered `status`.
pub async fn load(
    address: SocketAddr,
    clients: usize,
    time: Duration,
    status: u16,
    request: impl Fn(usize, usize) -> Arc<[u8]> + Send + Sync + 'static,
) -> anyhow::Result<Measured> {
    let request = Arc::new(request);
    let stop = Arc::new(AtomicBool::new(false));
    let mut running = Vec::new();
    for client in 0..clients {
        let (request, stop) = (request.clone(), stop.clone());
        running.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::with_capacity(64 * 1024);
            while !stop.load(Ordering::Relaxed) {
                let bytes = request(client, times.len());
                let began = Instant::now();
                let answer = connection.ask(&bytes, false).await?;
                times.push(began.elapsed());
                anyhow::ensure!(answer.status == status, "expected {status}, got {}", answer.head);
            }
            anyhow::Ok(times)
        }));
    }
    let began = Instant::now();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let elapsed = began.elapsed();
    let mut times = Vec::new();
    for client in running {
        times.extend(client.await??);
    }
    anyhow::ensure!(!times.is_empty(), "nothing was answered");
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Ok(Measured { per_second: times.len() as f64 / elapsed.as_secs_f64(), p50: at(0.50), p99: at(0.99) })
}
