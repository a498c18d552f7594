//! Files of many comments, as years of a busy site leave them: threads of very different lengths (Zipf), thousands of
//! members, everything that is kept only for a while pruned in passing. Planted through the real store.
//!
//! A planted file stays in `target/` and is used again as long as the schema is the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use afterword::app::random;
use afterword::domain::sessions::Scope;
use afterword::domain::sso::Vouched;
use afterword::domain::{AccountId, CommentId, Identity, Name, Site, Timestamp};
use afterword::storage::comments::{NewComment, Posted};
use afterword::storage::redb::{FILE, RedbStore, SchemaCheck};
use afterword::storage::sessions::NewSession;
use afterword::storage::{Comments, Health, Sessions, Sites, Sso};
use parking_lot::Mutex;
use tokio::task::JoinSet;

use crate::seeds::{self, OsChance, words};

/// They post and like while it is measured.
pub const WRITERS: usize = 64;
/// They ask what is theirs, and write nothing while it is measured.
pub const READERS: usize = 64;
/// Units under way while planting: as many as one commit takes.
const UNDER_WAY: usize = 512;
/// How long ago the first comment was written.
const YEARS: u64 = 3;
const MILLIS_A_YEAR: u64 = 365 * 24 * 60 * 60 * 1_000;
/// A file that grew by this much, run after run, is planted anew.
const OVERGROWN: f64 = 1.2;

/// A file that was planted.
#[derive(Clone)]
pub struct Population {
    pub comments: usize,
    pub directory: PathBuf,
}

impl Population {
    pub fn threads(&self) -> usize {
        threads(self.comments)
    }

    /// The same in a directory of its own, to be written to.
    pub fn copy(&self, to: &Path) -> std::io::Result<Population> {
        std::fs::copy(self.directory.join(FILE), to.join(FILE))?;
        Ok(Population { comments: self.comments, directory: to.to_owned() })
    }

    /// Signs in so many who never wrote here before: their refresh tokens.
    pub async fn sign_in_newcomers(&self, count: usize) -> anyhow::Result<Vec<String>> {
        // Later than those of earlier runs, and than those who were planted.
        let first = usize::try_from(seeds::now().as_millis())?;
        self.sign_in(first, count).await
    }

    /// Signs in as so many members, the first of whom is `first`: their refresh tokens.
    pub async fn sign_in(&self, first: usize, count: usize) -> anyhow::Result<Vec<String>> {
        let store = seeds::open(&self.directory, 16 << 20)?;
        let site = store.site(&"bench".parse()?).expect("planted");
        let mut tokens = Vec::new();
        for number in first..first + count {
            let (token, session) =
                seeds::new_session(Scope::Widget { site: site.id, origin: seeds::origin() });
            member(&store, &site, number, session).await?;
            tokens.push(token);
        }
        store.close().await;
        Ok(tokens)
    }
}

fn threads(comments: usize) -> usize {
    comments / 100
}

fn members(comments: usize) -> usize {
    READERS.max(comments / 40)
}

pub fn page(thread: usize) -> String {
    format!("/articles/{thread}")
}

/// Draws threads, the n-th with a weight of 1/n: a few are very long and read all the time, most are neither.
pub struct Zipf {
    sums: Vec<f64>,
    state: u64,
}

impl Zipf {
    pub fn new(threads: usize, seed: u64) -> Zipf {
        let mut sum = 0.0;
        let weight = |n: usize| {
            sum += 1.0 / n as f64;
            sum
        };
        Zipf { sums: (1..=threads).map(weight).collect(), state: seed.wrapping_mul(2) + 1 }
    }

    pub fn draw(&mut self) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let share = (self.state >> 11) as f64 / (1_u64 << 53) as f64;
        let at = share * self.sums.last().expect("there are threads");
        self.sums.partition_point(|sum| *sum < at).min(self.sums.len() - 1)
    }
}

/// The file of so many comments, planted if need be.
pub async fn of(comments: usize) -> anyhow::Result<Population> {
    let schema = SchemaCheck::of(None).known;
    let name = format!("population-2-schema-{schema}-{comments}");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let population = Population { comments, directory };
    // Written last: a file whose planting was interrupted has none.
    let planted = population.directory.join("planted-bytes");
    let bytes = || std::fs::metadata(population.directory.join(FILE)).map(|file| file.len());
    let then = std::fs::read_to_string(&planted).ok().and_then(|bytes| bytes.parse::<f64>().ok());
    if then.is_some_and(|then| bytes().is_ok_and(|now| now as f64 <= then * OVERGROWN)) {
        return Ok(population);
    }
    println!("planting {comments} comments in {} …", population.directory.display());
    let began = std::time::Instant::now();
    let _ = std::fs::remove_dir_all(&population.directory);
    std::fs::create_dir_all(&population.directory)?;
    plant(&population).await?;
    std::fs::write(planted, bytes()?.to_string())?;
    println!("… took {:.0} s, {} MiB\n", began.elapsed().as_secs_f64(), bytes()? >> 20);
    Ok(population)
}

async fn plant(population: &Population) -> anyhow::Result<()> {
    let store = seeds::open(&population.directory, 256 << 20)?;
    let site = seeds::add_site(&store).await?;
    let accounts = plant_members(&store, &site, members(population.comments)).await?;
    let began = seeds::now().as_millis() as u64 - YEARS * MILLIS_A_YEAR;
    let step = YEARS * MILLIS_A_YEAR / population.comments as u64;
    let mut zipf = Zipf::new(population.threads(), 1);
    let last_roots: Arc<Vec<Mutex<Option<CommentId>>>> =
        Arc::new((0..population.threads()).map(|_| Mutex::default()).collect());
    let mut under_way = JoinSet::new();
    for number in 0..population.comments {
        let posted_at = Timestamp::from_millis((began + number as u64 * step) as i64);
        let author = accounts[number * 7_919 % accounts.len()];
        let thread = zipf.draw();
        let text = words(number, 8 + number % 24);
        let new = seeds::new_comment(&site, author, &page(thread), &text, posted_at);
        let (its_store, last_roots) = (store.clone(), last_roots.clone());
        while under_way.len() >= UNDER_WAY {
            under_way.join_next().await.expect("some are under way")??;
        }
        under_way.spawn(async move {
            let parent = if number % 3 == 0 { *last_roots[thread].lock() } else { None };
            match its_store.publish(NewComment { parent, ..new }).await?? {
                Posted::New(comment) | Posted::Repeat(comment) if parent.is_none() => {
                    *last_roots[thread].lock() = Some(comment.id);
                }
                _ => {}
            }
            anyhow::Ok(())
        });
        if number % 5_000 == 4_999 {
            prune(&store, posted_at).await?;
        }
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    prune(&store, seeds::now()).await?;
    store.close().await;
    Ok(())
}

async fn prune(store: &RedbStore, now: Timestamp) -> anyhow::Result<()> {
    const CHUNK: usize = 1_000;
    while store.prune(now, CHUNK).await? == CHUNK {}
    while store.prune_sessions(now, CHUNK).await? == CHUNK {}
    Ok(())
}

async fn plant_members(
    store: &Arc<RedbStore>,
    site: &Arc<Site>,
    count: usize,
) -> anyhow::Result<Vec<AccountId>> {
    let mut planted = JoinSet::new();
    for number in 0..count {
        let (store, site) = (store.clone(), site.clone());
        let scope = Scope::Widget { site: site.id, origin: seeds::origin() };
        planted.spawn(async move {
            let account = member(&store, &site, number, seeds::new_session(scope).1).await?;
            anyhow::Ok((number, account))
        });
    }
    let mut accounts = vec![AccountId::from_random([0; 16]); count];
    while let Some(done) = planted.join_next().await {
        let (number, account) = done??;
        accounts[number] = account;
    }
    Ok(accounts)
}

/// A member whom the site vouches for, known or new, with one session more.
async fn member(
    store: &RedbStore,
    site: &Site,
    number: usize,
    session: NewSession,
) -> anyhow::Result<AccountId> {
    let vouched = Vouched {
        identity: Identity::of_site(site.id, format!("member-{number}")),
        name: Some(Name::parse(&format!("Member {number}"))?),
        role: None,
        token_id: format!("{:?}", random::<16>(&OsChance)),
        expires_at: Timestamp::EPOCH,
    };
    let id = AccountId::from_random(random(&OsChance));
    let (account, _) = store.sign_in_by_site(site.id, vouched, id, session, seeds::now()).await??;
    Ok(account.id)
}
