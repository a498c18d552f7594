//! Bodies: JSON only, under a cap and a deadline, not nested without end.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use super::arrival::{Arrival, Body};
use crate::web::accept::BodyTimedOut;
use crate::web::problem::{Problem, kinds};

/// How deep a body may nest.
const MAX_DEPTH: usize = 32;

pub async fn read<T: DeserializeOwned>(arrival: &Arrival, cap: usize) -> Result<T, Problem> {
    expect_json(&arrival.headers)?;
    parse(&bytes(arrival, cap).await?)
}

/// The whole body, of whatever kind.
pub async fn bytes(arrival: &Arrival, cap: usize) -> Result<Bytes, Problem> {
    match arrival.take_body() {
        Some(body) => collect(body, cap).await,
        None => Ok(Bytes::new()),
    }
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    let media = text(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(Problem::of(&kinds::WRONG_CONTENT_TYPE));
    }
    match text(header::CONTENT_ENCODING) {
        None | Some("identity" | "") => Ok(()),
        Some(_) => Err(Problem::of(&kinds::WRONG_CONTENT_TYPE)),
    }
}

async fn collect(mut body: Body, cap: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(&kinds::BODY_TOO_LARGE, format!("expected at most {cap} bytes"));
    if body.size_hint().lower() > cap as u64 {
        return Err(too_large());
    }
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<BodyTimedOut>() {
                Problem::of(&kinds::TIMEOUT)
            } else {
                Problem::new(&kinds::BAD_JSON, "the body broke off")
            }
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if collected.len() + data.len() > cap {
            return Err(too_large());
        }
        // Most bodies are one frame: that one is not copied.
        if collected.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.freeze())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(&kinds::BAD_JSON, "expected a JSON object, the body is empty"));
    }
    // A type of ours could be read from an array too; nobody is promised that.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::new(&kinds::BAD_JSON, "expected a JSON object"));
    }
    if depth(bytes) > MAX_DEPTH {
        return Err(Problem::new(
            &kinds::BAD_JSON,
            format!("expected at most {MAX_DEPTH} levels of nesting"),
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let at = error.path().to_string();
        let error = error.into_inner();
        let place = if at.is_empty() || at == "." { String::new() } else { format!("{at}: ") };
        Problem::new(&kinds::BAD_JSON, format!("{place}{}", in_json(&error.to_string())))
    })?;
    json.end().map_err(|error| Problem::new(&kinds::BAD_JSON, error.to_string()))?;
    Ok(value)
}

/// The message in JSON's words: what we call a type is nothing to a client.
fn in_json(message: &str) -> String {
    match message.split_once("expected struct ") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            format!("{before}expected an object{rest}")
        }
        None => message.to_owned(),
    }
}

/// How deep arrays and objects nest, whether or not the rest is JSON.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code)]
        page: Page,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Page {
        #[allow(dead_code)]
        url: String,
    }

    #[test]
    fn what_is_wrong_is_named() {
        let detail = |raw: &str| parse::<Sample>(raw.as_bytes()).unwrap_err().detail().to_owned();
        assert!(parse::<Sample>(br#"{"page":{"url":"/a"}}"#).is_ok());
        for (raw, expected) in [
            (r#"{"page":{"url":7}}"#, "page.url: invalid type: integer `7`, expected a string"),
            (r#"{"page":{"url":"/","role":1}}"#, "page.role: unknown field `role`, expected `url`"),
            (r#"{"page":{}}"#, "page: missing field `url`"),
            (r#"{"page":7}"#, "page: invalid type: integer `7`, expected an object at line 1"),
            (r#"[{"url":"/"}]"#, "expected a JSON object"),
            (r#"{"#, "EOF while parsing"),
            (r#"{"page":{"url":"/"}} x"#, "trailing characters"),
            ("", "the body is empty"),
        ] {
            assert!(detail(raw).contains(expected), "{raw}: {}", detail(raw));
        }
    }

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[\"[[{"}]}"#), 3);
        assert_eq!(depth(&[b'['; 40]), 40);
        let nested =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        let deep = nested(33);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().detail().contains("32 levels"));
        let fine = nested(32);
        assert!(parse::<serde_json::Value>(fine.as_bytes()).is_ok());
    }
}

#[cfg(test)]
#[path = "../../../tests/fuzz/bodies.rs"]
mod fuzz;
