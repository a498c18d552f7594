//! What a route calls: an async function of its path's parameters and the request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::pattern::MAX_PARAMS;
use crate::domain::{CommentId, ProviderId, Refusal, SiteKey, ThreadId};
use crate::web::problem::{Problem, kinds};
use crate::web::{Request, Response};

pub type Answer = Result<Response, Problem>;

/// A handler without its type: so that warp's filters are compiled once, not once per route.
pub type Erased =
    Arc<dyn Fn([&str; MAX_PARAMS], Request) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// An `async fn` of up to three parameters and the [`Request`].
pub trait Handler<Params>: Send + Sync + 'static {
    const PARAMS: usize;
    fn erase(self) -> Erased;
}

/// Something that stands in a path. What it is not is this type's own 404: a path names things.
pub trait PathParam: Sized + Send + 'static {
    fn from_segment(segment: &str) -> Result<Self, Problem>;
}

impl PathParam for SiteKey {
    fn from_segment(segment: &str) -> Result<SiteKey, Problem> {
        segment.parse().map_err(|_| Refusal::UnknownSite.into())
    }
}

impl PathParam for CommentId {
    fn from_segment(segment: &str) -> Result<CommentId, Problem> {
        segment.parse().map_err(|_| Refusal::UnknownComment.into())
    }
}

impl PathParam for ThreadId {
    fn from_segment(segment: &str) -> Result<ThreadId, Problem> {
        segment.parse().map(ThreadId).map_err(|_| Problem::of(&kinds::NOT_FOUND))
    }
}

impl PathParam for ProviderId {
    fn from_segment(segment: &str) -> Result<ProviderId, Problem> {
        segment.parse().map_err(|_| Refusal::UnknownProvider.into())
    }
}

/// Anything: what it may be, the handler knows.
impl PathParam for String {
    fn from_segment(segment: &str) -> Result<String, Problem> {
        Ok(segment.to_owned())
    }
}

macro_rules! handlers {
    ($count:literal: $($param:ident $index:tt),*) => {
        impl<F, Fut, $($param),*> Handler<($($param,)*)> for F
        where
            F: Fn($($param,)* Request) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Answer> + Send + 'static,
            $($param: PathParam,)*
        {
            const PARAMS: usize = $count;

            fn erase(self) -> Erased {
                Arc::new(move |_params: [&str; MAX_PARAMS], request: Request| {
                    // A parameter that names nothing answers at once; nothing of it outlives this call.
                    let called = || -> Result<Fut, Problem> {
                        Ok(self($($param::from_segment(_params[$index])?,)* request))
                    };
                    match called() {
                        Ok(answer) => Box::pin(answer),
                        Err(problem) => Box::pin(std::future::ready(Err(problem))),
                    }
                })
            }
        }
    };
}

handlers!(0:);
handlers!(1: A 0);
handlers!(2: A 0, B 1);
handlers!(3: A 0, B 1, C 2);
