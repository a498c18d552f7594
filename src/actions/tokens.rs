//! Making and recognising tokens: 256 random bits in base64url behind a prefix that says what they are for, known to
//! the server only by their SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::app::{Chance, random};
use crate::domain::TokenHash;

/// What a token is for; its prefix lets a leaked one be recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `at_`: ten minutes, in memory.
    Access,
    /// `rt_`: rotates.
    Refresh,
    /// `gt_`: made by the widget for a guest.
    Guest,
    /// `ec_`: what the popup hands to the widget.
    Exchange,
    /// `ln_`: in set-up and sign-in links.
    Link,
    /// `ml_`: in mails.
    Mail,
    /// `ss_`: cookies of first-party pages.
    FirstParty,
    /// `sso_`: what a site and this server share. The only one that is stored as it is.
    SiteSecret,
    /// `kd_`: cookie of a browser that signed in before.
    Device,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            TokenKind::Access => "at_",
            TokenKind::Refresh => "rt_",
            TokenKind::Guest => "gt_",
            TokenKind::Exchange => "ec_",
            TokenKind::Link => "ln_",
            TokenKind::Mail => "ml_",
            TokenKind::FirstParty => "ss_",
            TokenKind::SiteSecret => "sso_",
            TokenKind::Device => "kd_",
        }
    }
}

/// A new token and what is stored of it.
pub fn mint(kind: TokenKind, chance: &dyn Chance) -> (String, TokenHash) {
    let token = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random::<32>(chance)));
    let hash = hash(&token);
    (token, hash)
}

/// The hash of `token` if it is a well-formed one of this kind.
pub fn recognise(kind: TokenKind, token: &str) -> Option<TokenHash> {
    let secret = token.strip_prefix(kind.prefix())?;
    (URL_SAFE_NO_PAD.decode(secret).ok()?.len() == 32).then(|| hash(token))
}

pub fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2) in its binary form; `None` unless the verifier has 43 to 128
/// characters of the unreserved set.
pub fn challenge_of(verifier: &str) -> Option<TokenHash> {
    let fits = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
    fits.then(|| hash(verifier))
}

/// A challenge as the widget sends it: base64url of 32 bytes.
pub fn parse_challenge(challenge: &str) -> Option<TokenHash> {
    URL_SAFE_NO_PAD.decode(challenge).ok()?.try_into().ok().map(TokenHash)
}

/// What is stored of a short code: hashed together with its challenge, which only the widget's verifier can make, and
/// which gives the hash the entropy that the code has not.
pub fn short_code_hash(challenge: TokenHash, code: &str) -> TokenHash {
    let mut hasher = Sha256::new();
    hasher.update(challenge.0);
    hasher.update(code.as_bytes());
    TokenHash(hasher.finalize().into())
}

/// Six digits, each value equally likely.
pub fn six_digits(chance: &dyn Chance) -> String {
    loop {
        let value = u32::from_be_bytes(random(chance));
        // Values past the last whole multiple of a million would make low codes likelier.
        if value < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", value % 1_000_000);
        }
    }
}

/// Eight characters to read and paste, from 32 that cannot be taken for each other: 40 bits.
pub fn eight_characters(chance: &dyn Chance) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    random::<8>(chance).iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_token_is_recognised_only_as_what_it_is() {
        let (token, stored) = mint(TokenKind::Access, &Counting(0.into()));
        assert_eq!(recognise(TokenKind::Access, &token), Some(stored));
        assert_eq!(recognise(TokenKind::Refresh, &token), None);
        assert_eq!(recognise(TokenKind::Access, &token[..token.len() - 1]), None);
        assert_eq!(recognise(TokenKind::Access, "at_"), None);
    }

    #[test]
    fn a_challenge_is_the_hash_of_its_verifier() {
        // RFC 7636, appendix B.
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, parse_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert_eq!(challenge_of("short"), None);
    }

    #[test]
    fn short_codes_have_their_shape() {
        let chance = Counting(7.into());
        let digits = six_digits(&chance);
        assert!(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()), "{digits}");
        assert_eq!(eight_characters(&chance).len(), 8);
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/tokens.rs"]
mod fuzz;
