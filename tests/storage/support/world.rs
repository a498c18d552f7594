//! A site with a page, people who write there, and a clock that only moves when a test moves it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use afterword::domain::accounts::TokenHash;
use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::document::{Block, Inline};
use afterword::domain::notices::{Notice, NoticeKind};
use afterword::domain::sessions::{EmailCode, Scope, Session, Via};
use afterword::domain::threads::RootCursor;
use afterword::domain::*;
use afterword::storage::comments::*;
use afterword::storage::sessions::{NewSession, PresentedCode};
use afterword::storage::threads::*;
use afterword::storage::{Answer, Store};

pub struct World {
    pub store: Arc<dyn Store>,
    pub site: Arc<Site>,
    /// An owner of the site.
    pub owner: AccountId,
    clock: AtomicI64,
    next: AtomicU64,
}

/// Who writes.
#[derive(Clone, Debug)]
pub struct Person {
    pub author: Author,
    pub token: Option<TokenHash>,
}

impl Person {
    pub fn account(&self) -> AccountId {
        match self.author {
            Author::Account(id) => id,
            _ => panic!("a guest has no account"),
        }
    }

    pub fn guest(&self) -> GuestId {
        match self.author {
            Author::Guest { id, .. } => id,
            _ => panic!("a member is no guest"),
        }
    }

    pub fn mineness(&self) -> Mineness {
        match self.author {
            Author::Account(id) => Mineness::Account(id),
            Author::Guest { id, .. } => Mineness::Guest(id),
            Author::Imported { .. } => panic!("somebody who is not here"),
        }
    }
}

pub const WHOLE: Window = Window { roots: 1_000, replies: 10_000 };
pub const HELD: Standing = Standing::Pending(PendingReason::NewGuest);

pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

pub fn page(path: &str) -> PageKey {
    PageKey::from_stored(format!("path:{path}"))
}

pub fn text(markdown: &str) -> Document {
    Document { blocks: vec![Block::Paragraph(vec![Inline::Text(markdown.to_owned())])] }
}

pub fn test_notice(to: &Email) -> Notice {
    Notice { to: to.clone(), kind: NoticeKind::Test, expires_at: None }
}

/// What the widget brings back for this code.
pub fn presented(code: &EmailCode) -> PresentedCode {
    let EmailCode { challenge, code, site, origin, .. } = code.clone();
    PresentedCode { challenge, code, site, origin }
}

impl World {
    pub async fn new(store: Arc<dyn Store>) -> World {
        let mut world = World::empty(store);
        world.owner = world.member("Olga").await.account();
        world.site = world.add_site("blog").await;
        world
    }

    /// A world around a store that may hold something already.
    pub fn empty(store: Arc<dyn Store>) -> World {
        let site = Site {
            id: SiteId(0),
            key: "none".parse().unwrap(),
            name: name("None"),
            origins: vec![],
            development_until: None,
            settings: SiteSettings::default(),
            sso: None,
            created_at: Timestamp::EPOCH,
            version: Version(0),
        };
        World {
            store,
            site: Arc::new(site),
            owner: AccountId::from_random([0xee; 16]),
            clock: AtomicI64::new(1_700_000_000_000),
            next: AtomicU64::new(1),
        }
    }

    /// The same site and people at the same moment, as another store has them.
    pub fn elsewhere(&self, store: Arc<dyn Store>) -> World {
        World {
            store,
            site: self.site.clone(),
            owner: self.owner,
            clock: AtomicI64::new(self.clock.load(Ordering::SeqCst)),
            next: AtomicU64::new(self.next.load(Ordering::SeqCst)),
        }
    }

    pub async fn add_site(&self, key: &str) -> Arc<Site> {
        let origins = vec![origin("https://blog.example")];
        let key = key.parse().unwrap();
        let added = self.store.add_site(key, name("Blog"), origins, None, Some(self.owner), self.now()).await;
        added.unwrap().unwrap()
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    pub fn pass(&self, time: Duration) {
        self.clock.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// By a few milliseconds.
    pub fn pass_or_go_back(&self, millis: i8) {
        self.clock.fetch_add(i64::from(millis), Ordering::SeqCst);
    }

    pub fn set_back(&self, time: Duration) {
        self.clock.fetch_sub(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Bytes that nothing else in this world has.
    pub fn unique<const N: usize>(&self) -> [u8; N] {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0; N];
        blake3::Hasher::new().update(&number.to_be_bytes()).finalize_xof().fill(&mut bytes);
        bytes
    }

    pub fn token(&self) -> TokenHash {
        TokenHash(self.unique())
    }

    pub fn stranger(&self) -> Person {
        Person { author: Author::Account(AccountId::from_random(self.unique())), token: None }
    }

    /// Somebody with an account and a name, as they come: by a code in the mail.
    pub async fn member(&self, called: &str) -> Person {
        let id = AccountId::from_random(self.unique());
        let address = email(&format!("{}@example.org", id.0.simple()));
        let code = self.email_code(&address);
        self.store.start_email_code(code.clone(), test_notice(&address)).await.unwrap();
        let session = self.widget_session(id);
        let signed_in = self.store.redeem_email_code(presented(&code), id, session, self.now()).await;
        signed_in.unwrap().unwrap();
        self.store.set_name(id, name(called)).await.unwrap().unwrap();
        Person { author: Author::Account(id), token: None }
    }

    /// An e-mail sign-in from the site's own pages. Its code is `code.code`: nothing here needs the digits.
    pub fn email_code(&self, to: &Email) -> EmailCode {
        EmailCode {
            challenge: self.token(),
            site: self.site.id,
            origin: origin("https://blog.example"),
            email: to.clone(),
            code: self.token(),
            wrong_tries: 0,
            created_at: self.now(),
        }
    }

    pub fn widget_session(&self, account: AccountId) -> NewSession {
        let origin = origin("https://blog.example");
        self.session(account, Scope::Widget { site: self.site.id, origin })
    }

    pub fn session(&self, account: AccountId, scope: Scope) -> NewSession {
        let session = Session {
            id: SessionId::from_random(self.unique()),
            account,
            scope,
            epoch: 0,
            created_at: self.now(),
            used_at: self.now(),
            rotated_at: self.now(),
            generation: 1,
            generation_used: false,
            siblings: 1,
            device: "a browser".into(),
            via: Via::Email,
        };
        NewSession { session, refresh: self.token() }
    }

    pub fn guest(&self, called: &str) -> Person {
        let author = Author::Guest { id: GuestId::from_random(self.unique()), name: name(called) };
        Person { author, token: Some(self.token()) }
    }

    /// A comment as it would be sent, published if nothing else is said.
    pub fn draft(&self, by: &Person, parent: Option<CommentId>, markdown: &str) -> NewComment {
        NewComment {
            id: CommentId::from_random(self.unique()),
            site: self.site.id,
            page: NewPage {
                is_settled: true,
                key: page("/post"),
                url: "https://blog.example/post".into(),
                title: "Post".into(),
            },
            parent,
            author: by.author.clone(),
            guest_token: by.token,
            body: text(markdown),
            markdown: markdown.to_owned(),
            posted_at: self.now(),
            standing: Standing::Published,
            sent_from: SentFrom {
                ip: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                user_agent: "a browser".into(),
                guest_email: None,
            },
            idempotency: None,
            notices: vec![],
        }
    }

    pub async fn publish(&self, new: NewComment) -> Answer<Posted> {
        self.pass(Duration::from_millis(10));
        self.store.publish(new).await
    }

    /// Publishes what must not be refused.
    pub async fn publish_new(&self, new: NewComment) -> Comment {
        match self.publish(new).await.unwrap().unwrap() {
            Posted::New(comment) => *comment,
            Posted::Repeat(comment) => panic!("not new: {comment:?}"),
        }
    }

    pub async fn post(&self, by: &Person, markdown: &str) -> Comment {
        self.publish_new(self.draft(by, None, markdown)).await
    }

    pub async fn reply(&self, by: &Person, parent: &Comment, markdown: &str) -> Comment {
        self.publish_new(self.draft(by, Some(parent.id), markdown)).await
    }

    pub async fn hold(&self, by: &Person, parent: Option<&Comment>, markdown: &str) -> Comment {
        let draft = self.draft(by, parent.map(|it| it.id), markdown);
        self.publish_new(NewComment { standing: HELD, ..draft }).await
    }

    pub async fn comment(&self, id: CommentId) -> Comment {
        self.store.comment(self.site.id, id).await.unwrap().unwrap()
    }

    pub async fn edit(&self, id: CommentId, markdown: &str, standing: Standing) -> Comment {
        let edit = Edit {
            comment: id,
            body: text(markdown),
            markdown: markdown.to_owned(),
            edited_at: self.now(),
            standing,
        };
        self.store.edit(self.site.id, edit).await.unwrap().unwrap()
    }

    pub async fn remove(&self, id: CommentId, by: RemovedBy) -> Comment {
        self.store.remove(self.site.id, id, by, None, self.now()).await.unwrap().unwrap()
    }

    pub async fn moderate(&self, id: CommentId, verdict: Verdict) -> Result<Comment, Refusal> {
        self.store.moderate(self.site.id, id, verdict, self.owner, self.now()).await.unwrap()
    }

    pub async fn like(&self, id: CommentId, who: &Person, liked: bool) -> Result<votes::Tally, Refusal> {
        self.store.set_like(self.site.id, id, who.account(), liked, self.now()).await.unwrap()
    }

    pub async fn thread(&self, id: ThreadId) -> Thread {
        self.store.thread(id).await.unwrap().unwrap()
    }

    pub async fn version(&self, id: ThreadId) -> Version {
        self.thread(id).await.version
    }

    pub async fn first_page(&self, thread: ThreadId, order: Order, window: Window) -> ThreadPage {
        self.store.thread_page(thread, order, None, window).await.unwrap().unwrap()
    }

    /// Roots of all pages, one page after the other.
    pub async fn all_roots(&self, thread: ThreadId, order: Order, per_page: usize) -> Vec<Place> {
        let window = Window { roots: per_page, replies: 10 };
        let (mut roots, mut after): (Vec<Place>, Option<RootCursor>) = (vec![], None);
        loop {
            let page = self.store.thread_page(thread, order, after, window).await.unwrap().unwrap();
            roots.extend(page.conversations.iter().map(|it| it.root));
            after = page.next;
            if after.is_none() {
                return roots;
            }
        }
    }

    /// That everything counted and indexed agrees with the rows.
    pub async fn audit(&self) {
        let audit = self.store.audit(false).await.unwrap();
        assert_eq!(audit.differences, Vec::<String>::new());
    }
}

/// What a page shows, as text: one line per comment, indented by depth; `-` is a tombstone.
pub fn drawn<'c>(conversations: impl IntoIterator<Item = &'c Conversation>) -> Vec<String> {
    let comments = conversations.into_iter().flat_map(|it| &it.comments);
    comments.map(|it| format!("{}{}", "  ".repeat(it.depth as usize), said(it))).collect()
}

/// A comment's text; `-` for one that is hidden.
pub fn said(comment: &Comment) -> String {
    match comment.body.blocks.as_slice() {
        [Block::Paragraph(inlines)] => match inlines.as_slice() {
            [Inline::Text(text)] => text.clone(),
            other => panic!("{other:?}"),
        },
        [] => "-".to_owned(),
        other => panic!("{other:?}"),
    }
}
