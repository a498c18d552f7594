//! The magazine as a service for the accept loop, and its mailbox as JSON.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;

use super::{Magazine, answer};
use crate::outside::mailbox::Mailbox;
use crate::web::accept::Body;

#[derive(Clone)]
pub struct MagazineService {
    magazine: Arc<Magazine>,
    mailbox: Arc<Mailbox>,
}

impl MagazineService {
    pub fn new(server: String, mailbox: Arc<Mailbox>) -> MagazineService {
        MagazineService { magazine: Arc::new(Magazine::new(server)), mailbox }
    }

    fn answer(&self, method: &Method, path: &str) -> Response<Bytes> {
        match (method, path) {
            (&Method::GET, "/mailbox/mails.json") => self.mails(),
            (&Method::GET | &Method::HEAD, path) => self.magazine.page(path),
            _ => {
                let text = "text/plain; charset=utf-8";
                let mut refused = answer(StatusCode::METHOD_NOT_ALLOWED, text, "Only GET.\n".into());
                refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                refused
            }
        }
    }

    /// The mailbox, the newest first.
    fn mails(&self) -> Response<Bytes> {
        let mails = self.mailbox.mails();
        let mails: Vec<_> = mails
            .iter()
            .map(|received| Shown {
                to: received.mail.to.as_str(),
                subject: &received.mail.subject,
                text: &received.mail.text,
                at: received.at.to_string(),
            })
            .collect();
        match serde_json::to_vec(&mails) {
            Ok(json) => answer(StatusCode::OK, "application/json", json.into()),
            Err(_) => answer(StatusCode::INTERNAL_SERVER_ERROR, "application/json", Bytes::new()),
        }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    at: String,
}

impl tower_service::Service<Request<Body>> for MagazineService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Full<Bytes>>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok(self.answer(request.method(), request.uri().path()).map(Full::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Email;
    use crate::outside::{Mail, Mailer};

    #[tokio::test]
    async fn mail_is_shown_on_a_page_and_nothing_else_is_taken() {
        let mailbox = Arc::new(Mailbox::new(3));
        let service = MagazineService::new("http://localhost:8080".to_owned(), mailbox.clone());
        let to = Email::parse("ada@example.org").unwrap();
        let (subject, text) = ("482 913 is your code".to_owned(), "Type it.".to_owned());
        mailbox.send(&Mail { to, subject, text, html: String::new() }).await.unwrap();
        let answer = service.answer(&Method::GET, "/mailbox/mails.json");
        let json: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(json[0]["subject"], "482 913 is your code");
        assert_eq!(service.answer(&Method::POST, "/mailbox").status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
