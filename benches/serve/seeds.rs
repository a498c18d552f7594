//! What the server finds in its data file: a site, members with sessions, a thread of many comments.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use afterword::actions::tokens::{self, TokenKind};
use afterword::app::{Chance, random};
use afterword::domain::notices::{Notice, NoticeKind};
use afterword::domain::sessions::{EmailCode, Scope, Session};
use afterword::domain::{
    AccountId, Author, CommentId, Email, Name, Origin, PageKey, SessionId, Site, Standing, Timestamp,
    TokenHash,
};
use afterword::storage::comments::{NewComment, NewPage, Posted, SentFrom};
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::sessions::{NewSession, PresentedCode};
use afterword::storage::{Accounts, Comments, Health, Sessions, Sites};

use crate::client::Connection;

pub const ORIGIN: &str = "https://bench.example";

pub struct OsChance;
impl Chance for OsChance {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

pub struct Seeded {
    /// One per member.
    pub accounts: Vec<AccountId>,
    /// One per member.
    pub refresh_tokens: Vec<String>,
}

/// The moment now: sessions that the server is to accept must be fresh.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Timestamp::from_millis(since.as_millis() as i64)
}

pub fn open(directory: &Path, cache_bytes: usize) -> anyhow::Result<Arc<RedbStore>> {
    Ok(RedbStore::open(Options {
        directory: directory.to_owned(),
        cache_bytes,
        reserve_bytes: 0,
        one_commit_per_unit: false,
    })?)
}

pub fn origin() -> Origin {
    Origin::parse(ORIGIN).expect("an origin")
}

pub async fn add_site(store: &RedbStore) -> anyhow::Result<Arc<Site>> {
    let name = Name::parse("Bench")?;
    Ok(store.add_site("bench".parse()?, name, vec![origin()], None, None, now()).await??)
}

pub async fn plant(directory: &Path, comments: usize, members: usize) -> anyhow::Result<Seeded> {
    let store = open(directory, 64 << 20)?;
    let origin = origin();
    let site = add_site(&store).await?;
    let mut accounts = Vec::new();
    let mut refresh_tokens = Vec::new();
    for number in 0..members {
        let (account, token) = member(&store, &site, &origin, number).await?;
        accounts.push(account);
        refresh_tokens.push(token);
    }
    let mut written: Vec<CommentId> = Vec::new();
    for number in 0..comments {
        // A third are replies, some of them deep.
        let parent = (number % 3 == 0 && number > 3).then(|| written[number - 1 - number % 5 % 3]);
        let id = comment(&store, &site, accounts[number % members], parent, number).await?;
        written.push(id);
    }
    store.close().await;
    Ok(Seeded { accounts, refresh_tokens })
}

/// A session that is not stored yet, and its token.
pub fn new_session(scope: Scope) -> (String, NewSession) {
    let (token, refresh) = tokens::mint(TokenKind::Refresh, &OsChance);
    let session = Session {
        id: SessionId::from_random(random(&OsChance)),
        account: AccountId::from_random([0; 16]),
        scope,
        epoch: 0,
        created_at: now(),
        used_at: now(),
        rotated_at: now(),
        generation: 1,
        generation_used: false,
        siblings: 1,
        via: afterword::domain::Via::Email,
        device: "bench".into(),
    };
    (token, NewSession { session, refresh })
}

async fn member(
    store: &RedbStore,
    site: &Site,
    origin: &Origin,
    number: usize,
) -> anyhow::Result<(AccountId, String)> {
    let challenge = TokenHash(random(&OsChance));
    let email = Email::parse(&format!("member{number}@example.org"))?;
    let code = tokens::short_code_hash(challenge, "000000");
    let waiting = EmailCode {
        challenge,
        site: site.id,
        origin: origin.clone(),
        email: email.clone(),
        code,
        wrong_tries: 0,
        created_at: now(),
    };
    store
        .start_email_code(
            waiting,
            Notice { to: email, kind: NoticeKind::Test, expires_at: Some(Timestamp::EPOCH) },
        )
        .await?;
    let (token, session) = new_session(Scope::Widget { site: site.id, origin: origin.clone() });
    let presented = PresentedCode { challenge, code, site: site.id, origin: origin.clone() };
    let id = AccountId::from_random(random(&OsChance));
    let (account, _) = store.redeem_email_code(presented, id, session, now()).await??;
    store.set_name(account.id, Name::parse(&format!("Member {number}"))?).await??;
    Ok((account.id, token))
}

async fn comment(
    store: &Arc<RedbStore>,
    site: &Site,
    account: AccountId,
    parent: Option<CommentId>,
    number: usize,
) -> anyhow::Result<CommentId> {
    let new = new_comment(site, account, "/thread", &markdown(number), now());
    match store.publish(NewComment { parent, ..new }).await?? {
        Posted::New(comment) | Posted::Repeat(comment) => Ok(comment.id),
    }
}

/// What people write in the long thread: some formatting, a quote, a link.
fn markdown(number: usize) -> String {
    let (first, second) = (words(number, 24), words(number + 100_000, 18));
    format!(
        "{first} *{}* `{number}`.\n\n> {}\n\n{second} <https://example.org/{number}>",
        words(number + 200_000, 3),
        words(number + 300_000, 9)
    )
}

/// A first comment by a member on a page of the site, published at once.
pub fn new_comment(
    site: &Site,
    account: AccountId,
    path: &str,
    markdown: &str,
    posted_at: Timestamp,
) -> NewComment {
    NewComment {
        id: CommentId::at(posted_at, random(&OsChance)),
        site: site.id,
        page: NewPage {
            is_settled: true,
            key: PageKey::from_stored(format!("path:{path}")),
            url: format!("{ORIGIN}{path}"),
            title: "Thread".into(),
        },
        parent: None,
        author: Author::Account(account),
        guest_token: None,
        body: afterword::text::markdown::parse(markdown),
        markdown: markdown.to_owned(),
        posted_at,
        standing: Standing::Published,
        sent_from: SentFrom::default(),
        idempotency: None,
        notices: Vec::new(),
    }
}

/// `count` words, different for every `seed`: what compresses like speech, not like one sentence repeated.
pub fn words(seed: usize, count: usize) -> String {
    const WORDS: &[&str] = &[
        "tide",
        "harbour",
        "gauge",
        "evening",
        "letter",
        "chart",
        "wind",
        "northerly",
        "ledger",
        "shortbread",
        "window",
        "almost",
        "because",
        "without",
        "every",
        "nobody",
        "remembers",
        "measured",
        "predicted",
        "promised",
        "turned",
        "counted",
        "wrote",
        "the",
        "a",
        "of",
        "and",
        "to",
        "in",
        "that",
        "it",
        "was",
        "on",
        "for",
        "with",
        "as",
        "at",
        "but",
        "by",
        "from",
        "they",
        "which",
        "one",
        "had",
        "not",
        "what",
        "all",
        "were",
        "when",
        "there",
        "can",
        "said",
        "grandfather",
        "machine",
        "pencil",
        "morning",
        "lighthouse",
        "argument",
        "kettle",
        "quarrel",
        "century",
        "brass",
        "patient",
        "enormous",
        "quiet",
        "certain",
        "northern",
        "crooked",
        "salted",
        "borrowed",
        "honest",
        "late",
    ];
    let mut state = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        WORDS[(state % WORDS.len() as u64) as usize]
    };
    (0..count).map(|_| next()).collect::<Vec<_>>().join(" ")
}

/// Trades every member's refresh token for an access token of the running server.
pub async fn access_tokens(address: SocketAddr, seeded: &Seeded) -> anyhow::Result<Vec<String>> {
    trade(address, &seeded.refresh_tokens).await
}

pub async fn trade(address: SocketAddr, refresh_tokens: &[String]) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    let mut access = Vec::new();
    for token in refresh_tokens {
        let body = format!(r#"{{"refresh":"{token}"}}"#);
        let request = format!(
            "POST /api/v1/sites/bench/auth/refresh HTTP/1.1\r\nHost: bench\r\nOrigin: {ORIGIN}\r\nX-Afterword: 1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = connection.ask(request.as_bytes(), true).await?;
        let json: serde_json::Value = serde_json::from_slice(&answer.body)?;
        access.push(json["access"].as_str().ok_or_else(|| anyhow::anyhow!("{json}"))?.to_owned());
    }
    Ok(access)
}
