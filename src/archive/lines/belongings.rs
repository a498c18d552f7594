//! What belongs to a comment: its texts, where it came from, who likes it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::document::{self, BlockLine};
use super::{moment, ms};
use crate::domain::{AccountId, CommentId, Document, Email};
use crate::storage::archive::Entity;
use crate::storage::comments::{Revision, SentFrom};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionLine {
    comment: Uuid,
    number: u32,
    markdown: String,
    written_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Vec<BlockLine>>,
}

impl RevisionLine {
    pub fn new(comment: CommentId, revision: Revision, body: Option<Document>) -> RevisionLine {
        let Revision { number, markdown, written_at } = revision;
        let body = body.map(document::of);
        RevisionLine { comment: comment.0, number, markdown, written_at: ms(written_at), body }
    }

    pub fn into_entity(self) -> Result<Entity, String> {
        let revision =
            Revision { number: self.number, markdown: self.markdown, written_at: moment(self.written_at) };
        let body = self.body.map(document::document).transpose()?;
        Ok(Entity::Revision { comment: CommentId(self.comment), revision, body })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentFromLine {
    comment: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    user_agent: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guest_email: Option<String>,
}

impl SentFromLine {
    pub fn new(comment: CommentId, from: SentFrom) -> SentFromLine {
        let SentFrom { ip, user_agent, guest_email } = from;
        let guest_email = guest_email.map(|email| email.as_str().to_owned());
        SentFromLine { comment: comment.0, ip, user_agent, guest_email }
    }

    pub fn into_entity(self) -> Entity {
        let guest_email = self.guest_email.map(Email::from_stored);
        let from = SentFrom { ip: self.ip, user_agent: self.user_agent, guest_email };
        Entity::SentFrom { comment: CommentId(self.comment), from }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LikeLine {
    pub comment: Uuid,
    pub account: Uuid,
    pub at: i64,
}

impl LikeLine {
    pub fn into_entity(self) -> Entity {
        let (comment, account) = (CommentId(self.comment), AccountId(self.account));
        Entity::Like { comment, account, at: moment(self.at) }
    }
}
