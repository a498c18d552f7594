//! Rows about being signed in: sessions, their tokens, and the codes that lead to them.

use minicbor::{Decode, Encode};

use super::super::fault::Fault;
use super::{Hash, Id, id, uuid};
use crate::domain::accounts::TokenHash;
use crate::domain::sessions::{EmailCode, ExchangeCode, RefreshToken, Scope, Session, Via};
use crate::domain::{AccountId, Email, Name, Origin, ProviderId, SessionId, SiteId, Timestamp};

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredSession {
    #[n(0)]
    account: Id,
    #[n(1)]
    scope: StoredScope,
    #[n(2)]
    epoch: u32,
    #[n(3)]
    created_at: i64,
    #[n(4)]
    used_at: i64,
    #[n(5)]
    rotated_at: i64,
    #[n(6)]
    generation: u32,
    #[n(7)]
    generation_used: bool,
    #[n(8)]
    siblings: u32,
    #[n(9)]
    device: String,
    /// Absent in sessions from before schema 2.
    #[n(10)]
    via: Option<StoredVia>,
}

#[derive(Encode, Decode)]
enum StoredVia {
    #[n(0)]
    Email,
    #[n(1)]
    Password,
    #[n(2)]
    Provider(#[n(0)] String),
    #[n(3)]
    SingleSignOn,
    #[n(4)]
    Link,
}

impl From<&Via> for StoredVia {
    fn from(via: &Via) -> StoredVia {
        match via {
            Via::Email => StoredVia::Email,
            Via::Password => StoredVia::Password,
            Via::Provider(provider) => StoredVia::Provider(provider.to_string()),
            Via::SingleSignOn => StoredVia::SingleSignOn,
            Via::Link => StoredVia::Link,
        }
    }
}

impl StoredVia {
    fn into_via(self) -> Result<Via, Fault> {
        Ok(match self {
            StoredVia::Email => Via::Email,
            StoredVia::Password => Via::Password,
            StoredVia::Provider(id) => Via::Provider(provider(&id)?),
            StoredVia::SingleSignOn => Via::SingleSignOn,
            StoredVia::Link => Via::Link,
        })
    }
}

/// A provider's name that was parsed when it was stored.
pub fn provider(stored: &str) -> Result<ProviderId, Fault> {
    if stored == ProviderId::SINGLE_SIGN_ON {
        return Ok(ProviderId::single_sign_on());
    }
    stored.parse().map_err(|_| Fault::corrupt(format!("{stored:?} where a provider was expected")))
}

#[derive(Encode, Decode)]
enum StoredScope {
    #[n(0)]
    Widget(#[n(0)] u32, #[n(1)] String),
    #[n(1)]
    FirstParty,
    #[n(2)]
    Dashboard,
}

/// An origin that was parsed when it was stored.
pub fn origin(stored: &str) -> Result<Origin, Fault> {
    Origin::parse(stored).ok_or_else(|| Fault::corrupt(format!("{stored:?} where an origin was expected")))
}

impl From<&Session> for StoredSession {
    fn from(session: &Session) -> StoredSession {
        StoredSession {
            account: id(session.account.0),
            scope: match &session.scope {
                Scope::Widget { site, origin } => StoredScope::Widget(site.0, origin.to_string()),
                Scope::FirstParty => StoredScope::FirstParty,
                Scope::Dashboard => StoredScope::Dashboard,
            },
            epoch: session.epoch,
            created_at: session.created_at.as_millis(),
            used_at: session.used_at.as_millis(),
            rotated_at: session.rotated_at.as_millis(),
            generation: session.generation,
            generation_used: session.generation_used,
            siblings: session.siblings,
            device: session.device.clone(),
            via: Some(StoredVia::from(&session.via)),
        }
    }
}

impl StoredSession {
    pub fn into_session(self, id: SessionId) -> Result<Session, Fault> {
        let via = match (self.via, &self.scope) {
            (Some(via), _) => via.into_via()?,
            // What most of them were.
            (None, StoredScope::Widget(..)) => Via::Email,
            (None, _) => Via::Password,
        };
        Ok(Session {
            id,
            account: AccountId(uuid(&self.account)),
            scope: match self.scope {
                StoredScope::Widget(site, at) => Scope::Widget { site: SiteId(site), origin: origin(&at)? },
                StoredScope::FirstParty => Scope::FirstParty,
                StoredScope::Dashboard => Scope::Dashboard,
            },
            epoch: self.epoch,
            created_at: Timestamp::from_millis(self.created_at),
            used_at: Timestamp::from_millis(self.used_at),
            rotated_at: Timestamp::from_millis(self.rotated_at),
            generation: self.generation,
            generation_used: self.generation_used,
            siblings: self.siblings,
            device: self.device,
            via,
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredToken {
    #[n(0)]
    session: Id,
    #[n(1)]
    generation: u32,
}

impl From<RefreshToken> for StoredToken {
    fn from(token: RefreshToken) -> StoredToken {
        StoredToken { session: id(token.session.0), generation: token.generation }
    }
}

impl From<StoredToken> for RefreshToken {
    fn from(stored: StoredToken) -> RefreshToken {
        RefreshToken { session: SessionId(uuid(&stored.session)), generation: stored.generation }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredEmailCode {
    #[n(0)]
    site: u32,
    #[n(1)]
    origin: String,
    #[n(2)]
    email: String,
    #[n(3)]
    code: Hash,
    #[n(4)]
    wrong_tries: u32,
    #[n(5)]
    created_at: i64,
}

impl From<&EmailCode> for StoredEmailCode {
    fn from(code: &EmailCode) -> StoredEmailCode {
        StoredEmailCode {
            site: code.site.0,
            origin: code.origin.to_string(),
            email: code.email.as_str().to_owned(),
            code: code.code.0.into(),
            wrong_tries: code.wrong_tries,
            created_at: code.created_at.as_millis(),
        }
    }
}

impl StoredEmailCode {
    pub fn into_code(self, challenge: TokenHash) -> Result<EmailCode, Fault> {
        Ok(EmailCode {
            challenge,
            site: SiteId(self.site),
            origin: origin(&self.origin)?,
            email: Email::from_stored(self.email),
            code: TokenHash(*self.code),
            wrong_tries: self.wrong_tries,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

/// When wrong codes were tried for one address.
#[derive(Encode, Decode, Default)]
#[cbor(map)]
pub struct StoredWrongCodes {
    #[n(0)]
    pub moments: Vec<i64>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredExchangeCode {
    #[n(0)]
    pasted: Hash,
    #[n(1)]
    challenge: Hash,
    #[n(2)]
    site: u32,
    #[n(3)]
    origin: String,
    #[n(4)]
    account: Id,
    #[n(5)]
    created_at: i64,
    #[n(6)]
    wrong_tries: u32,
    #[n(7)]
    redeemed: Option<Id>,
    /// Absent in codes from before schema 2, when a popup knew passwords only.
    #[n(8)]
    via: Option<StoredVia>,
    #[n(9)]
    suggested_name: Option<String>,
    /// Absent in codes from before schema 2, which are over long since.
    #[n(10)]
    epoch: Option<u32>,
}

impl From<&ExchangeCode> for StoredExchangeCode {
    fn from(code: &ExchangeCode) -> StoredExchangeCode {
        StoredExchangeCode {
            pasted: code.pasted.0.into(),
            challenge: code.challenge.0.into(),
            site: code.site.0,
            origin: code.origin.to_string(),
            account: id(code.account.0),
            created_at: code.created_at.as_millis(),
            wrong_tries: code.wrong_tries,
            redeemed: code.redeemed.map(|session| id(session.0)),
            via: Some(StoredVia::from(&code.via)),
            suggested_name: code.suggested_name.as_ref().map(Name::to_string),
            epoch: Some(code.epoch),
        }
    }
}

impl StoredExchangeCode {
    pub fn into_code(self, code: TokenHash) -> Result<ExchangeCode, Fault> {
        Ok(ExchangeCode {
            code,
            pasted: TokenHash(*self.pasted),
            challenge: TokenHash(*self.challenge),
            site: SiteId(self.site),
            origin: origin(&self.origin)?,
            account: AccountId(uuid(&self.account)),
            epoch: self.epoch.unwrap_or(0),
            created_at: Timestamp::from_millis(self.created_at),
            wrong_tries: self.wrong_tries,
            redeemed: self.redeemed.map(|session| SessionId(uuid(&session))),
            via: self.via.map_or(Ok(Via::Password), StoredVia::into_via)?,
            suggested_name: self.suggested_name.map(Name::from_stored),
        })
    }
}
