//! Counters, history, and what is still to be done.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Hex, moment, ms};
use crate::domain::history::Deed;
use crate::domain::{AccountId, CommentId, Email, GuestId, SiteId, ThreadId};
use crate::storage::archive::{Counted, Entity, NoticeAbout, QueuedNotice, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterLine {
    of: CountedWord,
    last: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CountedWord {
    Sites,
    Threads,
    Notices,
    Records,
}

impl CounterLine {
    pub fn new(of: Counted, last: u64) -> CounterLine {
        let of = match of {
            Counted::Sites => CountedWord::Sites,
            Counted::Threads => CountedWord::Threads,
            Counted::Notices => CountedWord::Notices,
            Counted::Records => CountedWord::Records,
        };
        CounterLine { of, last }
    }

    pub fn into_entity(self) -> Entity {
        let of = match self.of {
            CountedWord::Sites => Counted::Sites,
            CountedWord::Threads => Counted::Threads,
            CountedWord::Notices => Counted::Notices,
            CountedWord::Records => Counted::Records,
        };
        Entity::Counter { of, last: self.last }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    pub site: u32,
    pub guest: Uuid,
    pub account: Uuid,
    pub due_at: i64,
}

impl ClaimLine {
    pub fn into_entity(self) -> Entity {
        Entity::Claim {
            site: SiteId(self.site),
            guest: GuestId(self.guest),
            account: AccountId(self.account),
            due_at: moment(self.due_at),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpentTokenLine {
    pub site: u32,
    pub(super) id: Hex,
    pub until: i64,
}

impl SpentTokenLine {
    pub fn into_entity(self) -> Result<Entity, String> {
        let id = self.id.hash("id")?;
        Ok(Entity::SpentToken { site: SiteId(self.site), id, until: moment(self.until) })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeLine {
    id: u64,
    to: String,
    about: AboutWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    due_at: i64,
    tries: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AboutWord {
    AddressChanged,
    PasswordChanged,
    SecondFactorOn,
    SecondFactorOff,
    IdentityLinked,
    IdentityUnlinked,
}

impl From<QueuedNotice> for NoticeLine {
    fn from(notice: QueuedNotice) -> NoticeLine {
        let QueuedNotice { id, to, about, expires_at, due_at, tries } = notice;
        let (about, provider) = match about {
            NoticeAbout::AddressChanged => (AboutWord::AddressChanged, None),
            NoticeAbout::PasswordChanged => (AboutWord::PasswordChanged, None),
            NoticeAbout::SecondFactorOn => (AboutWord::SecondFactorOn, None),
            NoticeAbout::SecondFactorOff => (AboutWord::SecondFactorOff, None),
            NoticeAbout::IdentityLinked { provider } => (AboutWord::IdentityLinked, Some(provider)),
            NoticeAbout::IdentityUnlinked { provider } => (AboutWord::IdentityUnlinked, Some(provider)),
        };
        NoticeLine {
            id,
            to: to.as_str().to_owned(),
            about,
            provider,
            expires_at: expires_at.map(ms),
            due_at: ms(due_at),
            tries,
        }
    }
}

impl NoticeLine {
    pub fn into_entity(self) -> Result<Entity, String> {
        let provider = || self.provider.clone().ok_or("\"provider\" is missing: whom it is about");
        Ok(Entity::Notice(QueuedNotice {
            id: self.id,
            to: Email::from_stored(self.to),
            about: match self.about {
                AboutWord::AddressChanged => NoticeAbout::AddressChanged,
                AboutWord::PasswordChanged => NoticeAbout::PasswordChanged,
                AboutWord::SecondFactorOn => NoticeAbout::SecondFactorOn,
                AboutWord::SecondFactorOff => NoticeAbout::SecondFactorOff,
                AboutWord::IdentityLinked => NoticeAbout::IdentityLinked { provider: provider()? },
                AboutWord::IdentityUnlinked => NoticeAbout::IdentityUnlinked { provider: provider()? },
            },
            expires_at: self.expires_at.map(moment),
            due_at: moment(self.due_at),
            tries: self.tries,
        }))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordLine {
    site: u32,
    sequence: u64,
    deed: DeedWord,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeedWord {
    Approved,
    MarkedSpam,
    Removed,
    Pinned,
    Unpinned,
    Closed,
    Reopened,
    Claimed,
}

impl From<Record> for RecordLine {
    fn from(record: Record) -> RecordLine {
        let Record { site, sequence, deed, at, by, thread, comment } = record;
        let deed = match deed {
            Deed::Approved => DeedWord::Approved,
            Deed::MarkedSpam => DeedWord::MarkedSpam,
            Deed::Removed => DeedWord::Removed,
            Deed::Pinned => DeedWord::Pinned,
            Deed::Unpinned => DeedWord::Unpinned,
            Deed::Closed => DeedWord::Closed,
            Deed::Reopened => DeedWord::Reopened,
            Deed::Claimed => DeedWord::Claimed,
        };
        RecordLine {
            site: site.0,
            sequence,
            deed,
            at: ms(at),
            by: by.map(|it| it.0),
            thread: thread.map(|it| it.0),
            comment: comment.map(|it| it.0),
        }
    }
}

impl RecordLine {
    pub fn into_entity(self) -> Entity {
        Entity::Record(Record {
            site: SiteId(self.site),
            sequence: self.sequence,
            deed: match self.deed {
                DeedWord::Approved => Deed::Approved,
                DeedWord::MarkedSpam => Deed::MarkedSpam,
                DeedWord::Removed => Deed::Removed,
                DeedWord::Pinned => Deed::Pinned,
                DeedWord::Unpinned => Deed::Unpinned,
                DeedWord::Closed => Deed::Closed,
                DeedWord::Reopened => Deed::Reopened,
                DeedWord::Claimed => Deed::Claimed,
            },
            at: moment(self.at),
            by: self.by.map(AccountId),
            thread: self.thread.map(ThreadId),
            comment: self.comment.map(CommentId),
        })
    }
}
