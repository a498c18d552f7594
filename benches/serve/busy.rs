//! A thread that is read by many while it changes all the time: how fast, and how old what readers see can be.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::client::Connection;
use crate::server::Server;
use crate::table::{Amount, Figure, Part};
use crate::world::{self, BROTLI, COMMENTS, READERS, THREAD, WRITERS, World, from_site, get, like, post};

const POSTS_A_SECOND: usize = 50;
const LIKES_A_SECOND: usize = 200;
/// Clients that share them: each waits between two requests.
const POSTING: usize = 10;
const LIKING: usize = 40;
const TURNS: u32 = 3;

pub async fn changing(world: &World) -> anyhow::Result<Part> {
    let (server, _directory) = world.serve(&[], &[])?;
    let writers = Arc::new(Writers::new(world, &server).await?);
    let states = Arc::new(States::default());
    read(&server, world.time / TURNS, &states).await?;
    let (mut idle, mut busy, mut written) = (Vec::new(), Vec::new(), Duration::ZERO);
    for _ in 0..TURNS {
        idle.extend(read(&server, world.time / TURNS, &states).await?);
        let (stop, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
        let writing = writers.start(&server, &stop);
        busy.extend(read(&server, world.time / TURNS, &states).await?);
        stop.store(true, Ordering::Relaxed);
        for done in writing.join_all().await {
            done?;
        }
        written += began.elapsed();
    }
    let per = |time: Duration, count: usize| Amount::PerSecond(count as f64 / time.as_secs_f64());
    let rate = |count| per(world.time, count);
    let acknowledged = writers.acknowledged.lock();
    let oldest = oldest(&busy, &states, &acknowledged)?;
    let explanation = format!(
        "The cached first page as before, while {POSTS_A_SECOND} comments and {LIKES_A_SECOND} likes a second land on \
         that very thread; the reference is the same without them. The page is rendered four times a second at most, and \
         in between readers get what was rendered last. The oldest state: of every answer to every reader, how long \
         before its request something was acknowledged that it does not show (a comment by the page's count, a like by \
         the comment's). The server's rate of writes is shown, so that one sees that they did land."
    );
    let figures = vec![
        Figure::new("cached first page of a busy thread: requests", rate(busy.len()))
            .beside("itself idle", rate(idle.len()))
            .ratio_bar(0.7),
        Figure::new("cached first page of a busy thread: oldest state", oldest).bar(Duration::from_secs(1)),
        Figure::new(
            "cached first page of a busy thread: comments that landed",
            per(written, acknowledged.posts.len()),
        ),
        Figure::new(
            "cached first page of a busy thread: likes that landed",
            per(written, acknowledged.likes.len()),
        ),
    ];
    Ok(Part::new(explanation, figures))
}

/// What readers saw, by its ETag: the compressed page.
#[derive(Default)]
struct States(Mutex<HashMap<Arc<str>, Vec<u8>>>);

/// One answer: when it was asked for, and the ETag it had.
struct Seen(Instant, Arc<str>);

async fn read(server: &Server, time: Duration, states: &Arc<States>) -> anyhow::Result<Vec<Seen>> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let (address, stop, states) = (server.address, stop.clone(), states.clone());
        readers.spawn(async move {
            let request = get(THREAD, &format!("{BROTLI}{}", from_site()));
            let mut connection = Connection::open(address).await?;
            let (mut seen, mut body) = (Vec::with_capacity(16 * 1024), Vec::new());
            let mut etag: Arc<str> = "".into();
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                let (status, head) = connection.ask_head(&request, &mut body).await?;
                anyhow::ensure!(status == 200, "{head}");
                let told = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap_or_default();
                if told != &*etag {
                    etag = told.into();
                    states.0.lock().entry(etag.clone()).or_insert_with(|| body.clone());
                }
                seen.push(Seen(began, etag.clone()));
            }
            anyhow::Ok(seen)
        });
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut seen = Vec::new();
    for reader in readers.join_all().await {
        seen.extend(reader?);
    }
    Ok(seen)
}

/// What was answered to writers, and when.
#[derive(Default)]
struct Acknowledged {
    /// By the comment's number.
    posts: Vec<(u64, Instant)>,
    /// By the comment, and how many likes it had then.
    likes: Vec<(String, u64, Instant)>,
}

struct Writers {
    tokens: Arc<[String]>,
    /// Id and author of what is on the first page.
    comments: Vec<(String, String)>,
    /// Counts posts, and pairs of a member and a comment: each likes each once.
    turns: [AtomicUsize; 2],
    acknowledged: Mutex<Acknowledged>,
}

impl Writers {
    async fn new(world: &World, server: &Server) -> anyhow::Result<Writers> {
        let page = world::json(server, THREAD).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let comments = comments(&page).map(|it| (text(&it["id"]), text(&it["author"]["name"]))).collect();
        Ok(Writers {
            tokens: world.writers(server).await?,
            comments,
            turns: Default::default(),
            acknowledged: Mutex::default(),
        })
    }

    fn start(self: &Arc<Self>, server: &Server, stop: &Arc<AtomicBool>) -> JoinSet<anyhow::Result<()>> {
        let mut running = JoinSet::new();
        for client in 0..POSTING + LIKING {
            let (writers, stop, address) = (self.clone(), stop.clone(), server.address);
            running.spawn(async move {
                let posts = client < POSTING;
                let (clients, a_second) =
                    if posts { (POSTING, POSTS_A_SECOND) } else { (LIKING, LIKES_A_SECOND) };
                let mut connection = Connection::open(address).await?;
                let period = Duration::from_secs(1) * clients as u32 / a_second as u32;
                // Not all at the same moment.
                tokio::time::sleep(period * (client % clients) as u32 / clients as u32).await;
                let mut pace = tokio::time::interval(period);
                while !stop.load(Ordering::Relaxed) {
                    pace.tick().await;
                    if posts {
                        writers.post(&mut connection).await?
                    } else {
                        writers.like(&mut connection).await?
                    }
                }
                Ok(())
            });
        }
        running
    }

    async fn post(&self, connection: &mut Connection) -> anyhow::Result<()> {
        let turn = self.turns[0].fetch_add(1, Ordering::Relaxed);
        let body = format!("The {turn}. to land here");
        let request = post("/thread", &body, &format!("busy-{turn}"), &self.tokens[turn % WRITERS]);
        let answer = connection.ask(&request, true).await?;
        let at = Instant::now();
        anyhow::ensure!(answer.status == 201, "{}", answer.head);
        let json: Value = serde_json::from_slice(&answer.body)?;
        let number = json["comment"]["number"].as_u64().expect("published at once");
        self.acknowledged.lock().posts.push((number, at));
        Ok(())
    }

    async fn like(&self, connection: &mut Connection) -> anyhow::Result<()> {
        let (member, (comment, _)) = loop {
            let turn = self.turns[1].fetch_add(1, Ordering::Relaxed);
            let (member, comment) = (turn % WRITERS, &self.comments[turn / WRITERS % self.comments.len()]);
            // One does not like one's own.
            if comment.1 != format!("Member {member}") {
                break (member, comment);
            }
        };
        let answer = connection.ask(&like("PUT", comment, &self.tokens[member]), true).await?;
        let at = Instant::now();
        anyhow::ensure!(answer.status == 200, "{}", answer.head);
        let json: Value = serde_json::from_slice(&answer.body)?;
        let likes = json["likes"].as_u64().unwrap_or_default();
        self.acknowledged.lock().likes.push((comment.clone(), likes, at));
        Ok(())
    }
}

fn comments(page: &Value) -> impl Iterator<Item = &Value> {
    let conversations = page["conversations"].as_array().into_iter().flatten();
    conversations.flat_map(|conversation| conversation["comments"].as_array().into_iter().flatten())
}

/// The longest that something had been acknowledged when somebody asked and was not shown it.
fn oldest(seen: &[Seen], states: &States, acknowledged: &Acknowledged) -> anyhow::Result<Duration> {
    let mut first_missing: HashMap<Arc<str>, Option<Instant>> = HashMap::new();
    for (etag, body) in states.0.lock().iter() {
        let mut json = Vec::new();
        brotli::BrotliDecompress(&mut body.as_slice(), &mut json)?;
        let page: Value = serde_json::from_slice(&json)?;
        let count = page["thread"]["count"].as_u64().unwrap_or_default();
        anyhow::ensure!(count >= COMMENTS as u64, "not the long thread: {count}");
        let likes: HashMap<&str, u64> =
            comments(&page).filter_map(|it| Some((it["id"].as_str()?, it["likes"].as_u64()?))).collect();
        let posts = acknowledged.posts.iter().filter(|(number, _)| *number > count).map(|(_, at)| *at);
        let missing_likes = acknowledged
            .likes
            .iter()
            .filter(|(comment, tally, _)| likes.get(comment.as_str()).is_some_and(|shown| tally > shown));
        let missing = posts.chain(missing_likes.map(|(.., at)| *at)).min();
        first_missing.insert(etag.clone(), missing);
    }
    let age = |Seen(began, etag): &Seen| {
        let missing = first_missing.get(etag).copied().flatten();
        missing.map_or(Duration::ZERO, |missing| began.saturating_duration_since(missing))
    };
    Ok(seen.iter().map(age).max().unwrap_or_default())
}
