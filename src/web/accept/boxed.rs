use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

/// A service whose futures may not be moved, such as warp's, for [`super::serve`], which moves them.
#[derive(Clone)]
pub struct Boxed<S>(pub S);

impl<S: Service<Request>, Request> Service<Request> for Boxed<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<S::Future>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}
