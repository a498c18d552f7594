//! What a file of a million comments asks of the machine: memory under load, time until it is served.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::load::Load;
use crate::population::{self, Population, WRITERS, Zipf, page};
use crate::seeds;
use crate::server::Server;
use crate::table::{Amount, Figure, Part};
use crate::world::{self, BROTLI, World, get, like, post, signed};
use crate::writes::next_turn;

/// How often each start is measured. The slowest counts.
const STARTS: usize = 5;
/// How long clients post before the server is killed.
const BEFORE_KILL: Duration = Duration::from_millis(500);

pub async fn million(world: &World) -> anyhow::Result<Part> {
    let comments = *world.sizes.last().expect("there are sizes");
    let population = population::of(comments).await?;
    let tokens: Arc<[String]> = population.sign_in_newcomers(WRITERS).await?.into();

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (server, took) = start(&population.directory).await?;
        server.end()?;
        starts.push(took);
    }
    let (server, _) = start(&population.directory).await?;
    let at_rest = server.resident_mib();
    let access: Arc<[String]> = seeds::trade(server.address, &tokens).await?.into();
    mixed(&population, &server, &access, world.time * 2).await?;
    let peak = server.peak_mib();
    server.kill();

    let mut reopened = Vec::new();
    for _ in 0..STARTS {
        let (server, took) = start(&population.directory).await?;
        reopened.push(took);
        // Access tokens are in the memory of one process.
        let access = seeds::trade(server.address, &tokens).await?.into();
        let load = posting(&population, &server, &access);
        let running = tokio::spawn(async move { load.run(BEFORE_KILL * 10).await });
        tokio::time::sleep(BEFORE_KILL).await;
        server.kill();
        // Its connections broke, which is no fault here.
        let _ = running.await?;
    }
    let slowest = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
    let explanation = format!(
        "The largest of these files. Memory is the most that was resident while, for {:.0} s, clients read pages (Zipf, \
         in brotli), asked what is theirs, counted, posted and liked, all at once and as fast as they could, with \
         every cache at its default and eight heaps (`MALLOC_ARENA_MAX=8`, as the image and the systemd unit have it); it \
         was {at_rest:.0} MiB after the start. Start to serving is from the start of the process to the \
         first answer to a reader, after an orderly end; reopening is the same after the process was killed while \
         {WRITERS} clients posted. Of {STARTS} each, the slowest.",
        world.time.as_secs_f64() * 2.0
    );
    let name = format!("{comments} comments");
    let figures = vec![
        Figure::new(format!("{name}: resident memory"), Amount::MiB(peak)).bar(Amount::MiB(160.0)),
        Figure::new(format!("{name}: start to serving"), slowest(&starts)).bar(Duration::from_millis(300)),
        Figure::new(format!("{name}: reopening after a kill"), slowest(&reopened))
            .bar(Duration::from_secs(1)),
    ];
    Ok(Part::new(explanation, figures))
}

/// A server, and how long it took from the start of its process to its first answer.
async fn start(directory: &Path) -> anyhow::Result<(Server, Duration)> {
    let began = Instant::now();
    let server = Server::afterword(directory, &[])?;
    world::ask(&server, &get(&path(0), BROTLI)).await?;
    Ok((server, began.elapsed()))
}

fn path(thread: usize) -> String {
    format!("/api/v1/sites/bench/thread?page={}", page(thread))
}

fn draws(population: &Population) -> impl Fn() -> usize + Send + Sync + 'static {
    let zipf = Mutex::new(Zipf::new(population.threads(), 11));
    move || zipf.lock().draw()
}

async fn mixed(
    population: &Population,
    server: &Server,
    tokens: &Arc<[String]>,
    time: Duration,
) -> anyhow::Result<()> {
    let first = world::json(server, &path(0)).await?;
    let conversations = first["conversations"].as_array().into_iter().flatten();
    let ids = conversations.filter_map(|it| it["comments"][0]["id"].as_str().map(str::to_owned));
    let liked: Vec<String> = ids.collect();

    let draw = draws(population);
    let reading = Load::new(server, 24, 200, move |_| get(&path(draw()), BROTLI));
    let (draw, whose) = (draws(population), tokens.clone());
    let mine = Load::new(server, 8, 200, move |client| {
        get(&format!("/api/v1/sites/bench/mine?page={}", page(draw())), &signed(&whose[client]))
    });
    let draw = draws(population);
    let counting = Load::new(server, 4, 200, move |_| {
        let pages: Vec<String> = (0..20).map(|_| format!("page={}", page(draw()))).collect();
        get(&format!("/api/v1/sites/bench/counts?{}", pages.join("&")), "")
    });
    let (draw, whose) = (draws(population), tokens.clone());
    let liking = Load::new(server, 16, 200, move |client| {
        let turn = draw();
        let method = if turn % 2 == 0 { "PUT" } else { "DELETE" };
        like(method, &liked[turn % liked.len()], &whose[client])
    });
    let posting = posting(population, server, tokens);
    tokio::try_join!(
        reading.run(time),
        mine.run(time),
        counting.run(time),
        liking.run(time),
        posting.run(time)
    )?;
    Ok(())
}

fn posting(population: &Population, server: &Server, tokens: &Arc<[String]>) -> Load {
    let (draw, whose) = (draws(population), tokens.clone());
    Load::new(server, WRITERS, 201, move |client| {
        let turn = next_turn();
        let body = format!("{turn} {}", seeds::words(turn, 24));
        post(&page(draw()), &body, &turn.to_string(), &whose[client])
    })
}
