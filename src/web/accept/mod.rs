//! Our own accept loop: HTTP/1.1 and cleartext HTTP/2 around any service, with a deadline for everything a client may
//! be slow at.
//!
//! `warp::serve` holds a half-sent header open for more than a minute, knows no cap, and waits without end when told to
//! stop. Invariant: a connection that makes no progress is closed within the limit for what it was doing, and when the
//! server is told to stop, [`serve`] returns within the drain limit: requests that came before are answered, and those
//! that come meanwhile are marked as [`TooLate`].

mod activity;
mod body;
mod boxed;
mod connection;
mod stream;
mod streams;

pub use body::{Body, BodyTimedOut};
pub use boxed::Boxed;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::config;
use streams::Streams;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a connection that was told to end may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// How long a client may take, and how many there may be.
#[derive(Clone, Debug)]
pub struct AcceptLimits {
    /// Connections at once; further ones wait in the kernel's queue. On HTTP/2 as many requests, on all of them together,
    /// beside the first that each may have; further ones are refused.
    pub connections: usize,
    /// From a connection's first moment, or a request's first byte, to the end of the header.
    pub header: Duration,
    /// From the end of the header to the end of the body.
    pub body: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// Without taking a byte of an answer.
    pub stall: Duration,
    /// For accepted requests to finish after the signal to stop.
    pub drain: Duration,
    pub tally: Arc<Tally>,
}

impl From<&config::Server> for AcceptLimits {
    fn from(server: &config::Server) -> AcceptLimits {
        AcceptLimits {
            connections: server.max_connections,
            header: server.header_timeout,
            body: server.body_timeout,
            idle: server.idle_timeout,
            stall: server.body_timeout,
            drain: server.drain_timeout,
            tally: Arc::default(),
        }
    }
}

impl Default for AcceptLimits {
    fn default() -> AcceptLimits {
        let secs = Duration::from_secs;
        AcceptLimits {
            connections: 12_000,
            header: secs(10),
            body: secs(12),
            idle: secs(60),
            stall: secs(12),
            drain: secs(9),
            tally: Arc::default(),
        }
    }
}

/// What the accept loop counts.
#[derive(Debug, Default)]
pub struct Tally {
    pub accepted: AtomicU64,
    pub closed: AtomicU64,
    /// Closed by us, because a deadline had passed.
    pub overdue: AtomicU64,
    /// Requests of HTTP/2 that were refused, because as many as may be were under way.
    pub refused: AtomicU64,
}

impl Tally {
    pub fn open(&self) -> u64 {
        // Read in this order, so that a connection that comes and goes in between cannot make it negative.
        let closed = self.closed.load(Ordering::Acquire);
        self.accepted.load(Ordering::Acquire).saturating_sub(closed)
    }
}

/// Who holds the other end of the connection: an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The request's header came after the signal to stop: an extension of such requests. The service refuses them, so that
/// a client hears that it may try again, instead of being left without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLate;

/// Opens a listening socket that a restarted server can take over at once.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    const BACKLOG: i32 = 4_096;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Serves until `stop` turns true, then lets accepted requests finish and returns, at the latest after the drain limit.
/// Until they have finished, whoever is new is still heard.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    limits: &AcceptLimits,
    stop: watch::Receiver<bool>,
) where
    S: tower_service::Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Unpin + Send + 'static,
    B: http_body::Body + Unpin + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let limits = Arc::new(limits.clone());
    let free = Arc::new(Semaphore::new(limits.connections));
    let streams = Streams::new(limits.connections, limits.tally.clone());
    let begin = |open: &mut JoinSet<()>, (stream, peer, permit): Accepted, leave: watch::Receiver<bool>| {
        limits.tally.accepted.fetch_add(1, Ordering::AcqRel);
        let when = When { stop: stop.clone(), leave };
        let connection =
            connection::run(stream, peer.ip(), service.clone(), limits.clone(), streams.clone(), when);
        let tally = limits.tally.clone();
        open.spawn(async move {
            let _left = Left { tally, _permit: permit };
            connection.await;
        });
    };

    let mut open = JoinSet::new();
    let mut stopping = stop.clone();
    loop {
        while open.try_join_next().is_some() {}
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &free) => begin(&mut open, accepted, stop.clone()),
        }
    }

    let deadline = Instant::now() + limits.drain;
    let (leave, told_to_leave) = watch::channel(false);
    let mut late = JoinSet::new();
    loop {
        while late.try_join_next().is_some() {}
        tokio::select! {
            biased;
            left = open.join_next() => if left.is_none() { break },
            () = tokio::time::sleep_until(deadline) => break,
            accepted = accept(&listener, &free) => begin(&mut late, accepted, told_to_leave.clone()),
        }
    }
    drop(listener);
    leave.send_replace(true);
    // Nobody was promised anything on these: time to write a refusal, and no more.
    let all_left = async { while late.join_next().await.is_some() {} };
    let _ = timeout_at(deadline.min(Instant::now() + GOODBYE), all_left).await;
    if !open.is_empty() {
        tracing::warn!(connections = open.len(), "closed connections that did not finish in time");
    }
    open.shutdown().await;
    late.shutdown().await;
}

type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// What a connection is told, and when.
struct When {
    /// The server stops: whatever is asked from now on is too late.
    stop: watch::Receiver<bool>,
    /// It is to end once it has answered. For those who were there before, this is the same moment.
    leave: watch::Receiver<bool>,
}

/// The next connection and its place under the cap.
async fn accept(listener: &TcpListener, free: &Arc<Semaphore>) -> Accepted {
    loop {
        let permit = free.clone().acquire_owned().await.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written in one piece; waiting to fill packets only delays them.
                let _ = stream.set_nodelay(true);
                return (stream, peer, permit);
            }
            // The client is gone already: nothing is wrong here.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                // Out of file descriptors, most likely: trying at once would only burn the processor.
                tracing::error!("could not accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Counts a connection as closed, however it ended.
struct Left {
    tally: Arc<Tally>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Left {
    fn drop(&mut self) {
        self.tally.closed.fetch_add(1, Ordering::AcqRel);
    }
}
