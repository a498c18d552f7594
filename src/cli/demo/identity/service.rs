//! Demo ID as a service for the accept loop.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use askama::Template;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full, Limited};
use serde_json::{Value, json};
use url::Url;

use super::DemoId;
use super::page::{Choice, Page, Refused, Welcome};
use crate::app::random;
use crate::cli::demo::magazine::answer;
use crate::web::accept::Body;

const MAX_FORM_BYTES: usize = 16 * 1024;
/// Why a body did not come.
type Fault = Box<dyn std::error::Error + Send + Sync>;
const HTML: &str = "text/html; charset=utf-8";

#[derive(Clone)]
pub struct DemoIdService(Arc<DemoId>);

impl DemoIdService {
    pub fn new(demo_id: Arc<DemoId>) -> DemoIdService {
        DemoIdService(demo_id)
    }

    async fn answer<B: HttpBody<Error: Into<Fault>>>(self, request: Request<B>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let form = match Limited::new(body, MAX_FORM_BYTES).collect().await {
            Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            Err(_) => return self.refuse("That was too much, or too slow."),
        };
        let query = head.uri.query().unwrap_or_default();
        match (&head.method, head.uri.path()) {
            (&Method::GET, "/.well-known/openid-configuration") => {
                json_answer(StatusCode::OK, &self.0.discovery())
            }
            (&Method::GET, "/keys") => json_answer(StatusCode::OK, &self.0.key.published()),
            (&Method::POST, "/token") => match self.0.trade(&form) {
                Ok(tokens) => json_answer(StatusCode::OK, &tokens),
                Err(word) => json_answer(StatusCode::BAD_REQUEST, &json!({ "error": word })),
            },
            (&Method::GET, "/authorize") => match self.0.asked(query) {
                Ok(_) => self.page(Page::new(&self.asking(), query)),
                Err(why) => self.refuse(why),
            },
            (&Method::POST, "/authorize") => self.chosen(query, &form),
            (&Method::GET, "/style.css") => {
                let style = include_bytes!("style.css").as_slice();
                answer(StatusCode::OK, "text/css; charset=utf-8", Bytes::from_static(style))
            }
            (&Method::GET, "/") => self.html(StatusCode::OK, &Welcome),
            _ => {
                let text = "text/plain; charset=utf-8";
                answer(StatusCode::NOT_FOUND, text, Bytes::from_static(b"Nothing here.\n"))
            }
        }
    }

    /// Somebody pressed a button.
    fn chosen(&self, query: &str, form: &str) -> Response<Bytes> {
        let asked = match self.0.asked(query) {
            Ok(asked) => asked,
            Err(why) => return self.refuse(why),
        };
        let choice = Choice::read(form);
        let person = if choice.is_cancelled() {
            None
        } else {
            match choice.person(random(&*self.0.chance)) {
                Ok(person) => Some(person),
                Err(wrong) => return self.page(Page::new(&self.asking(), query).again(&choice, &wrong)),
            }
        };
        let back = self.0.answer(asked, person);
        match back.and_then(|back| HeaderValue::try_from(back.as_str()).ok()) {
            Some(location) => {
                let mut sent = answer(StatusCode::SEE_OTHER, HTML, Bytes::new());
                sent.headers_mut().insert(header::LOCATION, location);
                sent
            }
            None => self.refuse("There is no way back from here."),
        }
    }

    /// The origin of who asks.
    fn asking(&self) -> String {
        Url::parse(&self.0.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    fn page(&self, page: Page<'_>) -> Response<Bytes> {
        self.html(StatusCode::OK, &page)
    }

    fn refuse(&self, why: &str) -> Response<Bytes> {
        self.html(StatusCode::BAD_REQUEST, &Refused { why })
    }

    fn html(&self, status: StatusCode, page: &impl Template) -> Response<Bytes> {
        let mut page = answer(status, HTML, page.render().unwrap_or_default().into());
        // A form's redirect counts as its target in some browsers: the way back is let through.
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
            self.asking()
        );
        if let Ok(policy) = HeaderValue::try_from(policy) {
            page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        page.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        page
    }
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Bytes> {
    answer(status, "application/json", value.to_string().into())
}

impl tower_service::Service<Request<Body>> for DemoIdService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await.map(Full::new)) })
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
