//! The widget's files, from the binary. Chunks have their hash in their name and never change; `embed.js` is what pages
//! name, so it keeps its name and is asked for again after a while.
//!
//! A cached loader may ask for a chunk that an upgrade replaced: a known stem with another hash answers the current
//! chunk, uncached.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};

use super::encoding::Encoding;
use super::openapi::Media;
use super::prepared::Prepared;
use super::problem::{Problem, kinds};
use super::route::{Class, Route, route};
use super::{Request, Response};

/// A file as `build.rs` leaves it.
pub struct File {
    stem: &'static str,
    name: &'static str,
    content_type: &'static str,
    identity: &'static [u8],
    br: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/widget_files.rs"));

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const TEN_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=600");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");

const LOADER: &str = "embed.js";

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/widget/{file}")
            .class(Class::Public)
            .doc("A part of the widget", "Its name holds a hash of its content, so it never changes.")
            .gives_media(StatusCode::OK, Media::SCRIPT)
            .to(chunk),
        route(Method::GET, "/embed.js")
            .class(Class::Public)
            .doc("The widget's loader", "What pages embed.")
            .gives_media(StatusCode::OK, Media::SCRIPT)
            .to(loader),
    ]
}

/// The address of a file by its stem, as our own pages link it.
pub fn address(stem: &str) -> Option<String> {
    FILES
        .iter()
        .find(|file| file.stem == stem && file.name != LOADER)
        .map(|file| format!("/widget/{}", file.name))
}

async fn loader(request: Request) -> Result<Response, Problem> {
    send(&request, |file| file.name == LOADER, &TEN_MINUTES)
}

async fn chunk(name: String, request: Request) -> Result<Response, Problem> {
    send(&request, |file| file.name == name && name != LOADER, &FOR_EVER).or_else(|_| {
        let stem = name.rsplit_once('.').and_then(|(name, _)| name.rsplit_once('-')).map(|(stem, _)| stem);
        send(&request, |file| Some(file.stem) == stem && file.name != LOADER, &NOT_AT_ALL)
    })
}

fn send(
    request: &Request,
    is_meant: impl Fn(&File) -> bool,
    cache_control: &HeaderValue,
) -> Result<Response, Problem> {
    static PREPARED: LazyLock<Vec<Prepared>> = LazyLock::new(|| FILES.iter().map(prepare).collect());
    let index = FILES.iter().position(is_meant).ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let mut response = PREPARED[index].clone().cached(cache_control.clone()).answer(request);
    // Pages that demand it of everything they load (Cross-Origin-Embedder-Policy) may load these.
    response.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    Ok(response)
}

fn prepare(file: &File) -> Prepared {
    let all = [(Encoding::Brotli, file.br), (Encoding::Gzip, file.gzip), (Encoding::Identity, file.identity)];
    let all = all.map(|(encoding, bytes)| (encoding, Bytes::from_static(bytes)));
    Prepared::of(HeaderValue::from_static(file.content_type), NOT_AT_ALL, all.to_vec())
}
