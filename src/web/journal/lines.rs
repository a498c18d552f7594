//! Entries as lines: like those of every other log line, as text or as JSON.

use std::io::Write;

use super::Entry;
use crate::config::LogFormat;

pub fn write(format: LogFormat, entries: &[Entry], lines: &mut Vec<u8>) {
    // Many entries share their millisecond: writing a date costs more than all the rest of a line.
    let mut at = (None, String::new());
    for entry in entries {
        if at.0 != Some(entry.at) {
            at = (Some(entry.at), entry.at.to_string());
        }
        // Writing to memory does not fail.
        let _ = match format {
            LogFormat::Text => text(lines, &at.1, entry),
            LogFormat::Json => json(lines, &at.1, entry),
        };
    }
}

fn text(lines: &mut Vec<u8>, at: &str, entry: &Entry) -> std::io::Result<()> {
    let Entry { request, method, route, status, micros, .. } = entry;
    write!(lines, "{at}  INFO access: method={method} route={route} status={status}")?;
    if let Some(bytes) = entry.bytes {
        write!(lines, " bytes={bytes}")?;
    }
    writeln!(lines, " us={micros} request.id={request}")
}

/// Nothing here needs escaping: methods and patterns are our own words.
fn json(lines: &mut Vec<u8>, at: &str, entry: &Entry) -> std::io::Result<()> {
    let Entry { request, method, route, status, micros, .. } = entry;
    write!(
        lines,
        r#"{{"timestamp":"{at}","level":"INFO","target":"access","method":"{method}","route":"{route}","status":{status}"#
    )?;
    if let Some(bytes) = entry.bytes {
        write!(lines, r#","bytes":{bytes}"#)?;
    }
    writeln!(lines, r#","us":{micros},"request.id":"{request}"}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::web::request::RequestId;

    fn lines(format: LogFormat, bytes: Option<u64>) -> String {
        let entry = Entry {
            at: Timestamp::from_millis(1_732_400_000_123),
            request: RequestId(255),
            method: "GET",
            route: "/api/v1/sites/{site}/thread",
            status: 200,
            bytes,
            micros: 85,
        };
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
}
