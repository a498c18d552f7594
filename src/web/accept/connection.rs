//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::header::{self, HeaderValue};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use super::activity::{Activity, Found};
use super::body::{Body, InFlight, Tracked};
use super::stream::{Protocol, Stream};
use super::streams::Streams;
use super::{AcceptLimits, BoxError, GOODBYE, Peer, TooLate, When};

/// The longest header and its largest part, in bytes.
const MAX_HEADER: usize = 32 * 1024;
/// HTTP/2 streams of one connection at once.
const MAX_STREAMS: u32 = 128;

pub async fn run<S, B>(
    tcp: TcpStream,
    peer: IpAddr,
    service: S,
    limits: Arc<AcceptLimits>,
    streams: Arc<Streams>,
    When { stop, mut leave }: When,
) where
    S: tower_service::Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Unpin + Send + 'static,
    B: http_body::Body + Unpin + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let activity = Arc::new(Activity::new(Instant::now()));
    let mut stream = Stream::new(tcp, activity.clone());
    let protocol = tokio::select! {
        // What was sent already is heard, whatever happened since.
        biased;
        protocol = stream.protocol() => protocol,
        _ = leave.wait_for(|leave| *leave) => return,
        _ = tokio::time::sleep(limits.header) => {
            limits.tally.overdue.fetch_add(1, Ordering::Relaxed);
            return;
        }
    };
    let service = Served {
        service: Box::new(Mutex::new(service)),
        peer,
        activity: activity.clone(),
        body_limit: limits.body,
        streams: matches!(protocol, Ok(Some(Protocol::Http2))).then_some(streams),
        stop,
    };
    match protocol {
        Ok(Some(Protocol::Http1)) => {
            let mut http1 = http1::Builder::new();
            // The watchdog does what the header timeout would, and knows idling from dawdling.
            http1.header_read_timeout(None).max_buf_size(MAX_HEADER);
            let mut connection = http1.serve_connection(TokioIo::new(stream), service);
            if watch_over(Pin::new(&mut connection), &activity, &limits, leave).await == End::Finished {
                connection.into_parts().io.into_inner().linger().await;
            }
        }
        Ok(Some(Protocol::Http2)) => {
            activity.is_multiplexed();
            let mut http2 = http2::Builder::new(TokioExecutor::new());
            http2
                .timer(TokioTimer::new())
                .max_concurrent_streams(MAX_STREAMS)
                .max_header_list_size(MAX_HEADER as u32)
                .keep_alive_interval(limits.idle / 2)
                .keep_alive_timeout(limits.header);
            let connection = pin!(http2.serve_connection(TokioIo::new(stream), service));
            watch_over(connection, &activity, &limits, leave).await;
        }
        Ok(None) | Err(_) => {}
    }
}

/// Both kinds of connection, as far as the watchdog is concerned.
trait Connection {
    /// Ready when there is nothing more to do. What went wrong is the client's affair: it is gone, or speaks no HTTP.
    fn work(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
    fn say_goodbye(self: Pin<&mut Self>);
}

impl<I, S, B> Connection for http1::Connection<I, S>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: hyper::service::HttpService<Incoming, ResBody = B> + Unpin,
    S::Future: Unpin,
    S::Error: Into<BoxError>,
    B: http_body::Body + 'static,
    B::Error: Into<BoxError>,
{
    /// The socket stays open, so that it can linger.
    fn work(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_without_shutdown(cx).map(drop)
    }

    fn say_goodbye(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<I, S, B> Connection for http2::Connection<I, S, TokioExecutor>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
    TokioExecutor: hyper::rt::bounds::Http2ServerConnExec<S::Future, B>,
{
    fn work(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx).map(drop)
    }

    fn say_goodbye(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// How a connection ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// By itself, or politely.
    Finished,
    /// By us.
    CutOff,
}

/// Lets the connection work until it ends, or something is overdue, or it is told to leave and has answered.
async fn watch_over(
    mut connection: Pin<&mut impl Connection>,
    activity: &Activity,
    limits: &AcceptLimits,
    mut leave: watch::Receiver<bool>,
) -> End {
    let mut told_to_leave = pin!(async move {
        // The sender is gone only when the server is.
        let _ = leave.wait_for(|leave| *leave).await;
    });
    let mut alarm = pin!(tokio::time::sleep(limits.header.min(limits.idle)));
    let mut leaving = false;
    // From when on it may be cut off while nothing is under way: clients need not answer a goodbye.
    let mut told = None;
    poll_fn(|cx| {
        if connection.as_mut().work(cx).is_ready() {
            return Poll::Ready(End::Finished);
        }
        if told.is_none() && told_to_leave.as_mut().poll(cx).is_ready() {
            told = Some(Instant::now());
            if !leaving {
                leaving = true;
                connection.as_mut().say_goodbye();
                cx.waker().wake_by_ref();
            }
            let soon = alarm.deadline().min(Instant::now() + GOODBYE);
            alarm.as_mut().reset(soon);
        }
        // The alarm is set for what went on when it last rang; only what has a nearer deadline moves it.
        if let Some(due) = activity.pressing(limits).filter(|due| *due < alarm.deadline()) {
            alarm.as_mut().reset(due);
        }
        while alarm.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            match activity.look(limits, now) {
                Found::FineUntil(later) => {
                    let over = told.and_then(|told| Some(activity.rests_since()?.max(told) + GOODBYE));
                    if over.is_some_and(|over| over <= now) {
                        return Poll::Ready(End::CutOff);
                    }
                    let again = told.map_or(later, |_| later.min(over.unwrap_or(now + GOODBYE)));
                    alarm.as_mut().reset(again);
                }
                Found::Idle if !leaving => {
                    leaving = true;
                    connection.as_mut().say_goodbye();
                    cx.waker().wake_by_ref();
                    alarm.as_mut().reset(Instant::now() + GOODBYE);
                }
                Found::Idle => return Poll::Ready(End::CutOff),
                Found::Stuck => {
                    limits.tally.overdue.fetch_add(1, Ordering::Relaxed);
                    return Poll::Ready(End::CutOff);
                }
            }
        }
        Poll::Pending
    })
    .await
}

/// The service as hyper calls it.
struct Served<S> {
    /// Boxed, so that it can be moved: a connection that lingers is taken apart. Called by this connection alone, so that
    /// nobody waits for it. A clone for each request would cost more: all cores would count what the clones share.
    service: Box<Mutex<S>>,
    peer: IpAddr,
    activity: Arc<Activity>,
    body_limit: Duration,
    /// Where requests of HTTP/2 need a place.
    streams: Option<Arc<Streams>>,
    stop: watch::Receiver<bool>,
}

impl<S, B> hyper::service::Service<http::Request<Incoming>> for Served<S>
where
    S: tower_service::Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible>,
    S::Future: Unpin,
    B: http_body::Body,
{
    type Response = http::Response<Tracked<B>>;
    type Error = h2::Error;
    type Future = Answering<S::Future>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        // The first needs none, as on HTTP/1: whoever is connected may ask something.
        let streams = self.streams.as_ref().filter(|_| self.activity.is_busy());
        let place = streams.map(Streams::enter);
        if let Some(None) = place {
            return Answering::Refused;
        }
        let in_flight = InFlight::new(self.activity.clone(), place.flatten());
        let mut request = request.map(|incoming| Body::new(incoming, self.body_limit));
        request.extensions_mut().insert(Peer(self.peer));
        let too_late = *self.stop.borrow();
        if too_late {
            request.extensions_mut().insert(TooLate);
        }
        // HTTP/2 knows no such header, and says goodbye by itself.
        let closes = too_late && request.version() < http::Version::HTTP_2;
        // A service is always ready here: whatever limits it has, it answers by.
        let answer = self.service.lock().call(request);
        Answering::Begun { answer, in_flight: Some(in_flight), closes }
    }
}

enum Answering<F> {
    /// There was no place: the stream is reset, and the client knows that nothing was done (RFC 9113, section 8.7).
    Refused,
    Begun {
        answer: F,
        in_flight: Option<InFlight>,
        /// Whether the connection ends with this answer.
        closes: bool,
    },
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<http::Response<B>, Infallible>> + Unpin,
    B: http_body::Body,
{
    type Output = Result<http::Response<Tracked<B>>, h2::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Answering::Begun { answer, in_flight, closes } = &mut *self else {
            return Poll::Ready(Err(h2::Reason::REFUSED_STREAM.into()));
        };
        let Ok(mut response) = ready!(Pin::new(answer).poll(cx));
        if *closes {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let in_flight = in_flight.take().expect("polled only until it is ready");
        Poll::Ready(Ok(response.map(|body| Tracked::new(body, in_flight))))
    }
}
