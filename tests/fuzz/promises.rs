//! What the fuzzer itself promises.

use super::fuzz::{TARGETS, Target, shape};

#[test]
fn a_million_cases_are_run() {
    let all: usize = TARGETS.iter().map(|(_, cases)| cases).sum();
    assert!(all >= 1_000_000, "{all} cases");
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
