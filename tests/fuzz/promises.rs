//! What the fuzzer itself promises.

use std::path::Path;

use super::fuzz::{TARGETS, Target, shape};

#[test]
fn a_million_cases_are_run() {
    let all: usize = TARGETS.iter().map(|(_, cases)| cases).sum();
    assert!(all >= 1_000_000, "{all} cases");
    let tree = sources_of_modules();
    let without: Vec<_> = TARGETS
        .iter()
        .map(|(name, _)| *name)
        .filter(|it| !is_tested(it, &source_of(it)) || !tree.contains(&format!("fuzz/{it}.rs\"]\nmod ")))
        .collect();
    assert_eq!(without, Vec::<&str>::new(), "rows of the table whose cases nobody runs");
}

/// Every source that may name a target's file as a module.
fn sources_of_modules() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut left = vec![root.join("src"), root.join("tests/openapi.rs")];
    let mut all = String::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            all.push_str(&std::fs::read_to_string(path).unwrap_or_default());
        }
    }
    all
}

/// Where a target is, by its name.
fn source_of(name: &str) -> String {
    let file = format!("{}/tests/fuzz/{name}.rs", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).unwrap_or_default()
}

/// Whether a source declares the target of a name and runs it in a test that is not left out.
fn is_tested(name: &str, source: &str) -> bool {
    let constant = name.to_uppercase();
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let is_test = |pair: &[&str]| pair[0] == "#[test]" && pair[1].starts_with(&format!("fn fuzz_{name}_"));
    let is_declared = lines.iter().any(|line| *line == format!("name: \"{name}\","));
    let is_run = source.contains(&format!("{constant}.run("));
    lines.windows(2).any(is_test) && is_declared && is_run
}

#[test]
#[should_panic(expected = "repeat it: AFTERWORD_FUZZ_INPUT=")]
fn a_broken_promise_is_found_and_says_how_to_repeat_it() {
    let target = Target { name: "cursors", test: "--lib promises", words: &["needle"], max_bytes: 64 };
    target.run(|input| {
        assert!(!input.windows(6).any(|part| part == b"needle"), "found");
        shape(input.len())
    });
}
