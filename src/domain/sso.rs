//! Single sign-on: a site says who its member is, in a token that it signed.
//!
//! Invariant: a key has one algorithm. What a token says of its own algorithm is compared with that, and decides nothing.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Identity, Name, Refusal, Role, SiteKey, Timestamp};

/// How long the key before the current one is still taken, so that a site can change over without a gap.
pub const CHANGE_OVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a token may be good for.
pub const TOKEN_TTL: Duration = Duration::from_secs(5 * 60);
/// How far a site's clock may be ahead of ours.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// A site's single sign-on, while it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleSignOn {
    /// What new tokens are signed with.
    pub current: SigningKey,
    /// What they were signed with before, and until when that is taken.
    pub previous: Option<(SigningKey, Timestamp)>,
    /// Whether tokens may make somebody a viewer or a moderator.
    pub roles: bool,
    /// When it was switched on. Sessions that it began earlier ended when it was switched off.
    pub began_at: Timestamp,
}

/// A key and the name by which a token may call it (`kid`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    pub id: String,
    pub check: Check,
}

/// What a signature is checked with: each for its own algorithm, and for no other.
#[derive(Clone, PartialEq, Eq)]
pub enum Check {
    /// HMAC with SHA-256: the site and this server share a secret.
    Hs256(String),
    /// Ed25519: the site keeps its private key.
    EdDsa([u8; 32]),
    /// ECDSA over P-256 with SHA-256, by an uncompressed point.
    Es256([u8; 65]),
}

impl Check {
    /// As `alg` names it.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Check::Hs256(_) => "HS256",
            Check::EdDsa(_) => "EdDSA",
            Check::Es256(_) => "ES256",
        }
    }

    /// A public key as `openssl pkey -pubout` writes it (PEM, SubjectPublicKeyInfo).
    pub fn parse_public_key(pem: &str) -> Result<Check, Refusal> {
        // RFC 8410, section 4, and RFC 5480, section 2: what stands before the key itself is always the same.
        const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        const P256: &[u8] = &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        let base64: String = pem
            .trim()
            .strip_prefix("-----BEGIN PUBLIC KEY-----")
            .and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"))
            .ok_or(Refusal::InvalidPublicKey)?
            .split_whitespace()
            .collect();
        let der = STANDARD.decode(base64).map_err(|_| Refusal::InvalidPublicKey)?;
        if let Some(key) = der.strip_prefix(ED25519).and_then(|key| key.try_into().ok()) {
            return Ok(Check::EdDsa(key));
        }
        let point: Option<[u8; 65]> = der.strip_prefix(P256).and_then(|point| point.try_into().ok());
        // 4: both coordinates follow.
        point.filter(|point| point[0] == 4).map(Check::Es256).ok_or(Refusal::InvalidPublicKey)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", self.algorithm())
    }
}

impl SingleSignOn {
    pub fn new(current: SigningKey, began_at: Timestamp) -> SingleSignOn {
        SingleSignOn { current, previous: None, roles: false, began_at }
    }

    /// From now on `key` is current, and the one before it goes on for a while.
    pub fn changed_to(self, key: SigningKey, now: Timestamp) -> SingleSignOn {
        let previous = Some((self.current.clone(), now.plus(CHANGE_OVER)));
        SingleSignOn { current: key, previous, ..self }
    }

    /// The keys that are taken now, the current one first.
    pub fn keys(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until).map(|(key, _)| key);
        std::iter::once(&self.current).chain(previous)
    }
}

/// What a site signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    pub identity: Identity,
    /// `None` if the token's name cannot be shown: then they keep the one they have, or are asked.
    pub name: Option<Name>,
    /// What the token makes them, where the owner lets it; never an owner.
    pub role: Option<Role>,
    /// `jti`: this token's own name, used once.
    pub token_id: String,
    pub expires_at: Timestamp,
}

/// Why a token was not taken, for the developer who made it: what was expected, never what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error(
        "expected a JSON Web Token (RFC 7519): header, claims and signature in base64url without padding, joined by dots, at most {max_bytes} bytes"
    )]
    NotAToken { max_bytes: usize },
    #[error("kid: expected {expected}, or no kid at all")]
    UnknownKey { expected: String },
    #[error("alg: expected {expected}, which is what this site's key is for")]
    WrongAlgorithm { expected: String },
    #[error("crit: expected none")]
    Critical,
    #[error("the signature does not fit: expected one over \"header.claims\" by the key of site {site}")]
    WrongSignature { site: SiteKey },
    #[error("{claim}: expected {expected}")]
    WrongClaim { claim: &'static str, expected: String },
    #[error("exp: the token has expired; here it is {now}")]
    Expired { now: Timestamp },
    #[error("iat: the token comes from the future; here it is {now}")]
    FromTheFuture { now: Timestamp },
    #[error("jti: a token with this id was used already: make a new token, with an id of its own, each time")]
    Used,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn a_public_key_is_one_of_two_kinds_or_refused() {
        assert!(matches!(Check::parse_public_key(ED25519), Ok(Check::EdDsa(_))));
        let crlf = ED25519.replace('\n', "\r\n");
        assert!(matches!(Check::parse_public_key(&crlf), Ok(Check::EdDsa(_))));
        for bad in [
            "",
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
            // Ed25519 with a byte too few, X25519, a certificate's frame.
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZg==\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(Check::parse_public_key(bad), Err(Refusal::InvalidPublicKey), "{bad}");
        }
    }

    #[test]
    fn a_key_that_was_replaced_is_taken_for_a_week() {
        let key = |id: &str| SigningKey { id: id.to_owned(), check: Check::Hs256("secret".to_owned()) };
        let now = Timestamp::from_millis(1_000);
        let sso = SingleSignOn::new(key("a"), now).changed_to(key("b"), now);
        let ids = |at| sso.keys(at).map(|key| key.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids(now), ["b", "a"]);
        assert_eq!(ids(now.plus(CHANGE_OVER)), ["b"]);
    }

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        let key = SigningKey { id: "a".to_owned(), check: Check::Hs256("hush-hush".to_owned()) };
        assert!(!format!("{:?}", SingleSignOn::new(key, Timestamp::EPOCH)).contains("hush"));
    }
}
