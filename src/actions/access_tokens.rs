//! Access tokens: ten minutes, in memory only, so that checking one costs no disk read and ending a session is
//! immediate. After a restart widgets refresh.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::RwLock;

use super::tokens::{self, TokenKind};
use crate::app::Chance;
use crate::domain::sessions::ACCESS_TTL;
use crate::domain::{AccountId, Origin, SessionId, SiteId, Timestamp, TokenHash};

/// What an access token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub session: SessionId,
    pub account: AccountId,
    pub site: SiteId,
    pub origin: Origin,
    pub minted_at: Timestamp,
}

impl Access {
    fn is_live(&self, now: Timestamp) -> bool {
        /// By so much a clock may be set back unnoticed; what was minted further ahead came from a wrong one.
        const SET_BACK: Duration = Duration::from_secs(2 * 60 * 60);
        now < self.minted_at.plus(ACCESS_TTL) && self.minted_at < now.plus(SET_BACK)
    }
}

#[derive(Default)]
pub struct AccessTokens(RwLock<HashMap<TokenHash, Access>>);

impl AccessTokens {
    /// When so many are live, expired ones are swept before another is added.
    const SWEEP_AT: usize = 100_000;

    pub fn mint(
        &self,
        session: SessionId,
        account: AccountId,
        site: SiteId,
        origin: Origin,
        now: Timestamp,
        chance: &dyn Chance,
    ) -> String {
        let (token, hash) = tokens::mint(TokenKind::Access, chance);
        let mut live = self.0.write();
        if live.len() >= Self::SWEEP_AT {
            live.retain(|_, access| access.is_live(now));
        }
        live.insert(hash, Access { session, account, site, origin, minted_at: now });
        token
    }

    pub fn find(&self, token: &str, now: Timestamp) -> Option<Access> {
        let hash = tokens::recognise(TokenKind::Access, token)?;
        self.0.read().get(&hash).filter(|access| access.is_live(now)).cloned()
    }

    pub fn end_session(&self, session: SessionId) {
        self.0.write().retain(|_, access| access.session != session);
    }

    pub fn end_account(&self, account: AccountId) {
        self.0.write().retain(|_, access| access.account != account);
    }

    pub fn sweep(&self, now: Timestamp) {
        self.0.write().retain(|_, access| access.is_live(now));
    }
}
