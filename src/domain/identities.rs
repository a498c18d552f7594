//! Who people are elsewhere: what a provider, or the site itself, says of a person who signs in.
//!
//! Invariant: an identity is the triple (provider, issuer, subject). Names, handles and addresses only describe it; an
//! account is never found by them.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::accounts::Email;
use super::{SiteId, Timestamp};

/// A provider's short name in the configuration and in URLs: 1 to 32 of `a-z`, `0-9` and inner `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(String);

impl ProviderId {
    /// What vouches for an identity that a site itself signed. No configured provider can have this name.
    pub const SINGLE_SIGN_ON: &str = "sso";

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn single_sign_on() -> ProviderId {
        ProviderId(Self::SINGLE_SIGN_ON.to_owned())
    }
}

/// Not a provider's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a provider's name is 1 to 32 of a-z, 0-9 and inner hyphens, and not \"sso\"")]
pub struct NotAProviderId;

impl FromStr for ProviderId {
    type Err = NotAProviderId;
    fn from_str(raw: &str) -> Result<ProviderId, NotAProviderId> {
        let fits = (1..=32).contains(&raw.len())
            && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !raw.starts_with('-')
            && !raw.ends_with('-')
            && raw != Self::SINGLE_SIGN_ON;
        if fits { Ok(ProviderId(raw.to_owned())) } else { Err(NotAProviderId) }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One person at one provider. `Debug` leaves the subject out: it identifies somebody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    pub provider: ProviderId,
    /// Who vouches: an OpenID Connect issuer, `https://` and the host of a Mastodon instance, or the provider's own
    /// origin where it has only one. For single sign-on the site.
    pub issuer: String,
    /// The provider's permanent id of the person, never an address or a name that can be given to somebody else.
    pub subject: String,
}

impl Identity {
    pub const MAX_SUBJECT_BYTES: usize = 255;

    /// An identity that `site` signed for: nobody else's signature leads to it.
    pub fn of_site(site: SiteId, subject: String) -> Identity {
        Identity { provider: ProviderId::single_sign_on(), issuer: site.0.to_string(), subject }
    }
}

impl Identity {
    /// What it is filed under. Each part is preceded by its length, so that no two identities are written alike.
    pub fn key(&self) -> IdentityKey {
        let mut hasher = Sha256::new();
        for part in [self.provider.as_str(), &self.issuer, &self.subject] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        IdentityKey(hasher.finalize().into())
    }
}

/// The SHA-256 of an identity: names one in lists without saying whose it is. As text it is hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdentityKey(pub [u8; 32]);

impl fmt::Display for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for IdentityKey {
    type Err = NotAnIdentityKey;
    fn from_str(raw: &str) -> Result<IdentityKey, NotAnIdentityKey> {
        let digits: Option<Vec<u8>> =
            raw.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or(NotAnIdentityKey)?;
        Ok(IdentityKey(std::array::from_fn(|at| digits[2 * at] << 4 | digits[2 * at + 1])))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identity is named by 64 hexadecimal digits")]
pub struct NotAnIdentityKey;

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} at {}, …)", self.provider, self.issuer)
    }
}

/// What is known of a person after they came back from a provider. Nothing of it chooses an account but the identity,
/// and an address only where the linking rule says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub identity: Identity,
    pub email: Option<ProfileEmail>,
    /// A display name to suggest; not yet a valid [`super::Name`].
    pub name: Option<String>,
    /// What the provider shows of them, for the account page: a login, `@ada@social.example`.
    pub label: Option<String>,
}

/// An address that a provider gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEmail {
    pub address: Email,
    /// The provider says that it is theirs, *and* this provider's word counts here.
    pub verified: bool,
}

/// An identity that belongs to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIdentity {
    pub identity: Identity,
    pub label: Option<String>,
    pub linked_at: Timestamp,
    pub used_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_named_plainly_and_never_like_single_sign_on() {
        assert!("google".parse::<ProviderId>().is_ok());
        assert!("work-gitlab-2".parse::<ProviderId>().is_ok());
        for bad in ["", "Google", "a b", "-a", "a-", "a/b", "ä", "sso", &"x".repeat(33)] {
            assert_eq!(bad.parse::<ProviderId>(), Err(NotAProviderId), "{bad}");
        }
    }

    #[test]
    fn an_identitys_key_tells_every_part_apart_and_reads_back() {
        let of = |issuer: &str, subject: &str| {
            Identity { issuer: issuer.to_owned(), ..Identity::of_site(SiteId(1), subject.to_owned()) }.key()
        };
        assert_ne!(of("https://a.example", "1"), of("https://b.example", "1"));
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_eq!(of("a", "b").to_string().parse(), Ok(of("a", "b")));
        for bad in ["", "zz", &"a".repeat(63), &"é".repeat(32)] {
            assert_eq!(bad.parse::<IdentityKey>(), Err(NotAnIdentityKey), "{bad}");
        }
    }

    #[test]
    fn who_somebody_is_elsewhere_never_shows_in_debug_output() {
        let identity = Identity::of_site(SiteId(7), "ada-lovelace".to_owned());
        assert!(!format!("{identity:?}").contains("ada"));
    }
}
