//! Bodies on their way in, which have a deadline, and on their way out, which are counted.

use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::BoxError;
use super::activity::Activity;
use super::streams::Place;

/// The body did not arrive in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not arrive within {} seconds", .0.as_secs())]
pub struct BodyTimedOut(pub Duration);

/// A request's body: all of it arrives within the body limit, or reading it fails with [`BodyTimedOut`].
pub struct Body {
    incoming: Incoming,
    began: Instant,
    limit: Duration,
    /// Made when there is something to wait for: most bodies arrive with their header.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Body {
    pub(super) fn new(incoming: Incoming, limit: Duration) -> Body {
        Body { incoming, began: Instant::now(), limit, alarm: None }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let due = self.began + self.limit;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        match alarm.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(BodyTimedOut(self.limit).into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// A request under way: ends when this is dropped, which is when its answer was handed over or given up.
pub struct InFlight {
    activity: Arc<Activity>,
    /// Whether it has an answer of known length: then that must make progress. A stream of events may be silent.
    sending: bool,
    _place: Option<Place>,
}

impl InFlight {
    pub fn new(activity: Arc<Activity>, place: Option<Place>) -> InFlight {
        activity.request_began();
        InFlight { activity, sending: false, _place: place }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.sending {
            self.activity.sending_ended();
        }
        self.activity.request_ended(Instant::now);
    }
}

/// An answer's body, which keeps its request in flight.
pub struct Tracked<B> {
    body: B,
    request: Request,
}

enum Request {
    /// On HTTP/1 the body is let go of when its bytes are.
    Alone { _request: InFlight },
    /// On HTTP/2 its bytes may wait for the client's window long after, and keep the request in flight until then.
    WithBytes(Arc<InFlight>),
}

impl<B: HttpBody> Tracked<B> {
    pub fn new(body: B, mut request: InFlight) -> Tracked<B> {
        if body.size_hint().exact().is_some() {
            request.activity.sending_began(Instant::now);
            request.sending = true;
        }
        let request = match request.activity.shares_its_connection() {
            true => Request::WithBytes(Arc::new(request)),
            false => Request::Alone { _request: request },
        };
        Tracked { body, request }
    }
}

impl<B: HttpBody + Unpin> HttpBody for Tracked<B> {
    type Data = Held<B::Data>;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Held<B::Data>>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let request = match &self.request {
            Request::Alone { .. } => None,
            Request::WithBytes(request) => Some(request.clone()),
        };
        Poll::Ready(frame.map(|frame| Ok(frame?.map_data(|bytes| Held { bytes, _request: request }))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes of an answer, which keep its request in flight until they are sent.
pub struct Held<D> {
    bytes: D,
    _request: Option<Arc<InFlight>>,
}

impl<D: Buf> Buf for Held<D> {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn chunks_vectored<'a>(&'a self, parts: &mut [IoSlice<'a>]) -> usize {
        self.bytes.chunks_vectored(parts)
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
    }

    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        self.bytes.copy_to_bytes(count)
    }
}
