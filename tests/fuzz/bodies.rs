//! A body is read, or what is wrong with it is the client's fault and said in JSON's words.

use serde::{Deserialize, Serialize};

use super::{MAX_DEPTH, depth, parse};
use crate::fuzz::{Target, outline, shape};
use crate::web::Problem;

const BODIES: Target = Target {
    name: "bodies",
    test: "--lib fuzz_bodies",
    words: &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u0000",
        "\\ud800",
        "null",
        "true",
        "false",
        "-",
        "1e999",
        "{\"page\":",
        "\"url\":",
        "\"title\":",
        "\"body\":",
        "\"tags\":",
        "\"count\":",
        "\"guest\":",
        "\"kind\":\"b\"",
        "\"__proto__\":",
        "[[[[[[[[",
        "{\"a\":{\"a\":{\"a\":",
        "\u{feff}",
        "//",
        "NaN",
    ],
    max_bytes: 4_096,
};

/// Every form that a body of ours takes: nesting, options, lists, enums, numbers, flags.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    page: Page,
    body: String,
    guest: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    closed: bool,
    kind: Option<Kind>,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Page {
    url: String,
    title: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    A,
    B,
}

#[test]
fn fuzz_bodies_are_read_or_refused_with_a_problem_of_the_client() {
    BODIES.run(|input| {
        let read = parse::<Sample>(input).map(|sample| {
            let written = serde_json::to_vec(&sample).unwrap();
            assert_eq!(parse::<Sample>(&written).unwrap(), sample);
        });
        let any = parse::<serde_json::Value>(input).map(|value| {
            assert!(value.is_object());
            assert!(depth(input) <= MAX_DEPTH && levels(&value) <= MAX_DEPTH);
        });
        assert!(read.is_err() || any.is_ok(), "read as a type of ours, and no JSON");
        shape((told(read), told(any)))
    });
}

fn levels(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        serde_json::Value::Object(members) => 1 + members.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}

fn told(read: Result<(), Problem>) -> String {
    let Err(problem) = read else { return "read".to_owned() };
    let status = problem.kind().status(false).as_u16();
    assert!((400..500).contains(&status), "{status}");
    assert!(!problem.detail().is_empty() && !problem.detail().contains("Sample"), "{}", problem.detail());
    outline(problem.detail())
}
