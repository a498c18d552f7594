//! An entity into the tables of a new file, with everything that is found by it.

use super::super::expiry::{self, Kept, RETENTION};
use super::super::fault::Fault;
use super::super::keys;
use super::super::stored::identity::StoredIdentity;
use super::super::stored::notice::StoredNotice;
use super::super::stored::people::{StoredAccount, StoredGuest, StoredMember, StoredPrivate};
use super::super::stored::record::StoredRecord;
use super::super::stored::site::StoredSite;
use super::super::stored::thread::{StoredBody, StoredOrigin, StoredRevision, StoredVote, ThreadRow};
use super::super::tables::Tables;
use super::conversation::Incoming;
use super::export::COUNTERS;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::{Account, Guest, Member};
use crate::storage::accounts::PrivateFacts;
use crate::storage::archive::{Entity, NoticeAbout, QueuedNotice, Record, ThreadFacts};

pub fn apply(tables: &mut Tables<'_>, incoming: &mut Incoming, entity: Entity) -> Result<(), Fault> {
    match entity {
        Entity::Counter { of, last } => {
            let name = COUNTERS.iter().find(|(counted, _)| *counted == of);
            let (_, name) = name.expect("a test finds every counter in the table");
            tables.meta.insert(name.as_bytes(), last)
        }
        Entity::Site(site) => {
            tables.site_by_key.insert(site.key.as_str().as_bytes(), &keys::site(site.id))?;
            tables.sites.write(&keys::site(site.id), &StoredSite::from(&*site))
        }
        Entity::RefusedOrigin { site, origin, at } => {
            let key = keys::refused_origin(site, &origin.to_string());
            tables.refused_origins.insert(key.as_slice(), at.as_millis())
        }
        Entity::Account { account, private } => add_account(tables, &account, private.as_ref()),
        Entity::Identity { account, linked } => {
            let key = linked.identity.key();
            tables.identity_by_account.insert(&keys::identity_of(account, key), ())?;
            tables.identities.write(&key.0, &StoredIdentity::new(&linked, account))
        }
        Entity::Member(member) => {
            let key = keys::member(member.site, member.account);
            tables.members.write(&key, &StoredMember::from(&Member { published: 0, ..member }))
        }
        Entity::Guest { token, guest } => {
            let key = keys::guest(guest.site, token);
            tables.guest_by_id.insert(guest.id.0.as_bytes(), &key)?;
            tables.guests.write(&key, &StoredGuest::from(&Guest { approved: 0, ..guest }))
        }
        Entity::Page { site, page, thread } => {
            tables.page_keys.insert(keys::page(site, &page).as_slice(), thread.0)
        }
        Entity::Thread(ThreadFacts { thread, last_place, last_number }) => {
            incoming.begin_thread(tables, ThreadRow { thread, last_place, last_number })
        }
        Entity::Comment(facts) => incoming.add(tables, *facts),
        Entity::Revision { comment, revision, body } => {
            incoming.last(comment)?;
            let row = StoredRevision {
                markdown: revision.markdown,
                written_at: revision.written_at.as_millis(),
                body: body.map(StoredBody),
            };
            tables.revisions.write(&keys::revision(comment, revision.number), &row)
        }
        Entity::SentFrom { comment, from } => {
            let posted_at = incoming.last(comment)?.comment.posted_at;
            tables.origins.write(comment.0.as_bytes(), &StoredOrigin::from(&from))?;
            expiry::schedule(tables, Kept::Origin, posted_at.plus(RETENTION), comment.0.as_bytes())
        }
        Entity::Like { comment, account, at } => {
            let row = incoming.last(comment)?;
            row.comment.likes += 1;
            let by_account = keys::vote_by_account(account, row.comment.thread, comment);
            tables.vote_by_account.insert(&by_account, at.as_millis())?;
            tables.votes.write(&keys::vote(comment, account), &StoredVote { at: at.as_millis() })
        }
        Entity::Claim { site, guest, account, due_at } => {
            let key: [u8; 36] = keys::join(&[&keys::site(site), guest.0.as_bytes(), account.0.as_bytes()]);
            expiry::schedule(tables, Kept::Claim, due_at, &key)
        }
        Entity::SpentToken { site, id, until } => {
            let key = keys::spent_token(site, id);
            tables.spent_tokens.insert(&key, until.as_millis())?;
            expiry::schedule(tables, Kept::SpentToken, until, &key)
        }
        Entity::Notice(notice) => add_notice(tables, notice),
        Entity::Record(Record { site, sequence, deed, at, by, thread, comment }) => {
            let row = StoredRecord::new(deed, at, by, thread, comment);
            tables.history.write(&keys::history(site, sequence), &row)
        }
    }
}

fn add_account(
    tables: &mut Tables<'_>,
    account: &Account,
    private: Option<&PrivateFacts>,
) -> Result<(), Fault> {
    let key = account.id.0.as_bytes();
    if account.operator {
        tables.operators.insert(key, ())?;
    }
    if let Some(facts) = private {
        if let Some(address) = &facts.email {
            tables.account_by_email.insert(address.lookup().as_bytes(), key)?;
        }
        tables.account_private.write(key, &StoredPrivate::from(facts))?;
    }
    tables.accounts.write(key, &StoredAccount::from(account))
}

fn add_notice(tables: &mut Tables<'_>, queued: QueuedNotice) -> Result<(), Fault> {
    let QueuedNotice { id, to, about, expires_at, due_at, tries } = queued;
    let kind = match about {
        NoticeAbout::AddressChanged => NoticeKind::AddressChanged,
        NoticeAbout::PasswordChanged => NoticeKind::PasswordChanged,
        NoticeAbout::SecondFactorOn => NoticeKind::SecondFactorOn,
        NoticeAbout::SecondFactorOff => NoticeKind::SecondFactorOff,
        NoticeAbout::IdentityLinked { provider } => NoticeKind::IdentityLinked { provider },
        NoticeAbout::IdentityUnlinked { provider } => NoticeKind::IdentityUnlinked { provider },
    };
    let mut row = StoredNotice::from(&Notice { to, kind, expires_at });
    row.tries = tries;
    tables.outbox_by_id.insert(&id.to_be_bytes(), due_at.as_millis())?;
    tables.outbox.write(&keys::outbox(due_at, id), &row)
}
