//! Sessions: e-mail codes, popup codes, refresh tokens.

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::sessions::{EmailCode, ExchangeCode, RefreshStep, RefreshToken, Session};
use crate::domain::{Account, AccountId, Member, Name, Origin, SessionId, SiteId, Timestamp};

/// A session together with the hash of its first token.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub session: Session,
    pub refresh: TokenHash,
}

/// What a refresh token leads to.
#[derive(Clone, Debug)]
pub struct Presented {
    pub token: RefreshToken,
    pub session: Session,
    pub account: Account,
}

/// A code as the widget brings it back.
#[derive(Clone, Debug)]
pub struct PresentedCode {
    pub challenge: TokenHash,
    pub code: TokenHash,
    pub site: SiteId,
    pub origin: Origin,
}

/// What an exchange code led to.
#[derive(Clone, Debug)]
pub struct Redeemed {
    pub account: Account,
    pub session: Session,
    pub suggested_name: Option<Name>,
}

/// Somebody who is signed in, as one site sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    pub session: Session,
    pub account: Account,
    /// `None` before they wrote there or were given a role.
    pub member: Option<Member>,
}

#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores an e-mail sign-in that waits for its code, and queues the mail. One challenge has one code: asking
    /// again replaces it, tries included.
    async fn start_email_code(&self, code: EmailCode, notice: Notice) -> Result<(), StoreError>;
    /// Checks a code. Right: the transaction is used up, the account of its address is found or made as `new_account`
    /// (address verified, no name), and `session` (whose account and epoch are filled in here) is stored. Wrong: counted,
    /// `WrongCode`. `CodeGone` if expired, used, tried five times, or of another site or origin; `TooManyWrongCodes` if the
    /// address had ten wrong codes within a day; `SecondFactorElsewhere` if its account has a second factor.
    async fn redeem_email_code(
        &self,
        presented: PresentedCode,
        new_account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<(Account, Session)>;

    /// Stores what the popup leaves for the widget.
    async fn add_exchange_code(&self, code: ExchangeCode) -> Result<(), StoreError>;
    /// Redeems it: site, origin, challenge must match, 60 seconds, once; `session` is signed in as the code says. A second use ends the session of the first.
    async fn redeem_exchange_code(
        &self,
        presented: PresentedCode,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Redeemed>;
    /// The same by the eight characters, found under their challenge: two minutes, five tries.
    async fn redeem_pasted_code(
        &self,
        presented: PresentedCode,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Redeemed>;

    /// Whose session it is and what they are on `site`, all from one snapshot, since every request of theirs asks. `None`
    /// once it has ended, is over by `now`, or is of an epoch that its account has left.
    async fn visitor(
        &self,
        id: SessionId,
        site: SiteId,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError>;

    /// Stores a session made by proof of a password.
    async fn add_session(&self, session: NewSession) -> Result<(), StoreError>;
    /// Notes that a session was used now, so that it does not count as idle. A session that is gone stays gone.
    async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError>;
    /// What a refresh token or first-party cookie names, if its session is alive. One that is over has ended with
    /// that, whatever the clock says later; nothing else is written.
    async fn presented(&self, token: TokenHash, now: Timestamp) -> Result<Option<Presented>, StoreError>;
    /// Carries out the step that `Session::refresh_step` gives inside the transaction; `fresh` is stored if it issues a
    /// token. `SessionEnded` if it is gone or was revoked here.
    async fn refresh(
        &self,
        token: TokenHash,
        fresh: TokenHash,
        now: Timestamp,
    ) -> Answer<(RefreshStep, Session, Account)>;
    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError>;
    /// An account's live sessions, the latest used first.
    async fn sessions_of(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    /// Ends one session. Ending it twice changes nothing.
    async fn end_session(&self, id: SessionId) -> Result<(), StoreError>;
    /// Ends all of an account's: its epoch moves.
    async fn end_all_sessions(&self, account: AccountId) -> Result<Account, StoreError>;
    /// Deletes expired codes, links, departures, proofs and sessions; looks at no more than `limit` entries; returns at how many.
    async fn prune_sessions(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
