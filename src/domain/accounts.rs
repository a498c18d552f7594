//! People: accounts, what they are on a site, and who is asking now.

use std::fmt;

use super::sessions::Via;
use super::{AccountId, Guest, Name, Refusal, SessionId, SiteId, Timestamp};

/// A person who signed in once; global to the instance. Ways to sign in and addresses are kept apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// `None` until they have told us: they can sign in, but not yet write.
    pub name: Option<Name>,
    pub created_at: Timestamp,
    /// Moves when every session must end: sign-out everywhere, a new password, a ban.
    pub epoch: u32,
    /// Runs the instance: may add sites.
    pub operator: bool,
}

/// What an account is on one site. Without a row: no role, nothing held against them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub site: SiteId,
    pub account: AccountId,
    pub role: Role,
    pub standing: MemberStanding,
    /// Comments of theirs that were published.
    pub published: u32,
    pub joined_at: Timestamp,
}

impl Member {
    pub fn new(site: SiteId, account: AccountId, joined_at: Timestamp) -> Member {
        Member { site, account, role: Role::None, standing: MemberStanding::Normal, published: 0, joined_at }
    }
}

/// Ordered by what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    #[default]
    None,
    /// Sees what moderators see and changes nothing.
    Viewer,
    Moderator,
    Owner,
}

impl Role {
    pub fn moderates(self) -> bool {
        self >= Role::Moderator
    }

    pub fn sees_pending(self) -> bool {
        self >= Role::Viewer
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MemberStanding {
    #[default]
    Normal,
    /// Published without further checks.
    Trusted,
    /// Everything is held.
    Watched,
    /// Everything is held, and they are not told.
    Muted,
    SuspendedUntil(Timestamp),
    Banned,
}

impl MemberStanding {
    pub fn may_write(self, now: Timestamp) -> bool {
        match self {
            MemberStanding::Banned => false,
            MemberStanding::SuspendedUntil(until) => now >= until,
            _ => true,
        }
    }
}

/// Who is asking now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    Anonymous,
    /// Holds a guest token of this site. `known` is `None` before their first comment.
    Guest {
        token: TokenHash,
        known: Option<Guest>,
    },
    Member {
        account: Account,
        member: Member,
        session: SessionId,
        /// How they signed in.
        via: Via,
    },
}

impl Visitor {
    pub fn role(&self) -> Role {
        match self {
            Visitor::Member { member, .. } => member.role,
            _ => Role::None,
        }
    }
}

/// SHA-256 of a token: all that is ever stored of one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// A mail address: `local@domain`, at most 254 bytes, the domain lower case in its ASCII form. Addresses are looked
/// up by [`Email::lookup`]. `Debug` hides it, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    pub fn parse(raw: &str) -> Result<Email, Refusal> {
        let raw = raw.trim();
        let (local, domain) = raw.rsplit_once('@').ok_or(Refusal::InvalidEmail)?;
        // What mail servers and libraries take unquoted (RFC 5321 and 6531): who asks for a mail must be able to get it.
        let local_fits = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        // The URL parser's host rules are the ones browsers use: IDNA, no white space. Mail is stricter about the rest.
        let host = url::Host::parse(domain).map_err(|_| Refusal::InvalidEmail)?;
        let url::Host::Domain(domain) = host else { return Err(Refusal::InvalidEmail) };
        let domain_fits = domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let address = format!("{local}@{domain}");
        if local_fits && domain_fits && address.len() <= 254 {
            Ok(Email(address))
        } else {
            Err(Refusal::InvalidEmail)
        }
    }

    pub fn from_stored(address: String) -> Email {
        Email(address)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which the address is unique: lower case.
    pub fn lookup(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_carry_a_second_one_or_a_header() {
        for good in ["ada@example.org", "a.b+c@sub.example.co.uk", "ü@exämple.org"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a@b@c.org",
            "ada@example.org\r\nBcc: x@y.org",
            "ada\n@example.org",
            "a,b@example.org",
            "<ada@example.org>",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "a..b@example.org",
            "ada@-x.org",
            "ada@exa mple.org",
            "ada@exa(mple.org",
            "ada@a_b.example.org",
            "👩@example.org",
        ] {
            assert_eq!(Email::parse(bad), Err(Refusal::InvalidEmail), "{bad:?}");
        }
    }

    #[test]
    fn an_address_never_shows_in_debug_output() {
        assert!(!format!("{:?}", Email::parse("ada@example.org").unwrap()).contains("ada"));
    }
}
