//! What the real server is measured against: warp alone, behind the same accept loop, sending the same bytes with the
//! same headers.

use std::convert::Infallible;
use std::path::Path;

use afterword::web::accept::{Boxed, serve as accept};
use bytes::Bytes;
use warp::Filter;
use warp::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

/// What makes this program the bare server; the directory of the answer follows.
pub const ARGUMENT: &str = "--bare";
pub const PATH: &str = "/thread";

/// Serves the answer recorded in `directory` on a port of the kernel's, printed as the first line of standard output:
/// 200 with the body, or 304 if the request's `If-None-Match` is the recorded `ETag`.
pub async fn serve(directory: &Path) -> anyhow::Result<()> {
    let body = Bytes::from(std::fs::read(directory.join("body"))?);
    let mut headers = HeaderMap::new();
    for line in std::fs::read_to_string(directory.join("head"))?.lines().skip(1) {
        if let Some((name, value)) = line.split_once(':') {
            let name: HeaderName = name.parse()?;
            if !["content-length", "date", "connection"].contains(&name.as_str()) {
                headers.insert(name, HeaderValue::from_str(value.trim())?);
            }
        }
    }
    let route = warp::get()
        .and(warp::path(PATH.trim_start_matches('/')))
        .and(warp::header::optional::<String>("if-none-match"))
        .then(move |seen: Option<String>| {
            let (body, headers) = (body.clone(), headers.clone());
            async move {
                let unchanged =
                    seen.is_some_and(|seen| headers.get("etag").is_some_and(|etag| etag == seen.as_str()));
                let (status, body) =
                    if unchanged { (StatusCode::NOT_MODIFIED, Bytes::new()) } else { (StatusCode::OK, body) };
                let mut response = Response::new(body.into());
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                if unchanged {
                    response.headers_mut().remove("content-type");
                    response.headers_mut().remove("content-encoding");
                }
                Ok::<warp::reply::Response, Infallible>(response)
            }
        })
        .map(|result: Result<warp::reply::Response, Infallible>| match result {
            Ok(response) => response,
            Err(never) => match never {},
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (_running, stop) = tokio::sync::watch::channel(false);
    accept(listener, Boxed(warp::service(route)), &Default::default(), stop).await;
    Ok(())
}
