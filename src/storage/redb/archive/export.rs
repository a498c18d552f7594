//! A snapshot as entities, each kind in the order of its keys.

use super::super::expiry::{self, Kept};
use super::super::fault::Fault;
use super::super::stored::comment::CommentRow;
use super::super::stored::identity::StoredIdentity;
use super::super::stored::notice::StoredNotice;
use super::super::stored::people::{StoredAccount, StoredGuest, StoredMember, StoredPrivate};
use super::super::stored::record::StoredRecord;
use super::super::stored::session::origin;
use super::super::stored::site::StoredSite;
use super::super::stored::thread::{StoredOrigin, StoredRevision, StoredThread, StoredVote, ThreadRow};
use super::super::tables::{CborRows, FixedRows, Rows, Snapshot};
use super::super::{codec, keys};
use crate::domain::notices::{NoticeKind, Queued};
use crate::domain::{AccountId, Comment, GuestId, PageKey, SiteId, ThreadId, Timestamp, TokenHash};
use crate::storage::archive::{CommentFacts, Counted, Entity, NoticeAbout, QueuedNotice, Take, ThreadFacts};
use crate::storage::comments::SentFrom;

/// The rows of the table `meta` that are counters.
pub const COUNTERS: [(Counted, &str); 4] = [
    (Counted::Sites, "last_site"),
    (Counted::Threads, "last_thread"),
    (Counted::Notices, "last_notice"),
    (Counted::Records, "last_record"),
];

/// What stopped an export: the engine, or who takes the entities.
pub fn export(snapshot: &Snapshot<'_>, take: &mut Take<'_>) -> Result<(), Fault> {
    let mut take = |entity| take(entity).map_err(Fault::Refused);
    counters(snapshot, &mut take)?;
    sites(snapshot, &mut take)?;
    accounts(snapshot, &mut take)?;
    people_of_sites(snapshot, &mut take)?;
    pages(snapshot, &mut take)?;
    threads(snapshot, &mut take)?;
    claims(snapshot, &mut take)?;
    spent_tokens(snapshot, &mut take)?;
    notices(snapshot, &mut take)?;
    history(snapshot, &mut take)
}

type Taking<'a> = dyn FnMut(Entity) -> Result<(), Fault> + 'a;

fn counters(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for (of, name) in COUNTERS {
        if let Some(last) = snapshot.meta.get(name.as_bytes())? {
            take(Entity::Counter { of, last: last.value() })?;
        }
    }
    Ok(())
}

fn sites(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.sites.all()? {
        let (key, value) = row?;
        let id = SiteId(u32::from_be_bytes(*key.value()));
        take(Entity::Site(Box::new(codec::decode::<StoredSite>(value.value())?.into_site(id)?)))?;
    }
    for row in snapshot.refused_origins.all()? {
        let (key, at) = row?;
        let Some((site, stored)) = key.value().split_first_chunk::<4>() else {
            return Err(Fault::corrupt("a refused origin without a site"));
        };
        let stored = std::str::from_utf8(stored).map_err(|_| Fault::corrupt("an origin that is no text"))?;
        take(Entity::RefusedOrigin {
            site: SiteId(u32::from_be_bytes(*site)),
            origin: origin(stored)?,
            at: Timestamp::from_millis(at.value()),
        })?;
    }
    Ok(())
}

fn accounts(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    let mut private_rows = 0;
    for row in snapshot.accounts.all()? {
        let (key, value) = row?;
        let id = AccountId(uuid::Uuid::from_bytes(*key.value()));
        let private = snapshot.account_private.read::<StoredPrivate>(key.value())?;
        private_rows += u64::from(private.is_some());
        let account = codec::decode::<StoredAccount>(value.value())?.into_account(id);
        take(Entity::Account { account, private: private.map(Into::into) })?;
    }
    all_of(private_rows, snapshot.account_private.count()?, "what is private of accounts")?;
    for row in snapshot.identities.all()? {
        let stored = codec::decode::<StoredIdentity>(row?.1.value())?;
        take(Entity::Identity { account: stored.account(), linked: stored.into_linked()? })?;
    }
    Ok(())
}

fn people_of_sites(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.members.all()? {
        let (key, value) = row?;
        let site = SiteId(u32::from_be_bytes(keys::part(key.value(), 0)));
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 4)));
        take(Entity::Member(codec::decode::<StoredMember>(value.value())?.into_member(site, account)?))?;
    }
    for row in snapshot.guests.all()? {
        let (key, value) = row?;
        let site = SiteId(u32::from_be_bytes(keys::part(key.value(), 0)));
        let guest = codec::decode::<StoredGuest>(value.value())?.into_guest(site);
        take(Entity::Guest { token: TokenHash(keys::part(key.value(), 4)), guest })?;
    }
    Ok(())
}

fn pages(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.page_keys.all()? {
        let (key, thread) = row?;
        let Some((site, page)) = key.value().split_first_chunk::<4>() else {
            return Err(Fault::corrupt("a page without a site"));
        };
        let page = String::from_utf8(page.to_vec()).map_err(|_| Fault::corrupt("a page that is no text"))?;
        take(Entity::Page {
            site: SiteId(u32::from_be_bytes(*site)),
            page: PageKey::from_stored(page),
            thread: ThreadId(thread.value()),
        })?;
    }
    Ok(())
}

/// What belongs to comments, so far.
#[derive(Default)]
struct Parts {
    comments: u64,
    revisions: u64,
    sent_from: u64,
    likes: u64,
}

fn threads(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    let mut parts = Parts::default();
    for row in snapshot.threads.all()? {
        let (key, value) = row?;
        let id = ThreadId(u64::from_be_bytes(*key.value()));
        let ThreadRow { thread, last_place, last_number } =
            codec::decode::<StoredThread>(value.value())?.into_row(id);
        take(Entity::Thread(ThreadFacts { thread, last_place, last_number }))?;
        for row in snapshot.comments.under(key.value())? {
            let (key, value) = row?;
            let CommentRow { comment, vouched, hidden_since, text_gone } =
                CommentRow::decode(key.value(), value.value())?;
            parts.comments += 1;
            let belonging = comment.clone();
            let facts = CommentFacts { comment, vouched, hidden_since, text_gone };
            take(Entity::Comment(Box::new(facts)))?;
            parts_of(snapshot, &belonging, &mut parts, take)?;
        }
    }
    all_of(parts.comments, snapshot.comments.count()?, "comments")?;
    all_of(parts.revisions, snapshot.revisions.count()?, "texts")?;
    all_of(parts.sent_from, snapshot.origins.count()?, "origins of comments")?;
    all_of(parts.likes, snapshot.votes.count()?, "likes")
}

fn parts_of(
    snapshot: &Snapshot<'_>,
    comment: &Comment,
    parts: &mut Parts,
    take: &mut Taking<'_>,
) -> Result<(), Fault> {
    let id = comment.id;
    for row in snapshot.revisions.under(id.0.as_bytes())? {
        let (key, value) = row?;
        let mut stored = codec::decode::<StoredRevision>(value.value())?;
        let body = stored.body.take().map(|body| body.0);
        let revision = stored.into_revision(u32::from_be_bytes(keys::part(key.value(), 16)));
        parts.revisions += 1;
        take(Entity::Revision { comment: id, revision, body })?;
    }
    if let Some(stored) = snapshot.origins.read::<StoredOrigin>(id.0.as_bytes())? {
        parts.sent_from += 1;
        take(Entity::SentFrom { comment: id, from: SentFrom::from(stored) })?;
    }
    for row in snapshot.votes.under(id.0.as_bytes())? {
        let (key, value) = row?;
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 16)));
        let at = Timestamp::from_millis(codec::decode::<StoredVote>(value.value())?.at);
        parts.likes += 1;
        take(Entity::Like { comment: id, account, at })?;
    }
    Ok(())
}

/// Nothing is lost in silence: a row that belongs to nothing stops the export.
fn all_of(taken: u64, stored: u64, what: &str) -> Result<(), Fault> {
    if taken == stored {
        return Ok(());
    }
    Err(Fault::corrupt(format!(
        "{what}: {stored} are stored, and {taken} of them belong to something that is there"
    )))
}

fn claims(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for (due_at, key) in expiry::all_of(&snapshot.expiries, Kept::Claim)? {
        take(Entity::Claim {
            site: SiteId(u32::from_be_bytes(keys::part(&key, 0))),
            guest: GuestId(uuid::Uuid::from_bytes(keys::part(&key, 4))),
            account: AccountId(uuid::Uuid::from_bytes(keys::part(&key, 20))),
            due_at,
        })?;
    }
    Ok(())
}

fn spent_tokens(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.spent_tokens.all()? {
        let (key, until) = row?;
        take(Entity::SpentToken {
            site: SiteId(u32::from_be_bytes(keys::part(key.value(), 0))),
            id: TokenHash(keys::part(key.value(), 4)),
            until: Timestamp::from_millis(until.value()),
        })?;
    }
    Ok(())
}

fn notices(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.outbox.all()? {
        let (key, value) = row?;
        let (due_at, id) = (keys::moment_at(key.value(), 0), keys::u64_at(key.value(), 8));
        let queued = codec::decode::<StoredNotice>(value.value())?.into_queued(id, due_at);
        if let Some(notice) = that_stands_alone(queued) {
            take(Entity::Notice(notice))?;
        }
    }
    Ok(())
}

/// A notice that says something by itself. The others lead to a code or a link, which is left behind.
fn that_stands_alone(queued: Queued) -> Option<QueuedNotice> {
    let Queued { id, notice, due_at, tries } = queued;
    let about = match notice.kind {
        NoticeKind::AddressChanged => NoticeAbout::AddressChanged,
        NoticeKind::PasswordChanged => NoticeAbout::PasswordChanged,
        NoticeKind::SecondFactorOn => NoticeAbout::SecondFactorOn,
        NoticeKind::SecondFactorOff => NoticeAbout::SecondFactorOff,
        NoticeKind::IdentityLinked { provider } => NoticeAbout::IdentityLinked { provider },
        NoticeKind::IdentityUnlinked { provider } => NoticeAbout::IdentityUnlinked { provider },
        NoticeKind::SignInCode { .. }
        | NoticeKind::SignInLink { .. }
        | NoticeKind::ProveLink { .. }
        | NoticeKind::ConfirmAddress { .. }
        | NoticeKind::Test => return None,
    };
    Some(QueuedNotice { id, to: notice.to, about, expires_at: notice.expires_at, due_at, tries })
}

fn history(snapshot: &Snapshot<'_>, take: &mut Taking<'_>) -> Result<(), Fault> {
    for row in snapshot.history.all()? {
        let (key, value) = row?;
        let site = SiteId(u32::from_be_bytes(keys::part(key.value(), 0)));
        let record = codec::decode::<StoredRecord>(value.value())?;
        take(Entity::Record(record.into_record(site, keys::u64_at(key.value(), 4))?))?;
    }
    Ok(())
}
