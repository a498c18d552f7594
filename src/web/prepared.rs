//! Answers that are made once and sent often: files, documents. All encodings are at hand, each with its own ETag.

use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderValue};

use super::Request;
use super::encoding::Encoding;
use super::etag::ETag;
use super::response::{self, Response};

/// One encoding of an answer.
#[derive(Clone, Debug)]
pub struct Variant {
    pub encoding: Encoding,
    pub etag: ETag,
    pub bytes: Bytes,
}

#[derive(Clone, Debug)]
pub struct Prepared {
    media: HeaderValue,
    cache_control: HeaderValue,
    /// Smallest first; the bytes as they are come last, and are always there.
    variants: Vec<Variant>,
}

impl Prepared {
    /// Compresses once, here.
    pub fn new(media: HeaderValue, cache_control: HeaderValue, bytes: Vec<u8>) -> Prepared {
        let encoded =
            |encoding: Encoding| encoding.encode(&bytes).map(|bytes| (encoding, Bytes::from(bytes)));
        let mut all: Vec<_> = [Encoding::Brotli, Encoding::Gzip].into_iter().filter_map(encoded).collect();
        all.push((Encoding::Identity, Bytes::from(bytes)));
        Prepared::of(media, cache_control, all)
    }

    /// Of encodings made elsewhere.
    pub fn of(media: HeaderValue, cache_control: HeaderValue, all: Vec<(Encoding, Bytes)>) -> Prepared {
        let variant =
            |(encoding, bytes): (Encoding, Bytes)| Variant { encoding, etag: ETag::of_bytes(&bytes), bytes };
        Prepared { media, cache_control, variants: all.into_iter().map(variant).collect() }
    }

    /// The same with another lifetime.
    pub fn cached(mut self, cache_control: HeaderValue) -> Prepared {
        self.cache_control = cache_control;
        self
    }

    /// What this request takes of it; `304` if it has that already.
    pub fn answer(&self, request: &Request) -> Response {
        let accepted = Encoding::accepted(request.headers());
        let fits =
            |variant: &&Variant| variant.encoding == accepted || variant.encoding == Encoding::Identity;
        let Some(variant) = self.variants.iter().find(fits) else { return response::no_content() };
        answer(request, variant, self.media.clone(), self.cache_control.clone())
    }
}

/// Sends a variant, or `304` if the client has it.
pub fn answer(
    request: &Request,
    variant: &Variant,
    media: HeaderValue,
    cache_control: HeaderValue,
) -> Response {
    if variant.etag.is_known(request.headers()) {
        return unchanged(variant.etag, cache_control);
    }
    let mut response = response::respond(StatusCode::OK, media, variant.bytes.clone());
    if let Some(encoding) = variant.encoding.header() {
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    identified(response, variant.etag, cache_control)
}

/// `304` for a client that has what this names.
pub fn unchanged(etag: ETag, cache_control: HeaderValue) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().reserve(12);
    identified(response, etag, cache_control)
}

fn identified(mut response: Response, etag: ETag, cache_control: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag.header());
    headers.insert(header::CACHE_CONTROL, cache_control);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}
