//! Rows about accounts elsewhere and sign-ins on their way: identities, departures, proofs, mailed links.

use minicbor::{Decode, Encode};

use super::super::fault::Fault;
use super::session::{origin, provider};
use super::{Id, id, uuid};
use crate::domain::departures::{Asker, Back, Departed, MailLink, MailLinkPurpose, Proof};
use crate::domain::identities::{LinkedIdentity, ProfileEmail};
use crate::domain::{AccountId, Email, Identity, Profile, Timestamp, TokenHash};

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredIdentity {
    #[n(0)]
    provider: String,
    #[n(1)]
    issuer: String,
    #[n(2)]
    subject: String,
    #[n(3)]
    account: Id,
    #[n(4)]
    label: Option<String>,
    #[n(5)]
    linked_at: i64,
    #[n(6)]
    used_at: i64,
}

impl StoredIdentity {
    pub fn new(linked: &LinkedIdentity, account: AccountId) -> StoredIdentity {
        StoredIdentity {
            provider: linked.identity.provider.to_string(),
            issuer: linked.identity.issuer.clone(),
            subject: linked.identity.subject.clone(),
            account: id(account.0),
            label: linked.label.clone(),
            linked_at: linked.linked_at.as_millis(),
            used_at: linked.used_at.as_millis(),
        }
    }

    pub fn account(&self) -> AccountId {
        AccountId(uuid(&self.account))
    }

    pub fn into_linked(self) -> Result<LinkedIdentity, Fault> {
        let identity =
            Identity { provider: provider(&self.provider)?, issuer: self.issuer, subject: self.subject };
        Ok(LinkedIdentity {
            identity,
            label: self.label,
            linked_at: Timestamp::from_millis(self.linked_at),
            used_at: Timestamp::from_millis(self.used_at),
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredDeparted {
    #[n(0)]
    transaction: String,
    #[n(1)]
    provider: String,
    #[n(2)]
    nonce: String,
    #[n(3)]
    verifier: String,
    #[n(4)]
    server: Option<String>,
    #[n(5)]
    memo: String,
    #[n(6)]
    left_at: i64,
    #[n(7)]
    posted: Option<StoredBack>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredBack {
    #[n(0)]
    code: Option<String>,
    #[n(1)]
    error: Option<String>,
    #[n(2)]
    iss: Option<String>,
    #[n(3)]
    user: Option<String>,
}

impl From<&Departed> for StoredDeparted {
    fn from(departed: &Departed) -> StoredDeparted {
        let back = |back: &Back| {
            let Back { code, error, iss, user } = back.clone();
            StoredBack { code, error, iss, user }
        };
        StoredDeparted {
            transaction: departed.transaction.clone(),
            provider: departed.provider.to_string(),
            nonce: departed.nonce.clone(),
            verifier: departed.verifier.clone(),
            server: departed.server.clone(),
            memo: departed.memo.clone(),
            left_at: departed.left_at.as_millis(),
            posted: departed.posted.as_ref().map(back),
        }
    }
}

impl StoredDeparted {
    pub fn into_departed(self, state: TokenHash) -> Result<Departed, Fault> {
        let back = |StoredBack { code, error, iss, user }| Back { code, error, iss, user };
        Ok(Departed {
            state,
            transaction: self.transaction,
            provider: provider(&self.provider)?,
            nonce: self.nonce,
            verifier: self.verifier,
            server: self.server,
            memo: self.memo,
            left_at: Timestamp::from_millis(self.left_at),
            posted: self.posted.map(back),
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredProof {
    #[n(0)]
    account: Id,
    /// Who came from a provider, if somebody did.
    #[n(1)]
    profile: Option<StoredProfile>,
    #[n(2)]
    at: i64,
    /// Of a proof that was given; absent while it is wanted.
    #[n(3)]
    epoch: Option<u32>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredProfile {
    #[n(0)]
    provider: String,
    #[n(1)]
    issuer: String,
    #[n(2)]
    subject: String,
    #[n(3)]
    email: Option<String>,
    #[n(4)]
    email_verified: bool,
    #[n(5)]
    name: Option<String>,
    #[n(6)]
    label: Option<String>,
}

impl StoredProof {
    pub fn new(proof: &Proof, at: Timestamp) -> StoredProof {
        let (account, profile, epoch) = match proof {
            Proof::Wanted { account, profile } => (account, Some(profile), None),
            Proof::Given { account, epoch, profile } => (account, profile.as_ref(), Some(*epoch)),
        };
        let stored = |profile: &Profile| StoredProfile {
            provider: profile.identity.provider.to_string(),
            issuer: profile.identity.issuer.clone(),
            subject: profile.identity.subject.clone(),
            email: profile.email.as_ref().map(|email| email.address.as_str().to_owned()),
            email_verified: profile.email.as_ref().is_some_and(|email| email.verified),
            name: profile.name.clone(),
            label: profile.label.clone(),
        };
        StoredProof { account: id(account.0), profile: profile.map(stored), at: at.as_millis(), epoch }
    }

    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }

    pub fn into_proof(self) -> Result<Proof, Fault> {
        let account = AccountId(uuid(&self.account));
        let profile = self.profile.map(StoredProfile::into_profile).transpose()?;
        Ok(match (self.epoch, profile) {
            (None, Some(profile)) => Proof::Wanted { account, profile },
            (epoch, profile) => Proof::Given { account, epoch: epoch.unwrap_or(0), profile },
        })
    }
}

impl StoredProfile {
    fn into_profile(self) -> Result<Profile, Fault> {
        let identity =
            Identity { provider: provider(&self.provider)?, issuer: self.issuer, subject: self.subject };
        let verified = self.email_verified;
        let email = self.email.map(|address| ProfileEmail { address: Email::from_stored(address), verified });
        Ok(Profile { identity, email, name: self.name, label: self.label })
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredMailLink {
    #[n(0)]
    transaction: String,
    #[n(1)]
    proves: bool,
    #[n(2)]
    email: String,
    #[n(3)]
    site: Option<String>,
    #[n(4)]
    origin: Option<String>,
    #[n(5)]
    asked_at: i64,
}

impl From<&MailLink> for StoredMailLink {
    fn from(link: &MailLink) -> StoredMailLink {
        StoredMailLink {
            transaction: link.transaction.clone(),
            proves: link.purpose == MailLinkPurpose::Prove,
            email: link.email.as_str().to_owned(),
            site: link.asker.as_ref().map(|asker| asker.site.to_string()),
            origin: link.asker.as_ref().map(|asker| asker.origin.to_string()),
            asked_at: link.asked_at.as_millis(),
        }
    }
}

impl StoredMailLink {
    pub fn into_link(self, token: TokenHash) -> Result<MailLink, Fault> {
        let asker = match (self.site, self.origin) {
            (Some(site), Some(at)) => {
                let key = site.parse();
                let site = key.map_err(|_| Fault::corrupt(format!("{site:?} where a site was expected")))?;
                Some(Asker { site, origin: origin(&at)? })
            }
            _ => None,
        };
        Ok(MailLink {
            token,
            transaction: self.transaction,
            purpose: if self.proves { MailLinkPurpose::Prove } else { MailLinkPurpose::SignIn },
            email: Email::from_stored(self.email),
            asker,
            asked_at: Timestamp::from_millis(self.asked_at),
        })
    }
}
