//! A token is recognised as what it was minted for, and nothing else is.

use crate::actions::tokens::{self, TokenKind};
use crate::app::Chance;
use crate::fuzz::{Target, shape};

const TOKENS: Target = Target {
    name: "tokens",
    test: "--lib fuzz_tokens",
    words: &[
        "at_", "rt_", "gt_", "ec_", "ln_", "ml_", "ss_", "sso_", "kd_", "A", "AAAA", "_", "-", "=", "+", "/",
        "~", ".", " ",
    ],
    max_bytes: 200,
};

const KINDS: [(TokenKind, &str); 9] = [
    (TokenKind::Access, "at_"),
    (TokenKind::Refresh, "rt_"),
    (TokenKind::Guest, "gt_"),
    (TokenKind::Exchange, "ec_"),
    (TokenKind::Link, "ln_"),
    (TokenKind::Mail, "ml_"),
    (TokenKind::FirstParty, "ss_"),
    (TokenKind::SiteSecret, "sso_"),
    (TokenKind::Device, "kd_"),
];

/// Chance that gives what it was told.
struct Told<'a>(&'a [u8]);

impl Chance for Told<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = self.0.get(at).copied().unwrap_or(at as u8);
        }
    }
}

#[test]
fn fuzz_tokens_are_recognised_as_what_they_are_and_nothing_else_is() {
    TOKENS.run(|input| {
        let text = String::from_utf8_lossy(input);
        let mut recognised = Vec::new();
        for (kind, prefix) in KINDS {
            let (minted, stored) = tokens::mint(kind, &Told(input));
            assert_eq!(tokens::recognise(kind, &minted), Some(stored));
            let Some(hash) = tokens::recognise(kind, &text) else { continue };
            assert_eq!(hash, tokens::hash(&text));
            recognised.push(prefix);
            // Byte for byte what minting makes: no second spelling of a token gets by.
            let secret = base64url(text.strip_prefix(prefix).expect("its prefix"));
            assert_eq!(tokens::mint(kind, &Told(&secret)).0, text);
        }
        assert!(recognised.len() <= 1, "{text} is {recognised:?}");
        let challenge = tokens::challenge_of(&text);
        assert_eq!(challenge.is_some(), verifier(&text), "{text}");
        if let Some(parsed) = tokens::parse_challenge(&text) {
            assert_eq!(text.len(), 43);
            assert_eq!(parsed.0.to_vec(), base64url(&text));
        }
        shape((recognised, challenge.is_some(), tokens::parse_challenge(&text).is_some(), text.len()))
    });
}

/// RFC 7636, section 4.1, written out once more.
fn verifier(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (43..=128).contains(&text.chars().count()) && text.chars().all(unreserved)
}

/// Base64url as plainly as it can be read.
fn base64url(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in text.chars() {
        bits = bits << 6 | DIGITS.find(c).expect("a digit of base64url") as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    assert_eq!(bits, 0, "{text} has another spelling");
    bytes
}
