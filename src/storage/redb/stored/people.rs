//! Rows about people: accounts and what is private of them, members, guests, links.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::super::fault::Fault;
use super::session::provider;
use super::{Hash, Id, codes, id, unknown, uuid};
use crate::domain::accounts::TokenHash;
use crate::domain::second_factors::{SecondFactor, SharedSecret};
use crate::domain::{
    Account, AccountId, Email, Guest, GuestId, Member, MemberStanding, Name, SiteId, Timestamp,
};
use crate::storage::accounts::{LinkPurpose, PrivateFacts};

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredAccount {
    #[n(0)]
    name: Option<String>,
    #[n(1)]
    created_at: i64,
    #[n(2)]
    epoch: u32,
    #[n(3)]
    operator: bool,
}

impl From<&Account> for StoredAccount {
    fn from(account: &Account) -> StoredAccount {
        StoredAccount {
            name: account.name.as_ref().map(Name::to_string),
            created_at: account.created_at.as_millis(),
            epoch: account.epoch,
            operator: account.operator,
        }
    }
}

impl StoredAccount {
    pub fn into_account(self, id: AccountId) -> Account {
        Account {
            id,
            name: self.name.map(Name::from_stored),
            created_at: Timestamp::from_millis(self.created_at),
            epoch: self.epoch,
            operator: self.operator,
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredPrivate {
    #[n(0)]
    email: Option<String>,
    #[n(1)]
    email_verified: bool,
    #[n(2)]
    password: Option<String>,
    #[n(20)]
    second_factor: Option<StoredSecondFactor>,
    #[n(21)]
    offered_secret: Option<ByteVec>,
    /// Absent: it is not.
    #[n(22)]
    password_is_short: Option<bool>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredSecondFactor {
    #[n(0)]
    secret: ByteVec,
    #[n(1)]
    last_step: u64,
    #[n(2)]
    recovery: Vec<Hash>,
}

impl From<&SecondFactor> for StoredSecondFactor {
    fn from(factor: &SecondFactor) -> StoredSecondFactor {
        StoredSecondFactor {
            secret: factor.secret.0.clone().into(),
            last_step: factor.last_step,
            recovery: factor.recovery.iter().map(|code| code.0.into()).collect(),
        }
    }
}

impl From<StoredSecondFactor> for SecondFactor {
    fn from(stored: StoredSecondFactor) -> SecondFactor {
        SecondFactor {
            secret: SharedSecret(stored.secret.into()),
            last_step: stored.last_step,
            recovery: stored.recovery.iter().map(|code| TokenHash(**code)).collect(),
        }
    }
}

impl From<&PrivateFacts> for StoredPrivate {
    fn from(facts: &PrivateFacts) -> StoredPrivate {
        StoredPrivate {
            email: facts.email.as_ref().map(|it| it.as_str().to_owned()),
            email_verified: facts.email_verified,
            password: facts.password.clone(),
            second_factor: facts.second_factor.as_ref().map(StoredSecondFactor::from),
            offered_secret: facts.offered_secret.as_ref().map(|secret| secret.0.clone().into()),
            password_is_short: facts.password_is_short.then_some(true),
        }
    }
}

impl From<StoredPrivate> for PrivateFacts {
    fn from(stored: StoredPrivate) -> PrivateFacts {
        PrivateFacts {
            email: stored.email.map(Email::from_stored),
            email_verified: stored.email_verified,
            password: stored.password,
            second_factor: stored.second_factor.map(SecondFactor::from),
            offered_secret: stored.offered_secret.map(|secret| SharedSecret(secret.into())),
            password_is_short: stored.password_is_short == Some(true),
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredMember {
    #[n(0)]
    role: u8,
    #[n(1)]
    standing: StoredStanding,
    #[n(2)]
    published: u32,
    #[n(3)]
    joined_at: i64,
}

#[derive(Encode, Decode)]
enum StoredStanding {
    #[n(0)]
    Normal,
    #[n(1)]
    Trusted,
    #[n(2)]
    Watched,
    #[n(3)]
    Muted,
    #[n(4)]
    SuspendedUntil(#[n(0)] i64),
    #[n(5)]
    Banned,
}

impl From<&Member> for StoredMember {
    fn from(member: &Member) -> StoredMember {
        StoredMember {
            role: codes::of_role(member.role),
            standing: match member.standing {
                MemberStanding::Normal => StoredStanding::Normal,
                MemberStanding::Trusted => StoredStanding::Trusted,
                MemberStanding::Watched => StoredStanding::Watched,
                MemberStanding::Muted => StoredStanding::Muted,
                MemberStanding::SuspendedUntil(until) => StoredStanding::SuspendedUntil(until.as_millis()),
                MemberStanding::Banned => StoredStanding::Banned,
            },
            published: member.published,
            joined_at: member.joined_at.as_millis(),
        }
    }
}

impl StoredMember {
    pub fn into_member(self, site: SiteId, account: AccountId) -> Result<Member, Fault> {
        Ok(Member {
            site,
            account,
            role: codes::role(self.role)?,
            standing: match self.standing {
                StoredStanding::Normal => MemberStanding::Normal,
                StoredStanding::Trusted => MemberStanding::Trusted,
                StoredStanding::Watched => MemberStanding::Watched,
                StoredStanding::Muted => MemberStanding::Muted,
                StoredStanding::SuspendedUntil(until) => {
                    MemberStanding::SuspendedUntil(Timestamp::from_millis(until))
                }
                StoredStanding::Banned => MemberStanding::Banned,
            },
            published: self.published,
            joined_at: Timestamp::from_millis(self.joined_at),
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredGuest {
    #[n(0)]
    id: Id,
    #[n(1)]
    name: String,
    #[n(2)]
    created_at: i64,
    #[n(3)]
    approved: u32,
}

impl From<&Guest> for StoredGuest {
    fn from(guest: &Guest) -> StoredGuest {
        StoredGuest {
            id: id(guest.id.0),
            name: guest.name.to_string(),
            created_at: guest.created_at.as_millis(),
            approved: guest.approved,
        }
    }
}

impl StoredGuest {
    pub fn into_guest(self, site: SiteId) -> Guest {
        Guest {
            id: GuestId(uuid(&self.id)),
            site,
            name: Name::from_stored(self.name),
            created_at: Timestamp::from_millis(self.created_at),
            approved: self.approved,
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredLink {
    #[n(0)]
    purpose: u8,
    #[n(1)]
    account: Option<Id>,
    #[n(2)]
    expires_at: i64,
    #[n(3)]
    email: Option<String>,
    #[n(4)]
    provider: Option<String>,
}

impl StoredLink {
    pub fn new(purpose: &LinkPurpose, expires_at: Timestamp) -> StoredLink {
        let of = |purpose| StoredLink {
            purpose,
            account: None,
            expires_at: expires_at.as_millis(),
            email: None,
            provider: None,
        };
        match purpose {
            LinkPurpose::SetUp => of(0),
            LinkPurpose::SignIn(account) => StoredLink { account: Some(id(account.0)), ..of(1) },
            LinkPurpose::ConfirmEmail { account, email } => {
                StoredLink { account: Some(id(account.0)), email: Some(email.as_str().to_owned()), ..of(2) }
            }
            LinkPurpose::Deleted { provider } => StoredLink { provider: Some(provider.to_string()), ..of(3) },
        }
    }

    pub fn purpose(&self) -> Result<LinkPurpose, Fault> {
        match (self.purpose, &self.account, &self.email, &self.provider) {
            (0, None, None, None) => Ok(LinkPurpose::SetUp),
            (1, Some(account), None, None) => Ok(LinkPurpose::SignIn(AccountId(uuid(account)))),
            (2, Some(account), Some(email), None) => Ok(LinkPurpose::ConfirmEmail {
                account: AccountId(uuid(account)),
                email: Email::from_stored(email.clone()),
            }),
            (3, None, None, Some(id)) => Ok(LinkPurpose::Deleted { provider: provider(id)? }),
            (code, ..) => Err(unknown("link", code)),
        }
    }

    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_millis(self.expires_at)
    }
}
