//! Likes.

use async_trait::async_trait;

use super::Answer;
use crate::domain::votes::Tally;
use crate::domain::{AccountId, CommentId, SiteId, Timestamp};

#[async_trait]
pub trait Votes: Send + Sync {
    /// Sets whether `account` likes a comment; asking for what already is changes nothing. Refuses with
    /// `UnknownComment` unless it is public, and `OwnComment`.
    async fn set_like(
        &self,
        site: SiteId,
        comment: CommentId,
        account: AccountId,
        liked: bool,
        now: Timestamp,
    ) -> Answer<Tally>;
}
