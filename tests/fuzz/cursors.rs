//! A cursor comes back as it was made, and whatever else is sent as one is refused.

use super::{parse_replies, parse_roots, replies, roots};
use crate::domain::threads::RootCursor;
use crate::domain::{Order, Place, Refusal};
use crate::fuzz::{Target, shape};

const CURSORS: Target = Target {
    name: "cursors",
    test: "--lib fuzz_cursors",
    words: &["A", "AQ", "AQA", "AQE", "AQI", "AgA", "_", "-", "=", "==", "+", "/", " ", "\n", "%3D"],
    max_bytes: 100,
};

#[test]
fn fuzz_cursors_come_back_as_they_were_and_forged_ones_are_refused() {
    CURSORS.run(|input| {
        let text = String::from_utf8_lossy(input);
        let number = |from: usize| {
            (0..8)
                .fold(0_u64, |number, at| number << 8 | u64::from(input.get(from + at).copied().unwrap_or(0)))
        };
        let mut taken = Vec::new();
        for order in [Order::Oldest, Order::Newest, Order::Best] {
            let score = if order == Order::Best { number(8) as i64 } else { 0 };
            let made = RootCursor { order, score, root: Place(number(0)) };
            assert_eq!(parse_roots(&roots(made), order), Ok(made));
            assert_eq!(parse_replies(&roots(made)), Err(Refusal::InvalidCursor));
            match parse_roots(&text, order) {
                // It says what we would have said ourselves: there is no second spelling.
                Ok(cursor) => assert_eq!(roots(cursor), text),
                Err(refusal) => assert_eq!(refusal, Refusal::InvalidCursor),
            }
            taken.push(parse_roots(&text, order).is_ok());
        }
        let after = Place(number(0));
        assert_eq!(parse_replies(&replies(after)), Ok(after));
        match parse_replies(&text) {
            Ok(place) => assert_eq!(replies(place), text),
            Err(refusal) => assert_eq!(refusal, Refusal::InvalidCursor),
        }
        assert!(taken.iter().filter(|is| **is).count() <= 1, "{text}: good for two orders");
        shape((taken, parse_replies(&text).is_ok(), text.len()))
    });
}
