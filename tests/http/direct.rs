//! The service without a network in between: for what does not depend on bytes and connections.

use std::io::Write;
use std::sync::Arc;

use afterword::app::App;
use afterword::web::Service;
use afterword::web::route::{Route, RouteRow};
use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::{BodyExt, Full};
use parking_lot::Mutex;
use serde_json::Value;
use tower_service::Service as _;

/// A place for the access log that a test can read.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).expect("a log is text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub struct Direct(pub Service);

impl Direct {
    pub fn to(app: &Arc<App>) -> Direct {
        Direct::with(app, afterword::web::routes(), Log::default())
    }

    pub fn with(app: &Arc<App>, routes: Vec<Route>, log: Log) -> Direct {
        Direct(Service::new(app.clone(), routes, log))
    }

    pub fn rows(&self) -> Vec<Arc<RouteRow>> {
        self.0.table().rows().to_vec()
    }

    pub async fn send(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.call(request(method, path, headers, body)).await
    }

    pub async fn call(&self, request: http::Request<Full<Bytes>>) -> Answer {
        let Ok(response) = self.0.clone().call(request).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(&Method::GET, path, headers, "").await
    }
}

#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The slug, if this is a problem.
    pub fn problem(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body["type"].as_str()?.strip_prefix("/problems/")?.to_owned())
    }
}

pub fn request(
    method: &Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> http::Request<Full<Bytes>> {
    let mut request = http::Request::new(Full::new(Bytes::from(body.to_owned())));
    *request.method_mut() = method.clone();
    *request.uri_mut() = path.parse().expect("a path");
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().expect("a header's name");
        request.headers_mut().append(name, value.parse().expect("a header's value"));
    }
    request
}

/// A path of this route's pattern, on the test's site.
pub fn path_of(row: &RouteRow) -> String {
    let path = row.pattern.as_str();
    let path = path.replace("{site}", "blog").replace("{comment}", "00000000-0000-4000-8000-000000000000");
    let path = path.replace("{provider}", "google");
    path.replace("{thread}", "1").replace("{slug}", "internal").replace("{file}", "thread-0.js")
}
