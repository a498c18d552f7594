//! Entries as lines: like those of every other log line, as text or as JSON.

use std::io::Write;

use super::Entry;
use crate::config::LogFormat;

pub fn write(format: LogFormat, entries: &[Entry], lines: &mut Vec<u8>) {
    // Of a busy server most entries differ from the one before in nothing but how long it took and its id, and writing
    // the date alone costs more than all the rest of a line.
    let mut at = (None, String::new());
    let mut before: Option<&Entry> = None;
    let mut alike = Vec::new();
    for entry in entries {
        if at.0 != Some(entry.at) {
            at = (Some(entry.at), entry.at.to_string());
        }
        if !before.is_some_and(|before| before.is_alike(entry)) {
            alike.clear();
            // Writing to memory does not fail.
            let _ = match format {
                LogFormat::Text => text(&mut alike, &at.1, entry),
                LogFormat::Json => json(&mut alike, &at.1, entry),
            };
        }
        before = Some(entry);
        lines.extend_from_slice(&alike);
        let Entry { request, micros, .. } = entry;
        let _ = match format {
            LogFormat::Text => writeln!(lines, " us={micros} request.id={request}"),
            LogFormat::Json => writeln!(lines, r#","us":{micros},"request.id":"{request}"}}"#),
        };
    }
}

fn text(line: &mut Vec<u8>, at: &str, entry: &Entry) -> std::io::Result<()> {
    let Entry { method, route, status, .. } = entry;
    write!(line, "{at}  INFO access: method={method} route={route} status={status}")?;
    match entry.bytes {
        Some(bytes) => write!(line, " bytes={bytes}"),
        None => Ok(()),
    }
}

/// Nothing here needs escaping: methods and patterns are our own words.
fn json(line: &mut Vec<u8>, at: &str, entry: &Entry) -> std::io::Result<()> {
    let Entry { method, route, status, .. } = entry;
    write!(
        line,
        r#"{{"timestamp":"{at}","level":"INFO","target":"access","method":"{method}","route":"{route}","status":{status}"#
    )?;
    match entry.bytes {
        Some(bytes) => write!(line, r#","bytes":{bytes}"#),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::web::request::RequestId;

    fn entry(bytes: Option<u64>) -> Entry {
        Entry {
            at: Timestamp::from_millis(1_732_400_000_123),
            request: RequestId(255),
            method: "GET",
            route: "/api/v1/sites/{site}/thread",
            status: 200,
            bytes,
            micros: 85,
        }
    }

    fn lines(format: LogFormat, bytes: Option<u64>) -> String {
        let entry = entry(bytes);
        let mut lines = Vec::new();
        write(format, &[entry], &mut lines);
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn a_line_says_what_was_answered_and_not_what_was_sent() {
        assert_eq!(
            lines(LogFormat::Text, Some(60_000)),
            "2024-11-23T22:13:20.123Z  INFO access: method=GET route=/api/v1/sites/{site}/thread status=200 bytes=60000 us=85 request.id=00000000000000ff\n"
        );
    }

    #[test]
    fn a_json_line_is_json() {
        let value: serde_json::Value = serde_json::from_str(&lines(LogFormat::Json, None)).unwrap();
        assert_eq!(value["route"], "/api/v1/sites/{site}/thread");
        assert_eq!(value["status"], 200);
        assert_eq!(value["bytes"], serde_json::Value::Null);
    }
    #[test]
    fn each_line_says_what_its_own_entry_does_however_like_the_one_before() {
        let first = entry(Some(7));
        let others = [
            Entry { micros: 86, request: RequestId(256), ..first },
            Entry { status: 304, ..first },
            Entry { bytes: None, ..first },
            Entry { method: "HEAD", ..first },
            Entry { route: "/c/{comment}", ..first },
            Entry { at: Timestamp::from_millis(1_732_400_000_124), ..first },
        ];
        for other in others {
            for format in [LogFormat::Text, LogFormat::Json] {
                let (mut together, mut apart) = (Vec::new(), Vec::new());
                write(format, &[first, other, first], &mut together);
                for entry in [first, other, first] {
                    write(format, &[entry], &mut apart);
                }
                assert_eq!(String::from_utf8(together), String::from_utf8(apart));
            }
        }
    }
}
