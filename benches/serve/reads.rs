//! What reading costs: from memory, by `If-None-Match`, from the file, all of a thread, counts.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use afterword::actions::threads::PAGE;
use afterword::domain::{self, PageKey};
use afterword::storage::{Health, Sites, Threads};
use afterword::web::wire;

use crate::load::{Load, Measured, by_turns};
use crate::population;
use crate::server::Server;
use crate::table::{Amount, Figure, Part};
use crate::world::{self, BROTLI, COMMENTS, READERS, THREAD, World, from_site, get};
use crate::{bare, seeds};

pub async fn cached(world: &World) -> anyhow::Result<Part> {
    let [ours, bare] = beside_bare(world, 200).await?;
    let explanation = format!(
        "{READERS} connections ask for the first page of a {COMMENTS}-comment thread, in brotli, as fast as they can, with \
         the Origin that a browser sends. The reference is warp alone behind the same accept loop, which routes one \
         address and sends the same bytes and headers (its future is boxed, because warp's may not be moved). The server \
         under test knows what the address means since it was \
         asked first, and does not route it again; it looks up the site, the thread's version and the page, notes where \
         its widget was seen, adds CORS headers and writes its access log: the ratio is what all of that costs. The load \
         generator runs on the same cores: what it takes is missing to both."
    );
    Ok(Part::new(explanation, against_bare("cached first page", &ours, &bare, 0.9)))
}

pub async fn unchanged(world: &World) -> anyhow::Result<Part> {
    let [ours, bare] = beside_bare(world, 304).await?;
    let explanation = "\
        The same by readers who have the page already and send its ETag: nothing has changed. The reference compares \
        the header with one text and answers 304; the server under test finds the thread's head in memory and hashes \
        its version."
        .to_owned();
    Ok(Part::new(explanation, against_bare("unchanged first page (304)", &ours, &bare, 0.85)))
}

fn against_bare(name: &str, ours: &Measured, bare: &Measured, bar: f64) -> Vec<Figure> {
    let (generator, server) = ours.cores();
    vec![
        Figure::new(format!("{name}: requests"), ours.rate()).beside("bare warp", bare.rate()).ratio_bar(bar),
        Figure::new(format!("{name}: p99"), ours.quantile(0.99))
            .beside("bare warp", bare.quantile(0.99))
            .ratio_bar(2.0),
        Figure::new(format!("{name}: the load generator took"), generator).beside("the server", server),
    ]
}

async fn beside_bare(world: &World, status: u16) -> anyhow::Result<[Measured; 2]> {
    let (server, _directory) = world.serve(&[], &[])?;
    let answer = world::ask(&server, &get(THREAD, &format!("{BROTLI}{}", from_site()))).await?;
    let recorded = world::scratch()?;
    std::fs::write(recorded.path().join("head"), &answer.head)?;
    std::fs::write(recorded.path().join("body"), &answer.body)?;
    let bare = start_bare(recorded.path())?;
    let seen = match status {
        304 => format!("If-None-Match: {}\r\n", answer.header("etag").unwrap_or_default()),
        _ => String::new(),
    };
    let headers = format!("{BROTLI}{}{seen}", from_site());
    let ours = Load::of(&server, READERS, status, get(THREAD, &headers));
    let theirs = Load::of(&bare, READERS, status, get(bare::PATH, &headers));
    by_turns([&ours, &theirs], world.time).await
}

/// This program again, as the bare server.
fn start_bare(recorded: &Path) -> anyhow::Result<Server> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(bare::ARGUMENT).arg(recorded);
    Server::start(command, |line| line.trim().parse().ok())
}

pub async fn uncached(world: &World) -> anyhow::Result<Part> {
    let (server, _directory) = world.serve(&[], &[("AFTERWORD_SERVER__PAGE_CACHE", "0 B")])?;
    let copy = world.copy()?;
    let store = seeds::open(copy.path(), 64 << 20)?;
    let site = store.site(&"bench".parse()?).expect("planted");
    let head = store.head(site.id, &PageKey::from_stored("path:/thread".into())).await?.expect("planted");
    let alone = Load::here(1, {
        let store = store.clone();
        move |_| {
            let (store, site) = (store.clone(), site.clone());
            async move {
                let page = store.thread_page(head.thread, domain::Order::Oldest, None, PAGE).await?;
                let page = page.expect("planted");
                let context = wire::CommentContext::new(&site, &page.names);
                let sign_in = wire::SignIn { email: false, providers: false };
                let shown =
                    wire::Page::of(wire::Site::of(&site, sign_in), &page, wire::Order::Oldest, &context);
                std::hint::black_box(serde_json::to_vec(&shown)?);
                Ok(())
            }
        }
    });
    let over_http = Load::of(&server, 1, 200, get(THREAD, ""));
    let [ours, alone] = by_turns([&over_http, &alone], world.time).await?;
    store.close().await;
    let explanation = "\
        One client asks for the first page without compression of a server that caches no pages: each answer is read \
        from the file, decoded, written as JSON and sent. The reference does the same in one program without HTTP: the \
        store's range scan and decoding, then JSON. Medians. The rest is two hops between threads and the connection."
        .to_owned();
    let figure = Figure::new("uncached first page: time", ours.quantile(0.5))
        .beside("scan, decode and JSON", alone.quantile(0.5))
        .ratio_bar(3.0);
    Ok(Part::new(explanation, vec![figure]))
}

pub async fn whole(world: &World) -> anyhow::Result<Part> {
    let (server, _directory) = world.serve(&[], &[])?;
    let mut pages = vec![get(THREAD, BROTLI)];
    let mut page = world::json(&server, THREAD).await?;
    while let Some(after) = page["next"].as_str() {
        let path = format!("{THREAD}&after={after}");
        pages.push(get(&path, BROTLI));
        page = world::json(&server, &path).await?;
    }
    let count = pages.len();
    let turns: Vec<AtomicUsize> = (0..READERS).map(|_| AtomicUsize::new(0)).collect();
    let load = Load::new(&server, READERS, 200, move |client| {
        pages[turns[client].fetch_add(1, Ordering::Relaxed) % count].clone()
    });
    let [ours] = by_turns([&load], world.time).await?;
    let Amount::PerSecond(rate) = ours.rate() else { unreachable!("a rate") };
    let explanation = format!(
        "{READERS} connections read all {count} pages of the {COMMENTS}-comment thread, one after another, in brotli: \
         so many threads a second are sent whole, each in {count} requests. Remark42, from stock, sends 84 a second on \
         such a machine; the bar is fifty times that."
    );
    let figures = vec![
        Figure::new("the whole thread: threads", Amount::PerSecond(rate / count as f64))
            .bar(Amount::PerSecond(4_200.0)),
        Figure::new("the whole thread: pages", ours.rate()),
    ];
    Ok(Part::new(explanation, figures))
}

pub async fn counts(world: &World) -> anyhow::Result<Part> {
    const PAGES: usize = 100;
    let directory = world::scratch()?;
    let population = population::of(PAGES * 100).await?.copy(directory.path())?;
    let server = Server::afterword(&population.directory, &[])?;
    let path = |pages: usize| {
        let pages: Vec<String> = (0..pages).map(|page| format!("page={}", population::page(page))).collect();
        format!("/api/v1/sites/bench/counts?{}", pages.join("&"))
    };
    let counted = world::json(&server, &path(PAGES)).await?;
    let counted =
        counted["counts"].as_array().map_or(0, |counts| counts.iter().filter(|it| **it != 0).count());
    anyhow::ensure!(counted == PAGES, "only {counted} of {PAGES} pages have comments");
    let many = Load::of(&server, 1, 200, get(&path(PAGES), ""));
    let one = Load::of(&server, 1, 200, get(&path(1), ""));
    let [many, one] = by_turns([&many, &one], world.time).await?;
    let explanation = format!(
        "One client asks how many comments {PAGES} pages have, in one request, as a front page does; the reference asks \
         for one. Medians."
    );
    let figure = Figure::new("counts for 100 pages: time", many.quantile(0.5))
        .beside("one count", one.quantile(0.5))
        .ratio_bar(5.0);
    Ok(Part::new(explanation, vec![figure]))
}
