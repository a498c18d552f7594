//! A comment's row.

use minicbor::{Decode, Decoder, Encode};

use super::super::codec;
use super::super::fault::Fault;
use super::super::keys::{self, CommentKey};
use super::{Id, codes, id, uuid};
use crate::domain::comments::{Parent, Source};
use crate::domain::{
    AccountId, Author, Comment, CommentId, Document, GuestId, Name, Number, Place, Removal, SiteId, Timestamp,
};

/// A comment, and what only the store needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CommentRow {
    pub comment: Comment,
    /// It counts towards its guest's trust.
    pub vouched: bool,
    /// Since when it is spam or removed: its texts go after a while.
    pub hidden_since: Option<Timestamp>,
    /// Its texts are gone.
    pub text_gone: bool,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Stored {
    // Standing and removal come first: `is_public` reads no further.
    #[n(0)]
    standing: u8,
    #[n(1)]
    removal: Option<StoredRemoval>,
    #[n(2)]
    id: Id,
    #[n(3)]
    site: u32,
    #[n(4)]
    parent: Option<StoredParent>,
    #[n(5)]
    depth: u32,
    #[n(6)]
    number: Option<u32>,
    #[n(7)]
    author: StoredAuthor,
    #[n(8)]
    posted_at: i64,
    #[n(9)]
    edited_at: Option<i64>,
    #[n(10)]
    revisions: u32,
    #[n(11)]
    waiting_revision: Option<u32>,
    #[n(12)]
    likes: u32,
    #[n(13)]
    imported_likes: u32,
    #[n(14)]
    replies: u32,
    #[n(15)]
    source: Option<StoredSource>,
    #[cbor(n(16), with = "super::document")]
    body: Document,
    #[n(17)]
    vouched: bool,
    #[n(18)]
    hidden_since: Option<i64>,
    #[n(19)]
    text_gone: bool,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredRemoval {
    #[n(0)]
    by: u8,
    #[n(1)]
    at: i64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredParent {
    #[n(0)]
    id: Id,
    #[n(1)]
    place: u64,
}

#[derive(Encode, Decode)]
enum StoredAuthor {
    #[n(0)]
    Account(#[n(0)] Id),
    #[n(1)]
    Guest(#[n(0)] Id, #[n(1)] String),
    #[n(2)]
    Imported(#[n(0)] String),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredSource {
    #[n(0)]
    system: String,
    #[n(1)]
    id: String,
}

impl CommentRow {
    pub fn new(comment: Comment) -> CommentRow {
        CommentRow { comment, vouched: false, hidden_since: None, text_gone: false }
    }

    pub fn key(&self) -> CommentKey {
        keys::comment(self.comment.thread, self.comment.root, self.comment.place)
    }

    pub fn encode(&self) -> Vec<u8> {
        let comment = &self.comment;
        codec::encode(&Stored {
            standing: codes::of_standing(comment.standing),
            removal: comment
                .removal
                .map(|it| StoredRemoval { by: codes::of_remover(it.by), at: it.at.as_millis() }),
            id: id(comment.id.0),
            site: comment.site.0,
            parent: comment.parent.map(|it| StoredParent { id: id(it.id.0), place: it.place.0 }),
            depth: comment.depth,
            number: comment.number.map(|it| it.0),
            author: match &comment.author {
                Author::Account(account) => StoredAuthor::Account(id(account.0)),
                Author::Guest { id: guest, name } => StoredAuthor::Guest(id(guest.0), name.to_string()),
                Author::Imported { name } => StoredAuthor::Imported(name.to_string()),
            },
            posted_at: comment.posted_at.as_millis(),
            edited_at: comment.edited_at.map(Timestamp::as_millis),
            revisions: comment.revisions,
            waiting_revision: comment.waiting_revision,
            likes: comment.likes,
            imported_likes: comment.imported_likes,
            replies: comment.replies,
            source: comment
                .source
                .as_ref()
                .map(|it| StoredSource { system: it.system.clone(), id: it.id.clone() }),
            body: comment.body.clone(),
            vouched: self.vouched,
            hidden_since: self.hidden_since.map(Timestamp::as_millis),
            text_gone: self.text_gone,
        })
    }

    pub fn decode(key: &CommentKey, bytes: &[u8]) -> Result<CommentRow, Fault> {
        let stored: Stored = codec::decode(bytes)?;
        let (thread, root, place) = keys::of_comment(key);
        let removal = match stored.removal {
            Some(it) => Some(Removal { by: codes::remover(it.by)?, at: Timestamp::from_millis(it.at) }),
            None => None,
        };
        Ok(CommentRow {
            comment: Comment {
                id: CommentId(uuid(&stored.id)),
                site: SiteId(stored.site),
                thread,
                root,
                place,
                parent: stored
                    .parent
                    .map(|it| Parent { id: CommentId(uuid(&it.id)), place: Place(it.place) }),
                depth: stored.depth,
                number: stored.number.map(Number),
                author: match stored.author {
                    StoredAuthor::Account(account) => Author::Account(AccountId(uuid(&account))),
                    StoredAuthor::Guest(guest, name) => {
                        Author::Guest { id: GuestId(uuid(&guest)), name: Name::from_stored(name) }
                    }
                    StoredAuthor::Imported(name) => Author::Imported { name: Name::from_stored(name) },
                },
                body: stored.body,
                posted_at: Timestamp::from_millis(stored.posted_at),
                edited_at: stored.edited_at.map(Timestamp::from_millis),
                revisions: stored.revisions,
                waiting_revision: stored.waiting_revision,
                standing: codes::standing(stored.standing)?,
                removal,
                likes: stored.likes,
                imported_likes: stored.imported_likes,
                replies: stored.replies,
                source: stored.source.map(|it| Source { system: it.system, id: it.id }),
            },
            vouched: stored.vouched,
            hidden_since: stored.hidden_since.map(Timestamp::from_millis),
            text_gone: stored.text_gone,
        })
    }
}

/// Whether a row's comment is public, read from its first bytes: for counting many.
pub fn is_public(bytes: &[u8]) -> Result<bool, Fault> {
    fn look(cbor: &[u8]) -> Result<bool, minicbor::decode::Error> {
        let mut d = Decoder::new(cbor);
        d.map()?;
        let first_is_standing = d.u8()? == 0;
        let published = d.u8()? == codes::PUBLISHED;
        let next_is_removal = d.u8()? == 1;
        Ok(first_is_standing && published && !next_is_removal)
    }
    look(codec::body(bytes)?).map_err(|error| Fault::corrupt(format!("a comment's standing: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comments::RemovedBy;
    use crate::domain::{PendingReason, Standing, ThreadId};

    fn row() -> CommentRow {
        CommentRow::new(Comment {
            id: CommentId::from_random([3; 16]),
            site: SiteId(1),
            thread: ThreadId(2),
            root: Place(5),
            place: Place(9),
            parent: Some(Parent { id: CommentId::from_random([4; 16]), place: Place(5) }),
            depth: 1,
            number: Some(Number(7)),
            author: Author::Guest { id: GuestId::from_random([5; 16]), name: Name::parse("Bob").unwrap() },
            body: Document::default(),
            posted_at: Timestamp::from_millis(-5),
            edited_at: Some(Timestamp::from_millis(5)),
            revisions: 2,
            waiting_revision: Some(2),
            standing: Standing::Published,
            removal: None,
            likes: 1,
            imported_likes: 2,
            replies: 3,
            source: Some(Source { system: "old".into(), id: "17".into() }),
        })
    }

    #[test]
    fn a_row_reads_back_as_it_was_and_tells_from_its_first_bytes_whether_it_is_public() {
        let published = row();
        let mut removed = row();
        removed.comment.removal = Some(Removal { by: RemovedBy::Moderator, at: Timestamp::from_millis(1) });
        removed.hidden_since = Some(Timestamp::from_millis(1));
        let mut pending = row();
        pending.comment.standing = Standing::Pending(PendingReason::GuestLink);
        let mut spam = row();
        spam.comment.standing = Standing::Spam;
        spam.text_gone = true;
        for row in [published, removed, pending, spam] {
            let bytes = row.encode();
            assert_eq!(CommentRow::decode(&row.key(), &bytes).unwrap(), row);
            assert_eq!(is_public(&bytes).unwrap(), row.comment.is_public());
        }
    }
}
