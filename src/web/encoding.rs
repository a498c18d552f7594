//! Content encodings: what a client takes, and compressing for those who take it.

use std::io::Write;

use http::HeaderMap;
use http::header::{self, HeaderValue};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    Identity,
    Brotli,
    Gzip,
}

impl Encoding {
    pub const ALL: [Encoding; 3] = [Encoding::Brotli, Encoding::Gzip, Encoding::Identity];

    /// The best of ours that the client takes: brotli, gzip, else the bytes as they are. What it prefers among those it
    /// takes does not matter: smaller is faster.
    pub fn accepted(headers: &HeaderMap) -> Encoding {
        let (mut brotli, mut gzip) = (false, false);
        for line in headers.get_all(header::ACCEPT_ENCODING) {
            for part in line.to_str().unwrap_or_default().split(',') {
                let (name, weight) = part.split_once(';').unwrap_or((part, ""));
                let taken = !is_zero(weight);
                match name.trim() {
                    name if name.eq_ignore_ascii_case("br") => brotli = taken,
                    name if name.eq_ignore_ascii_case("gzip") => gzip = taken,
                    _ => {}
                }
            }
        }
        match (brotli, gzip) {
            (true, _) => Encoding::Brotli,
            (_, true) => Encoding::Gzip,
            _ => Encoding::Identity,
        }
    }

    /// As it stands in `Content-Encoding`; nothing for the bytes as they are.
    pub fn header(self) -> Option<HeaderValue> {
        match self {
            Encoding::Identity => None,
            Encoding::Brotli => Some(HeaderValue::from_static("br")),
            Encoding::Gzip => Some(HeaderValue::from_static("gzip")),
        }
    }

    /// Compresses with moderate effort: answers change with every comment. `None` if it would not get smaller.
    pub fn encode(self, bytes: &[u8]) -> Option<Vec<u8>> {
        const BROTLI_QUALITY: i32 = 5;
        /// The window as a power of two: a page of a thread fits.
        const BROTLI_WINDOW: i32 = 19;
        /// What is smaller fits into one packet anyway.
        const WORTHWHILE: usize = 512;
        if bytes.len() < WORTHWHILE {
            return None;
        }
        let encoded = match self {
            Encoding::Identity => return None,
            Encoding::Brotli => {
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW,
                    size_hint: bytes.len(),
                    ..Default::default()
                };
                let mut encoded = Vec::with_capacity(bytes.len() / 3);
                brotli::BrotliCompress(&mut &*bytes, &mut encoded, &parameters).ok()?;
                encoded
            }
            Encoding::Gzip => {
                let target = Vec::with_capacity(bytes.len() / 3);
                let mut encoder = flate2::write::GzEncoder::new(target, flate2::Compression::default());
                encoder.write_all(bytes).ok()?;
                encoder.finish().ok()?
            }
        };
        (encoded.len() < bytes.len()).then_some(encoded)
    }
}

/// `q=0`, `q=0.0` and so on: not taken at all.
fn is_zero(weight: &str) -> bool {
    let Some(weight) = weight.trim().strip_prefix("q=").or_else(|| weight.trim().strip_prefix("Q=")) else {
        return false;
    };
    weight.starts_with('0') && weight.bytes().all(|b| matches!(b, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_encoding_that_the_client_takes_is_chosen() {
        for (sent, chosen) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip;q=1.0, br;q=0.5", Encoding::Brotli),
            ("GZIP", Encoding::Gzip),
            ("br;q=0, gzip", Encoding::Gzip),
            ("br; q=0.000, gzip;q=0.001", Encoding::Gzip),
            ("br;q=0, gzip;q=0", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("brotli, xgzip", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, sent.parse().unwrap());
            assert_eq!(Encoding::accepted(&headers), chosen, "{sent}");
        }
    }

    #[test]
    fn what_does_not_shrink_is_sent_as_it_is() {
        assert_eq!(Encoding::Brotli.encode(b"short"), None);
        let noise = blake3::Hasher::new().finalize_xof();
        let mut bytes = [0; 4096];
        { noise }.fill(&mut bytes);
        assert_eq!(Encoding::Gzip.encode(&bytes), None);
        assert!(Encoding::Brotli.encode(&[b'x'; 4096]).unwrap().len() < 100);
    }
}
