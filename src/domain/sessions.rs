//! Signed-in browsers, and the rules of their tokens.
//!
//! Tokens are 256 random bits; only their SHA-256 is stored. Access tokens live in memory, refresh tokens rotate.

use std::time::Duration;

use super::accounts::TokenHash;
use super::{AccountId, Origin, ProviderId, SessionId, SiteId, Timestamp};

pub const ACCESS_TTL: Duration = Duration::from_secs(10 * 60);
pub const IDLE_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
pub const ABSOLUTE_TTL: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// A refresh token is replaced at most this often; in between a refresh writes nothing to disk.
pub const ROTATION_PERIOD: Duration = Duration::from_secs(60 * 60);
/// How many successors one generation may have: tabs that refreshed at once, answers that were lost.
pub const MAX_SIBLINGS: u32 = 8;

pub const EMAIL_CODE_TTL: Duration = Duration::from_secs(10 * 60);
pub const EMAIL_CODE_TRIES: u32 = 5;
/// After so many wrong codes for one address within [`WRONG_CODE_PERIOD`], codes are refused for it.
pub const WRONG_CODES_PER_ADDRESS: u32 = 10;
pub const WRONG_CODE_PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a link from the command line may wait.
pub const OWNER_LINK_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a link may wait that shows a new address to be somebody's.
pub const ADDRESS_LINK_TTL: Duration = Duration::from_secs(10 * 60);
/// How long after signing in somebody may change what they sign in with.
pub const FRESH_FOR: Duration = Duration::from_secs(15 * 60);
/// How often at most a first-party session's use is written down.
pub const TOUCH_PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

pub const EXCHANGE_CODE_TTL: Duration = Duration::from_secs(60);
pub const PASTED_CODE_TTL: Duration = Duration::from_secs(2 * 60);
pub const PASTED_CODE_TRIES: u32 = 5;

/// A browser that is signed in: its refresh tokens form one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub scope: Scope,
    /// The account's epoch when it began; a later one ends it.
    pub epoch: u32,
    pub created_at: Timestamp,
    pub used_at: Timestamp,
    pub rotated_at: Timestamp,
    /// Generation of the newest refresh token, whether one of that generation was used, and how many it has.
    pub generation: u32,
    pub generation_used: bool,
    pub siblings: u32,
    /// What the browser called itself, cut short: for the list of sessions.
    pub device: String,
    pub via: Via,
}

/// How a session was signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// By a six-digit code, in the widget.
    Email,
    Password,
    Provider(ProviderId),
    /// The site said who its member is.
    SingleSignOn,
    /// By a link: mailed, or made on the command line.
    Link,
}

/// What a session is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The widget on one site and origin: comments, likes, single-comment moderation.
    Widget { site: SiteId, origin: Origin },
    /// The account and popup pages on the comments host.
    FirstParty,
    /// The dashboard on the comments host.
    Dashboard,
}

impl Session {
    /// Whether it began so lately that what the account is signed in with may be changed.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.is_within(FRESH_FOR, self.created_at)
    }

    /// Whether it is neither idle for too long nor too old.
    pub fn is_in_time(&self, now: Timestamp) -> bool {
        now.is_within(IDLE_TTL, self.used_at) && now.is_within(ABSOLUTE_TTL, self.created_at)
    }

    pub fn is_alive(&self, now: Timestamp, epoch: u32) -> bool {
        self.epoch == epoch && self.is_in_time(now)
    }
}

/// A refresh token as its table knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    pub session: SessionId,
    pub generation: u32,
}

/// What presenting a refresh token leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshStep {
    /// Nothing to write: the token is current, was used before, and is younger than an hour.
    Keep,
    /// The current generation is used for the first time: from now on its predecessors are replays.
    MarkUsed,
    /// Old enough, or its successor was never used: hand out a token of generation `to`.
    Issue { to: u32 },
    /// An old token came back: somebody copied it. The whole family ends.
    Revoke,
}

impl Session {
    /// The rule of rotation. The previous token lives until its successor is first used, so that a lost answer
    /// signs nobody out; anything older, or the previous one after that, ends the family.
    pub fn refresh_step(&self, presented: u32, now: Timestamp) -> RefreshStep {
        let rotation_is_due = now.since(self.rotated_at) >= ROTATION_PERIOD;
        if presented == self.generation {
            match (rotation_is_due, self.generation_used) {
                (true, _) => RefreshStep::Issue { to: self.generation + 1 },
                (false, true) => RefreshStep::Keep,
                (false, false) => RefreshStep::MarkUsed,
            }
        } else if presented + 1 == self.generation && !self.generation_used {
            if self.siblings < MAX_SIBLINGS {
                RefreshStep::Issue { to: self.generation }
            } else {
                RefreshStep::Keep
            }
        } else {
            RefreshStep::Revoke
        }
    }
}

/// An e-mail sign-in that waits for its code. Found under the widget's challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailCode {
    pub challenge: TokenHash,
    pub site: SiteId,
    pub origin: Origin,
    pub email: super::Email,
    /// SHA-256 of challenge and code together: a code alone has too few values to hide behind a bare hash.
    pub code: TokenHash,
    pub wrong_tries: u32,
    pub created_at: Timestamp,
}

/// What the popup leaves for the widget: redeemed once, with the verifier of `challenge`, from `origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeCode {
    /// SHA-256 of the code that the popup posted to its opener.
    pub code: TokenHash,
    /// SHA-256 of challenge and the eight characters to paste, for a popup that lost its opener.
    pub pasted: TokenHash,
    pub challenge: TokenHash,
    pub site: SiteId,
    pub origin: Origin,
    pub account: AccountId,
    /// The account's when it was made; a later one ends the code as it ends sessions.
    pub epoch: u32,
    pub created_at: Timestamp,
    pub wrong_tries: u32,
    /// The session it was redeemed for: a second use ends that session.
    pub redeemed: Option<SessionId>,
    /// How the person signed in, in the popup.
    pub via: Via,
    /// What a provider calls somebody who has no name here yet.
    pub suggested_name: Option<super::Name>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(generation: u32, generation_used: bool) -> Session {
        Session {
            id: SessionId::from_random([1; 16]),
            account: AccountId::from_random([2; 16]),
            scope: Scope::FirstParty,
            epoch: 0,
            created_at: Timestamp::EPOCH,
            used_at: Timestamp::EPOCH,
            rotated_at: Timestamp::EPOCH,
            generation,
            generation_used,
            siblings: 1,
            device: String::new(),
            via: Via::Password,
        }
    }

    #[test]
    fn a_lost_answer_signs_nobody_out_and_a_replay_ends_the_family() {
        let soon = Timestamp::from_millis(60_000);
        let later = Timestamp::EPOCH.plus(ROTATION_PERIOD);
        for (generation, used, presented, now, step) in [
            (5, false, 5, soon, RefreshStep::MarkUsed),
            (5, true, 5, soon, RefreshStep::Keep),
            (5, true, 5, later, RefreshStep::Issue { to: 6 }),
            (5, false, 4, soon, RefreshStep::Issue { to: 5 }),
            (5, true, 4, soon, RefreshStep::Revoke),
            (5, false, 3, soon, RefreshStep::Revoke),
            (5, false, 6, soon, RefreshStep::Revoke),
        ] {
            assert_eq!(
                session(generation, used).refresh_step(presented, now),
                step,
                "{generation} {used} {presented}"
            );
        }
    }

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_the_account_moves_on() {
        let session = session(1, true);
        assert!(session.is_alive(Timestamp::from_millis(1), 0));
        assert!(!session.is_alive(Timestamp::from_millis(1), 1));
        assert!(!session.is_alive(Timestamp::EPOCH.plus(IDLE_TTL), 0));
        let busy = Session { used_at: Timestamp::EPOCH.plus(ABSOLUTE_TTL), ..session };
        assert!(!busy.is_alive(Timestamp::EPOCH.plus(ABSOLUTE_TTL), 0));
    }
}
