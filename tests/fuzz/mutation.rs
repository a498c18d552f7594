//! What is done to an input to make another.

use super::Target;
use super::dice::Dice;

/// Changes of one input, at most.
const MAX_CHANGES: usize = 6;
const CHARACTERS: &[&str] = &[
    "\0",
    "\t",
    "\n",
    "\r\n",
    " ",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "é",
    "ß",
    "İ",
    "\u{301}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{3000}",
    "\u{feff}",
    "漢",
    "\u{fffd}",
    "👩‍👩‍👧",
    "\u{10ffff}",
    "%00",
    "%2f",
    "%2F..",
    "\\",
    "\"",
    "'",
    "/",
    "..",
    "=",
    "&",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "255",
    "256",
    "65535",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e400",
    "0.1",
    "NaN",
];
/// Ends of ranges, and what begins a long number, text, list or map in CBOR.
const BYTES: &[u8] = &[
    0, 1, 0x17, 0x18, 0x1b, 0x1f, 0x3b, 0x3f, 0x5b, 0x5f, 0x60, 0x7b, 0x7f, 0x80, 0x98, 0x9a, 0x9b, 0x9f,
    0xa0, 0xb8, 0xbb, 0xbf, 0xc0, 0xf5, 0xf6, 0xfb, 0xff,
];

pub fn mutated(target: &Target, kept: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = kept[dice.below(kept.len())].clone();
    for _ in 0..=dice.below(MAX_CHANGES) {
        change(&mut input, target, kept, dice);
        input.truncate(target.max_bytes);
    }
    input
}

fn change(input: &mut Vec<u8>, target: &Target, kept: &[Vec<u8>], dice: &mut Dice) {
    let stretch = dice.stretch(input.len());
    // Often at an end: that is where what follows is forgotten.
    let place = match dice.below(8) {
        0 => 0,
        1 => input.len(),
        _ => dice.below(input.len() + 1),
    };
    match dice.below(13) {
        0 if !input.is_empty() => {
            let at = dice.below(input.len());
            input[at] ^= 1 << dice.below(8);
        }
        1 if !input.is_empty() => {
            let at = dice.below(input.len());
            input[at] = BYTES[dice.below(BYTES.len())];
        }
        2 if !input.is_empty() => {
            let at = dice.below(input.len());
            input[at] = input[at].wrapping_add(if dice.below(2) == 0 { 1 } else { 255 });
        }
        3 => drop(input.drain(stretch)),
        4 => {
            let taken = input[stretch].to_vec();
            input.splice(place..place, taken);
        }
        5 => {
            // So that depth and length have ends that are met.
            let times = 1 << dice.below(8);
            let taken = input[stretch.clone()].repeat(times);
            input.splice(stretch, taken);
        }
        6 => {
            let other = &kept[dice.below(kept.len())];
            let taken = other[dice.stretch(other.len())].to_vec();
            input.splice(stretch, taken);
        }
        7 => {
            let other = &kept[dice.below(kept.len())];
            let from = dice.below(other.len() + 1);
            input.truncate(place);
            input.extend_from_slice(&other[from..]);
        }
        8 => input.truncate(place),
        9 => insert(input, place, dice.pick(CHARACTERS)),
        10 => {
            let number = dice.pick(NUMBERS);
            input.splice(stretch, number.bytes());
        }
        11 if !target.words.is_empty() => {
            let word = dice.pick(target.words);
            input.splice(stretch, word.bytes());
        }
        _ if !target.words.is_empty() => insert(input, place, dice.pick(target.words)),
        _ => input.insert(place, dice.roll() as u8),
    }
}

fn insert(input: &mut Vec<u8>, place: usize, text: &str) {
    input.splice(place..place, text.bytes());
}
