//! `make bench`: what reading and writing cost over HTTP, each figure beside its reference in the same run, because
//! machines differ. Starts the real server (release) as a process of its own and loads it over loopback.
//!
//! `make bench only="posts likes"` measures some parts; `quick` among them makes everything short, to see that it works.
//! Only a whole run is written to `docs/benchmarks.md`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark runs on this machine's clock, and prints"
)]

mod bare;
mod busy;
#[allow(dead_code, reason = "the load test of signing in uses the rest")]
mod client;
mod growth;
mod load;
mod million;
#[allow(dead_code, reason = "the load test of signing in uses the rest")]
#[path = "../sign_in/people.rs"]
mod people;
mod population;
mod reads;
#[allow(dead_code, reason = "the load test of signing in uses the rest")]
#[path = "../sign_in/rush.rs"]
mod rush;
#[allow(dead_code, reason = "the load test of signing in uses the rest")]
mod seeds;
#[allow(dead_code, reason = "the crash test uses the rest")]
mod server;
mod sign_ins;
mod table;
mod world;
mod writes;

use std::path::Path;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use table::{Part, Table};
use world::World;

type Measure = for<'w> fn(&'w World) -> LocalBoxFuture<'w, anyhow::Result<Part>>;

/// In the order of the table.
const PARTS: [(&str, Measure); 11] = [
    ("page", |world| Box::pin(reads::cached(world))),
    ("unchanged", |world| Box::pin(reads::unchanged(world))),
    ("busy", |world| Box::pin(busy::changing(world))),
    ("uncached", |world| Box::pin(reads::uncached(world))),
    ("whole", |world| Box::pin(reads::whole(world))),
    ("posts", |world| Box::pin(writes::posts(world))),
    ("likes", |world| Box::pin(writes::likes(world))),
    ("counts", |world| Box::pin(reads::counts(world))),
    ("growth", |world| Box::pin(growth::growth(world))),
    ("million", |world| Box::pin(million::million(world))),
    ("sign-ins", |world| Box::pin(sign_ins::rush(world))),
];

/// How long each measurement runs.
const TIME: Duration = Duration::from_secs(6);
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// In a hurry.
const QUICK: &str = "quick";
const QUICK_TIME: Duration = Duration::from_millis(1_200);

fn main() -> anyhow::Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let [first, directory] = arguments.as_slice()
        && first == bare::ARGUMENT
    {
        return runtime.block_on(bare::serve(Path::new(directory)));
    }
    // Cargo's own.
    arguments.retain(|argument| argument != "--bench");
    let unknown = |name: &&String| *name != QUICK && !PARTS.iter().any(|(part, _)| part == name);
    if let Some(name) = arguments.iter().find(unknown) {
        let known = PARTS.map(|(part, _)| part).join(", ");
        anyhow::bail!("there is no part {name}: expected {QUICK}, {known}");
    }
    runtime.block_on(run(&arguments))
}

async fn run(arguments: &[String]) -> anyhow::Result<()> {
    let is_quick = arguments.iter().any(|argument| argument == QUICK);
    let (time, sizes) = if is_quick { (QUICK_TIME, &SIZES[..2]) } else { (TIME, &SIZES[..]) };
    let world = World::new(time, sizes.to_vec()).await?;
    let chosen = |name: &str| {
        let mut named = arguments.iter().filter(|argument| *argument != QUICK).peekable();
        named.peek().is_none() || named.any(|argument| argument == name)
    };
    let mut table = Table::default();
    for (name, measure) in PARTS.iter().filter(|(name, _)| chosen(name)) {
        let part = measure(&world).await;
        table.add(part.map_err(|error| error.context(format!("measuring {name}")))?);
    }
    let moved = table.compare(&table::committed());
    for line in &moved {
        println!("{line}");
    }
    if moved.is_empty() {
        println!("no ratio moved by more than 20 % from the committed table");
    }
    match table.missed() {
        0 => println!("all bars hold"),
        1 => println!("1 bar missed"),
        missed => println!("{missed} bars missed"),
    }
    if arguments.is_empty() {
        std::fs::write(table::file(), table.markdown(&table::machine()))?;
        println!("written to docs/benchmarks.md");
    }
    Ok(())
}
