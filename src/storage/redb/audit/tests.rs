//! Whatever can be wrong is planted, one thing at a time; the audit must see it, and its repair must lead back to
//! the rows as they were, byte for byte.

use std::sync::Arc;
use std::time::Duration;

use super::super::fault::Fault;
use super::super::stored::identity::StoredIdentity;
use super::super::stored::people::{StoredGuest, StoredMember};
use super::super::stored::thread::{StoredConversation, StoredThread};
use super::super::tables::{CborRows, Rows, Tables};
use super::super::tests::in_memory;
use super::super::{RedbStore, keys, ledger};
use crate::domain::accounts::TokenHash;
use crate::domain::comments::Verdict;
use crate::domain::identities::LinkedIdentity;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{Scope, Session};
use crate::domain::*;
use crate::storage::accounts::{LinkPurpose, NewOwner};
use crate::storage::comments::{NewComment, NewPage, Posted, SentFrom};
use crate::storage::sessions::NewSession;
use crate::storage::{Accounts, Comments, Health, Identities, Outbox, Sites, Votes};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const SITE: SiteId = SiteId(1);
const THREAD: ThreadId = ThreadId(1);

fn owner() -> AccountId {
    AccountId::from_random([1; 16])
}

fn guest() -> GuestId {
    GuestId::from_random([2; 16])
}

fn token() -> TokenHash {
    TokenHash([3; 32])
}

fn session() -> Session {
    Session {
        id: SessionId::from_random([4; 16]),
        account: owner(),
        scope: Scope::Dashboard,
        epoch: 0,
        created_at: NOW,
        used_at: NOW,
        rotated_at: NOW,
        generation: 1,
        generation_used: false,
        siblings: 1,
        via: crate::domain::sessions::Via::Email,
        device: String::new(),
    }
}

fn comment(n: u8) -> CommentId {
    CommentId::from_random([n; 16])
}

fn identity() -> Identity {
    Identity {
        provider: "google".parse().unwrap(),
        issuer: "https://google.example".into(),
        subject: "1".into(),
    }
}

fn by_owner() -> Author {
    Author::Account(owner())
}

fn by_guest() -> Author {
    Author::Guest { id: guest(), name: Name::parse("Bob").unwrap() }
}

async fn post(store: &RedbStore, n: u8, parent: Option<u8>, author: Author, standing: Standing) {
    let new = NewComment {
        id: comment(n),
        site: SITE,
        page: NewPage {
            is_settled: true,
            key: PageKey::from_stored("path:/".into()),
            url: String::new(),
            title: String::new(),
        },
        parent: parent.map(comment),
        guest_token: matches!(author, Author::Guest { .. }).then(token),
        author,
        body: Document::default(),
        markdown: n.to_string(),
        posted_at: NOW.plus(Duration::from_secs(n.into())),
        standing,
        sent_from: SentFrom::default(),
        idempotency: None,
        notices: vec![],
    };
    assert!(matches!(store.publish(new).await.unwrap().unwrap(), Posted::New(_)));
}

/// A store with something in every table that the audit looks at.
async fn furnished() -> Arc<RedbStore> {
    let store = in_memory(false);
    store.add_link(token(), LinkPurpose::SetUp, NOW).await.unwrap();
    let name = Name::parse("Olga").unwrap();
    let email = Email::parse("olga@example.org").unwrap();
    let new = NewOwner { id: owner(), name: name.clone(), email: email.clone(), password: "phc".into() };
    let first = NewSession { session: session(), refresh: token() };
    store.set_up(token(), new, first, NOW).await.unwrap().unwrap();
    store.add_site("blog".parse().unwrap(), name, vec![], None, Some(owner()), NOW).await.unwrap().unwrap();
    store.queue(Notice { to: email, kind: NoticeKind::Test, expires_at: None }, NOW).await.unwrap();
    let held = Standing::Pending(PendingReason::NewGuest);
    post(&store, 10, None, by_owner(), Standing::Published).await;
    post(&store, 11, Some(10), by_guest(), held).await;
    post(&store, 12, Some(10), by_owner(), Standing::Published).await;
    post(&store, 13, None, by_guest(), held).await;
    post(&store, 14, None, by_guest(), Standing::Published).await;
    store.moderate(SITE, comment(11), Verdict::Approve, owner(), NOW).await.unwrap().unwrap();
    store.moderate(SITE, comment(10), Verdict::Pin, owner(), NOW).await.unwrap().unwrap();
    store.set_like(SITE, comment(14), owner(), true, NOW).await.unwrap().unwrap();
    let profile = Profile { identity: identity(), email: None, name: None, label: None };
    store.link_identity(owner(), profile, None, NOW).await.unwrap().unwrap();
    store
}

async fn dump(store: &RedbStore) -> Vec<String> {
    store.read(|snapshot| Ok(snapshot.dump())).await.unwrap()
}

type Plant = fn(&mut Tables<'_>) -> Result<(), Fault>;

fn row(tables: &Tables<'_>, n: u8) -> Result<super::super::stored::comment::CommentRow, Fault> {
    Ok(ledger::find(&tables.comment_by_id, &tables.comments, comment(n))?.unwrap())
}

fn first<K, const N: usize>(rows: &impl Rows<&'static [u8; N], K>) -> Result<[u8; N], Fault>
where
    K: redb::Value + 'static,
{
    Ok(*rows.all()?.next().unwrap()?.0.value())
}

fn change_comment(tables: &mut Tables<'_>, n: u8, change: fn(&mut Comment)) -> Result<(), Fault> {
    let mut row = row(tables, n)?;
    change(&mut row.comment);
    tables.comments.insert(&row.key(), row.encode().as_slice())
}

fn change_thread(
    tables: &mut Tables<'_>,
    change: fn(&mut super::super::stored::thread::ThreadRow),
) -> Result<(), Fault> {
    let mut row = ledger::known_thread(&tables.threads, THREAD)?;
    change(&mut row);
    tables.threads.write(&keys::thread(THREAD), &StoredThread::from(&row))
}

const PLANTS: &[(&str, Plant)] = &[
    ("replies", |t| change_comment(t, 10, |comment| comment.replies += 1)),
    ("likes", |t| change_comment(t, 14, |comment| comment.likes = 0)),
    ("a comment without its id", |t| t.comment_by_id.remove(comment(12).0.as_bytes()).map(drop)),
    ("an id without its comment", |t| {
        let key = keys::comment(THREAD, Place(1), Place(1));
        t.comment_by_id.insert(comment(99).0.as_bytes(), &key)
    }),
    ("an author's list without a comment", |t| {
        let key = first(&t.comment_by_author)?;
        t.comment_by_author.remove(&key).map(drop)
    }),
    ("an author's list that says hidden", |t| {
        let key = first(&t.comment_by_author)?;
        let (root, is_public) = t.comment_by_author.get(&key)?.unwrap().value();
        t.comment_by_author.insert(&key, (root, !is_public))
    }),
    ("an author's list with a comment of somebody else", |t| {
        let at = row(t, 12)?.comment;
        let key = keys::by_author(&keys::guest_author(guest()), THREAD, at.place);
        t.comment_by_author.insert(&key, (at.root.0, true))
    }),
    ("what waits is not in the list", |t| {
        let key = first(&t.pending)?;
        t.pending.remove(&key).map(drop)
    }),
    ("what does not wait is in the list", |t| {
        let at = row(t, 12)?.comment;
        t.pending.insert(&keys::pending(SITE, THREAD, at.place), at.root.0)
    }),
    ("a vote without its mirror", |t| {
        let key = first(&t.vote_by_account)?;
        t.vote_by_account.remove(&key).map(drop)
    }),
    ("a mirror without its vote", |t| {
        t.vote_by_account.insert(&keys::vote_by_account(owner(), THREAD, comment(12)), 5)
    }),
    ("a thread's total", |t| change_thread(t, |row| row.thread.published = 9)),
    ("a thread's last place", |t| change_thread(t, |row| row.last_place = 5)),
    ("a thread's last number", |t| change_thread(t, |row| row.last_number = 1)),
    ("a pin on nothing", |t| change_thread(t, |row| row.thread.pinned.push(Place(7)))),
    ("a thread without its page", |t| {
        let key = keys::page(SITE, &PageKey::from_stored("path:/".into()));
        t.page_keys.remove(key.as_slice()).map(drop)
    }),
    ("a page without its thread", |t| t.page_keys.insert(&b"\0\0\0\x01path:/gone"[..], 77)),
    ("a conversation's total", |t| {
        let key = first(&t.conversations)?;
        t.conversations.write(&key, &StoredConversation { published: 42, score: 0 })
    }),
    ("a conversation that is missing", |t| {
        let key = first(&t.conversations)?;
        t.conversations.remove(&key).map(drop)
    }),
    ("a conversation in which nothing is published", |t| {
        let root = row(t, 13)?.comment.root;
        t.conversations
            .write(&keys::conversation(THREAD, root), &StoredConversation { published: 1, score: 0 })
    }),
    ("a root that is not ranked", |t| {
        let key = first(&t.root_by_score)?;
        t.root_by_score.remove(&key).map(drop)
    }),
    ("a root that is ranked twice", |t| {
        let root = row(t, 10)?.comment.root;
        t.root_by_score.insert(&keys::ranked_root(THREAD, 9, root), ())
    }),
    ("a member's count", |t| {
        let key = keys::member(SITE, owner());
        let member = t.members.read::<StoredMember>(&key)?.unwrap().into_member(SITE, owner())?;
        t.members.write(&key, &StoredMember::from(&Member { published: 9, ..member }))
    }),
    ("a guest's trust", |t| {
        let key = keys::guest(SITE, token());
        let guest = t.guests.read::<StoredGuest>(&key)?.unwrap().into_guest(SITE);
        t.guests.write(&key, &StoredGuest::from(&Guest { approved: 9, ..guest }))
    }),
    ("a guest without their id", |t| t.guest_by_id.remove(guest().0.as_bytes()).map(drop)),
    ("an id without its guest", |t| t.guest_by_id.insert(&[9; 16], &[9; 36])),
    ("an operator who is not in the list", |t| t.operators.remove(owner().0.as_bytes()).map(drop)),
    ("a listed operator who is none", |t| t.operators.insert(&[9; 16], ())),
    ("an account without its address", |t| t.account_by_email.remove(&b"olga@example.org"[..]).map(drop)),
    ("an address without its account", |t| {
        t.account_by_email.insert(&b"x@example.org"[..], owner().0.as_bytes())
    }),
    ("a session without its account's list", |t| {
        t.session_by_account.remove(&keys::session_of(owner(), session().id)).map(drop)
    }),
    ("a list with a session that is gone", |t| t.session_by_account.insert(&[9; 32], ())),
    ("a token without its session's list", |t| {
        t.token_by_session.remove(&keys::token_of(session().id, token())).map(drop)
    }),
    ("a list with a token that is gone", |t| t.token_by_session.insert(&[9; 48], ())),
    ("a notice without its id", |t| {
        let key = first(&t.outbox_by_id)?;
        t.outbox_by_id.remove(&key).map(drop)
    }),
    ("a notice whose id leads elsewhere", |t| {
        let key = first(&t.outbox_by_id)?;
        t.outbox_by_id.insert(&key, 5)
    }),
    ("an id without its notice", |t| t.outbox_by_id.insert(&99u64.to_be_bytes(), 5)),
    ("an identity without its owner's list", |t| {
        let key = first(&t.identity_by_account)?;
        t.identity_by_account.remove(&key).map(drop)
    }),
    ("a list with an identity that is gone", |t| t.identity_by_account.insert(&[9; 48], ())),
    ("an identity of nobody", |t| {
        let other = Identity { subject: "2".into(), ..identity() };
        let linked = LinkedIdentity { identity: other.clone(), label: None, linked_at: NOW, used_at: NOW };
        let nobody = AccountId::from_random([9; 16]);
        t.identities.write(&other.key().0, &StoredIdentity::new(&linked, nobody))
    }),
    ("a site without its key", |t| t.site_by_key.remove(&b"blog"[..]).map(drop)),
    ("a key without its site", |t| t.site_by_key.insert(&b"gone"[..], &[0, 0, 0, 9])),
];

#[tokio::test]
async fn everything_that_can_differ_is_seen_and_repaired() {
    let store = furnished().await;
    let right = dump(&store).await;
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
    for (name, plant) in PLANTS {
        store.write(move |tables, _| plant(tables)).await.unwrap();
        let seen = store.audit(false).await.unwrap();
        assert!(!seen.differences.is_empty(), "not seen: {name}");
        let repaired = store.audit(true).await.unwrap();
        assert_eq!(repaired.differences, seen.differences, "{name}");
        assert_eq!(
            store.audit(false).await.unwrap().differences,
            Vec::<String>::new(),
            "not repaired: {name}"
        );
        assert_eq!(dump(&store).await, right, "repaired into something else: {name}");
    }
}

#[tokio::test]
async fn all_of_it_at_once_is_repaired_too() {
    let store = furnished().await;
    for (_, plant) in PLANTS {
        // Some plants need what an earlier one took away: they have nothing to spoil any more.
        let plant = *plant;
        let _ = store.write(move |tables, _| plant(tables)).await;
    }
    assert!(store.audit(true).await.unwrap().differences.len() > 20);
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn an_audit_counts_what_it_looked_at_and_without_repair_changes_nothing() {
    let store = furnished().await;
    let audit = store.audit(false).await.unwrap();
    assert_eq!((audit.sites, audit.threads, audit.comments, audit.accounts), (1, 1, 5, 1));
    store.write(|tables, _| change_comment(tables, 10, |it| it.replies = 0)).await.unwrap();
    let planted = dump(&store).await;
    store.audit(false).await.unwrap();
    assert_eq!(dump(&store).await, planted);
}

#[tokio::test]
async fn what_no_other_row_tells_is_reported_and_left_alone() {
    let store = furnished().await;
    store.write(|tables, _| tables.members.remove(&keys::member(SITE, owner())).map(drop)).await.unwrap();
    store.write(|tables, _| tables.threads.remove(&keys::thread(THREAD)).map(drop)).await.unwrap();
    let audit = store.audit(true).await.unwrap();
    assert!(audit.differences.iter().any(|it| it.contains("has comments and no row")), "{audit:?}");
    assert!(audit.differences.iter().any(|it| it.contains("is no member")), "{audit:?}");
}
