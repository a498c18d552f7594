//! Whether what a visitor does takes longer the more the file holds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::client::Connection;
use crate::load::{Load, all_by_turns};
use crate::population::{self, Population, READERS, WRITERS, Zipf, page};
use crate::seeds;
use crate::server::Server;
use crate::table::{Amount, Figure, Part};
use crate::world::{self, BROTLI, World, get, like, post, signed};
use crate::writes::next_turn;

/// Draws of a thread, made beforehand: what is read and written all over again.
const DRAWS: usize = 2_000;
/// What is measured, by how many at once, and how much longer it may take with the most comments than with the fewest.
const ROWS: [Row; 6] = [
    ("first page", What::Page, ASKING, Some(1.3)),
    ("mine", What::Mine, ASKING, Some(1.3)),
    ("a like alone", What::Like, 1, Some(2.0)),
    ("a post alone", What::Post, 1, Some(2.0)),
    ("a like among 64", What::Like, WRITERS, Some(2.0)),
    ("a post among 64", What::Post, WRITERS, Some(2.0)),
];
/// Measured last, by servers that keep no pages. No bar: it tells what a page costs that nobody asked for lately.
const UNCACHED: Row = ("first page, not cached", What::Page, ASKING, None);
/// Who is asked and answered at the same time.
const ASKING: usize = 8;
/// The largest is too large to be copied for each run: it is written to where it lies, and grows a little.
const COPIED: usize = 200_000;

/// A server of a file of so many comments.
struct Town {
    server: Server,
    draws: Arc<Draws>,
    readers: Arc<[String]>,
    writers: Arc<[String]>,
    population: Population,
    /// Member and page (by [`Draws`]) → whether they like its first comment.
    liked: Arc<[AtomicBool]>,
    _copy: TempDir,
}

struct Draws {
    /// Which of the pages below.
    drawn: Vec<usize>,
    pages: Vec<String>,
    /// The first comment of each.
    comments: Vec<String>,
}

pub async fn growth(world: &World) -> anyhow::Result<Part> {
    let mut towns = Vec::new();
    for size in &world.sizes {
        towns.push(Town::open(*size).await?);
    }
    let mut rows = Vec::new();
    // In this order: what is mine grows by what one posts.
    for row in ROWS {
        rows.push((row, measure(world, &towns, row).await?));
    }
    for town in &mut towns {
        town.restart(&[("AFTERWORD_SERVER__PAGE_CACHE", "0 B")])?;
    }
    rows.push((UNCACHED, measure(world, &towns, UNCACHED).await?));

    let (first, last) = (world.sizes[0], *world.sizes.last().expect("there are sizes"));
    let figures = rows.iter().map(|((name, _, _, bar), times)| {
        let figure = Figure::new(format!("{last} comments in the file: {name}"), times[times.len() - 1])
            .beside(&format!("{first} comments"), times[0]);
        match bar {
            Some(bar) => figure.ratio_bar(*bar),
            None => figure,
        }
    });
    let figures = figures.collect();
    let explanation = format!(
        "Files with {} comments, a hundred to a thread on average and most of them in a few (Zipf); pages are asked for \
         with the same weights. {ASKING} clients ask for first pages in brotli and for what is theirs; one alone, and \
         {WRITERS} at once, like and post. Shown is the time that each answer takes, in the largest file beside the \
         smallest, all servers by turns. Last, first pages that no cache holds. The plot has the sizes between.",
        world.sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
    );
    Ok(Part { explanation, figures, plot: Some(plot(&world.sizes, &rows)) })
}

#[derive(Clone, Copy)]
enum What {
    Page,
    Mine,
    Like,
    Post,
}

type Row = (&'static str, What, usize, Option<f64>);

async fn measure(world: &World, towns: &[Town], row: Row) -> anyhow::Result<Vec<Amount>> {
    let (_, what, clients, _) = row;
    let loads: Vec<Load> = towns.iter().map(|town| town.load(what, clients)).collect();
    let measured = all_by_turns(&loads.iter().collect::<Vec<_>>(), world.time / 2).await?;
    Ok(measured.iter().map(|it| it.time_each(clients)).collect())
}

impl Town {
    async fn open(comments: usize) -> anyhow::Result<Town> {
        let copy = world::scratch()?;
        let mut population = population::of(comments).await?;
        if comments <= COPIED {
            population = population.copy(copy.path())?;
        }
        let writers = population.sign_in_newcomers(WRITERS).await?;
        let readers = population.sign_in(0, READERS).await?;
        let server = Server::afterword(&population.directory, &[])?;
        let writers = seeds::trade(server.address, &writers).await?.into();
        let readers = seeds::trade(server.address, &readers).await?.into();
        let draws = Arc::new(Draws::new(&server, population.threads()).await?);
        let liked = (0..WRITERS * draws.pages.len()).map(|_| AtomicBool::default()).collect();
        Ok(Town { server, draws, readers, writers, population, liked, _copy: copy })
    }

    /// The same file, served otherwise. Nobody is signed in then.
    fn restart(&mut self, variables: &[(&str, &str)]) -> anyhow::Result<()> {
        self.server.stop();
        self.server = Server::afterword_with(&self.population.directory, &[], variables)?;
        Ok(())
    }

    fn load(&self, what: What, clients: usize) -> Load {
        let (draws, readers, writers) = (self.draws.clone(), self.readers.clone(), self.writers.clone());
        let liked = self.liked.clone();
        let status = if matches!(what, What::Post) { 201 } else { 200 };
        let turns: Vec<AtomicUsize> = (0..clients).map(|_| AtomicUsize::new(0)).collect();
        Load::new(&self.server, clients, status, move |client| {
            let turn = turns[client].fetch_add(1, Ordering::Relaxed);
            let drawn = draws.drawn[(client * DRAWS / clients + turn) % DRAWS];
            let page = &draws.pages[drawn];
            match what {
                What::Page => get(&format!("/api/v1/sites/bench/thread?page={page}"), BROTLI),
                What::Mine => {
                    let token = &readers[(turn * clients + client) % READERS];
                    get(&format!("/api/v1/sites/bench/mine?page={page}"), &signed(token))
                }
                What::Like => {
                    // What they like already, they take back: each request changes something.
                    let is_liked = liked[client * draws.pages.len() + drawn].fetch_not(Ordering::Relaxed);
                    like(if is_liked { "DELETE" } else { "PUT" }, &draws.comments[drawn], &writers[client])
                }
                What::Post => {
                    let name = next_turn().to_string();
                    let body = seeds::words(turn * clients + client + 10_000_000, 24);
                    post(page, &format!("{name} {body}"), &name, &writers[client])
                }
            }
        })
    }
}

impl Draws {
    /// Reads each page once, so that it is in memory.
    async fn new(server: &Server, threads: usize) -> anyhow::Result<Draws> {
        let mut zipf = Zipf::new(threads, 7);
        let mut draws = Draws { drawn: Vec::new(), pages: Vec::new(), comments: Vec::new() };
        // Thread → which of the pages; `None` for the rarest, which may have got no comment.
        let mut known: HashMap<usize, Option<usize>> = HashMap::new();
        let mut connection = Connection::open(server.address).await?;
        while draws.drawn.len() < DRAWS {
            let thread = zipf.draw();
            if let Entry::Vacant(unknown) = known.entry(thread) {
                let page = page(thread);
                let path = format!("/api/v1/sites/bench/thread?page={page}");
                connection.ask(&get(&path, BROTLI), false).await?;
                let answer = connection.ask(&get(&path, ""), true).await?;
                let shown: Value = serde_json::from_slice(&answer.body)?;
                let first = shown["conversations"][0]["comments"][0]["id"].as_str();
                unknown.insert(first.map(|_| draws.pages.len()));
                if let Some(first) = first {
                    draws.comments.push(first.to_owned());
                    draws.pages.push(page);
                }
            }
            draws.drawn.extend(known[&thread]);
        }
        Ok(draws)
    }
}

/// A bar for each size, as long as the time is beside the smallest file's.
fn plot(sizes: &[usize], rows: &[(Row, Vec<Amount>)]) -> String {
    /// Of a bar as long as the smallest file's.
    const WIDTH: f64 = 20.0;
    let mut text = String::from("```text\n");
    for ((name, ..), times) in rows {
        text.push_str(&format!("{name}\n"));
        for (size, time) in sizes.iter().zip(times) {
            let (Amount::Seconds(time), Amount::Seconds(first)) = (*time, times[0]) else { continue };
            let ratio = time / first;
            let bar = "█".repeat((ratio * WIDTH).round().clamp(1.0, 80.0) as usize);
            text.push_str(&format!(
                "{size:>9} {:>9} {ratio:>5.2} {bar}\n",
                Amount::Seconds(time).to_string()
            ));
        }
    }
    text.push_str("```");
    text
}
