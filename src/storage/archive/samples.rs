//! Entities for tests: each kind, with everything that can be set, in the order of an export.

use std::time::Duration;

use super::*;
use crate::domain::comments::{Parent, RemovedBy, Source};
use crate::domain::document::{Block, Href, Inline};
use crate::domain::second_factors::{SecondFactor, SharedSecret};
use crate::domain::sites::PageIdentity;
use crate::domain::sso::{Check, SigningKey, SingleSignOn};
use crate::domain::threads::Closed;
use crate::domain::{
    Author, Identity, MemberStanding, Name, Number, PendingReason, Place, Removal, Role, SiteSettings,
    Standing, Version,
};

pub fn all() -> Vec<Entity> {
    let mut all: Vec<Entity> = [Counted::Sites, Counted::Threads, Counted::Notices, Counted::Records]
        .map(|of| Entity::Counter { of, last: u64::MAX - 7 })
        .into();
    all.push(Entity::Site(Box::new(site())));
    let origin = Origin::parse("https://elsewhere.example").unwrap();
    all.push(Entity::RefusedOrigin { site: SiteId(1), origin, at: at(-5) });
    all.extend(people());
    all.push(Entity::Page { site: SiteId(1), page: page("path:/é"), thread: ThreadId(9) });
    all.push(Entity::Page { site: SiteId(1), page: page("url:https://old.example/"), thread: ThreadId(9) });
    all.push(Entity::Thread(thread()));
    let (first, second) = (comment(5, None), comment(6, Some(5)));
    for facts in [first, second] {
        let id = facts.comment.id;
        all.push(Entity::Comment(Box::new(facts)));
        all.extend([1, 2].map(|number| Entity::Revision {
            comment: id,
            revision: Revision { number, markdown: "# \"text\"\n\u{2028}".into(), written_at: at(3) },
            body: (number == 2).then(document),
        }));
        let guest_email = Some(Email::from_stored("guest@example.org".into()));
        let from =
            SentFrom { ip: Some("2001:db8::1".parse().unwrap()), user_agent: "UA".into(), guest_email };
        all.push(Entity::SentFrom { comment: id, from });
        all.extend([1, 2].map(|who| Entity::Like { comment: id, account: account(who), at: at(8) }));
    }
    let guest = GuestId::from_random([3; 16]);
    all.push(Entity::Claim { site: SiteId(1), guest, account: account(1), due_at: at(77) });
    all.push(Entity::SpentToken { site: SiteId(1), id: TokenHash([0xab; 32]), until: at(i64::MAX) });
    let provider = || "Google".to_owned();
    for (id, about) in [
        (1, NoticeAbout::AddressChanged),
        (2, NoticeAbout::PasswordChanged),
        (3, NoticeAbout::SecondFactorOn),
        (4, NoticeAbout::SecondFactorOff),
        (5, NoticeAbout::IdentityLinked { provider: provider() }),
        (6, NoticeAbout::IdentityUnlinked { provider: provider() }),
    ] {
        let to = Email::from_stored("ada@example.org".into());
        let (expires_at, due_at) = (Some(at(9)), at(i64::try_from(id).unwrap()));
        all.push(Entity::Notice(QueuedNotice { id, to, about, expires_at, due_at, tries: 3 }));
    }
    all.extend(records());
    assert_every_kind(&all);
    all
}

/// Without a wildcard: a new kind must be put here, and so above.
fn assert_every_kind(all: &[Entity]) {
    let mut seen = [false; 17];
    for entity in all {
        let kind = match entity {
            Entity::Counter { .. } => 0,
            Entity::Site(_) => 1,
            Entity::RefusedOrigin { .. } => 2,
            Entity::Account { .. } => 3,
            Entity::Identity { .. } => 4,
            Entity::Member(_) => 5,
            Entity::Guest { .. } => 6,
            Entity::Page { .. } => 7,
            Entity::Thread(_) => 8,
            Entity::Comment(_) => 9,
            Entity::Revision { .. } => 10,
            Entity::SentFrom { .. } => 11,
            Entity::Like { .. } => 12,
            Entity::Claim { .. } => 13,
            Entity::SpentToken { .. } => 14,
            Entity::Notice(_) => 15,
            Entity::Record(_) => 16,
        };
        seen[kind] = true;
    }
    assert_eq!(seen, [true; 17]);
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn page(key: &str) -> PageKey {
    PageKey::from_stored(key.to_owned())
}

fn account(who: u8) -> AccountId {
    AccountId::from_random([who; 16])
}

fn name(text: &str) -> Name {
    Name::from_stored(text.to_owned())
}

fn site() -> Site {
    let key = |id: &str, check| SigningKey { id: id.to_owned(), check };
    Site {
        id: SiteId(1),
        key: "blog".parse().unwrap(),
        name: name("Blög"),
        origins: vec![Origin::parse("https://blog.example").unwrap()],
        development_until: Some(at(1)),
        settings: SiteSettings {
            guests: false,
            guest_proof: false,
            likes: false,
            body_max_chars: 77,
            edit_window: Duration::from_millis(1_234),
            page_identity: PageIdentity::Url,
            keep_query: vec!["p".into()],
            hold_links: 2,
        },
        sso: Some(SingleSignOn {
            current: key("one", Check::Hs256("secret".into())),
            previous: Some((key("two", Check::Es256([4; 65])), at(5))),
            roles: true,
            began_at: at(6),
        }),
        created_at: at(2),
        version: Version(7),
    }
}

fn people() -> Vec<Entity> {
    let of = |who, operator, private| Entity::Account {
        account: Account { id: account(who), name: Some(name("Ada")), created_at: at(4), epoch: 2, operator },
        private,
    };
    let facts = PrivateFacts {
        email: Some(Email::from_stored("Ada@example.org".into())),
        email_verified: true,
        password: Some("$argon2id$v=19$…".into()),
        password_is_short: true,
        second_factor: Some(SecondFactor {
            secret: SharedSecret(vec![0, 1, 255]),
            last_step: 5,
            recovery: vec![TokenHash([9; 32])],
        }),
        offered_secret: Some(SharedSecret(vec![7])),
    };
    let mut people = vec![of(1, true, Some(facts)), of(2, false, None)];
    let provider = "google".parse().unwrap();
    let identity = Identity { provider, issuer: "https://id.example".into(), subject: "42".into() };
    let linked = LinkedIdentity { identity, label: Some("ada".into()), linked_at: at(1), used_at: at(2) };
    people.push(Entity::Identity { account: account(1), linked });
    let roles = [Role::None, Role::Viewer, Role::Moderator, Role::Owner, Role::None, Role::None];
    let standings = [
        MemberStanding::Normal,
        MemberStanding::Trusted,
        MemberStanding::Watched,
        MemberStanding::Muted,
        MemberStanding::SuspendedUntil(at(1)),
        MemberStanding::Banned,
    ];
    for (who, (role, standing)) in (1..).zip(roles.into_iter().zip(standings)) {
        let (site, account, joined_at) = (SiteId(1), account(who), at(3));
        people.push(Entity::Member(Member { site, account, role, standing, published: 0, joined_at }));
    }
    let guest = Guest {
        id: GuestId::from_random([3; 16]),
        site: SiteId(1),
        name: name("Bob"),
        created_at: at(5),
        approved: 0,
    };
    people.push(Entity::Guest { token: TokenHash([1; 32]), guest });
    people
}

fn thread() -> ThreadFacts {
    let thread = Thread {
        id: ThreadId(9),
        site: SiteId(1),
        page: page("path:/é"),
        url: "https://blog.example/é".into(),
        title: "A title".into(),
        closed: Some(Closed { at: at(4), by: account(1) }),
        created_at: at(1),
        version: Version(12),
        published: 0,
        pinned: vec![Place(5)],
    };
    ThreadFacts { thread, last_place: 99, last_number: 42 }
}

/// The first is published and everything else at once; the second waits, of a guest.
fn comment(place: u64, parent: Option<u64>) -> CommentFacts {
    let id = |place: u64| CommentId::from_random([u8::try_from(place).unwrap(); 16]);
    let guest = Author::Guest { id: GuestId::from_random([3; 16]), name: name("Bob") };
    let comment = Comment {
        id: id(place),
        site: SiteId(1),
        thread: ThreadId(9),
        root: Place(5),
        place: Place(place),
        parent: parent.map(|it| Parent { id: id(it), place: Place(it) }),
        depth: u32::from(parent.is_some()),
        number: Some(Number(3)),
        author: if parent.is_some() { guest } else { Author::Account(account(1)) },
        body: document(),
        posted_at: at(6),
        edited_at: Some(at(7)),
        revisions: 2,
        waiting_revision: Some(2),
        standing: match parent {
            Some(_) => Standing::Pending(PendingReason::GuestLink),
            None => Standing::Published,
        },
        removal: parent.map(|_| Removal { by: RemovedBy::Moderator, at: at(8) }),
        likes: 0,
        imported_likes: 4,
        replies: 0,
        source: Some(Source { system: "old".into(), id: "17".into() }),
    };
    CommentFacts { comment, vouched: true, hidden_since: Some(at(8)), text_gone: false }
}

/// Every kind of node.
fn document() -> Document {
    let text = || Inline::Text("a \"b\" <c> 👋".into());
    let link =
        Inline::Link { href: Href::parse("https://example.org/?a=b").unwrap(), children: vec![text()] };
    Document {
        blocks: vec![
            Block::Paragraph(vec![
                Inline::Emphasis(vec![Inline::Strong(vec![Inline::Strike(vec![text()])])]),
                Inline::Code("x".into()),
                link,
                Inline::Break,
            ]),
            Block::Code { language: Some("rust".into()), text: "fn main() {}".into() },
            Block::Quote(vec![Block::List {
                start: Some(3),
                items: vec![vec![], vec![Block::Quote(vec![])]],
            }]),
        ],
    }
}

fn records() -> Vec<Entity> {
    let deeds = [
        Deed::Approved,
        Deed::MarkedSpam,
        Deed::Removed,
        Deed::Pinned,
        Deed::Unpinned,
        Deed::Closed,
        Deed::Reopened,
        Deed::Claimed,
    ];
    let record = |(sequence, deed)| {
        Entity::Record(Record {
            site: SiteId(1),
            sequence,
            deed,
            at: at(4),
            by: Some(account(1)),
            thread: Some(ThreadId(9)),
            comment: Some(CommentId::from_random([5; 16])),
        })
    };
    (1..).zip(deeds).map(record).collect()
}
