//! Two hundred people sign in by password at the same moment, while others read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Barrier;

use crate::client::Connection;
use crate::people::{self, PASSWORD, Popup};
use crate::server::Server;
use crate::{judge, tell};

const AT_ONCE: usize = 200;
/// After a lull memory must not have been left behind by each rush.
const RUSHES: usize = 3;
const READERS: usize = 8;
/// Between two reads of one reader: they read as people do, not as fast as they can.
const PAUSE: Duration = Duration::from_millis(5);
const MOST_GROWTH_MIB: f64 = 64.0;
const SLOWEST_READ: Duration = Duration::from_millis(50);

/// What became of a first attempt.
enum Met {
    SignedIn(Duration),
    /// With the time after which to come back.
    Busy(Option<u64>, Duration),
}

pub async fn measure(server: &Server) -> anyhow::Result<()> {
    let mut people = Vec::new();
    for _ in 0..AT_ONCE {
        people.push(people::arrive(server.address).await?);
    }
    let calm = read_while(server.address, tokio::time::sleep(Duration::from_secs(2))).await?.1;
    let before = server.resident_mib();
    server.forget_peak()?;
    let mut reads = Vec::new();
    let (mut first_round, mut until_all) = (Vec::new(), Vec::new());
    let mut returned = 0;
    for rush in 0..RUSHES {
        let ((met, took, again, back), times) = read_while(server.address, rush_in(people)).await?;
        (people, returned) = (back, returned + again);
        reads.extend(times);
        if rush == 0 {
            first_round = met;
        }
        until_all.push(took);
    }
    let (peak, after) = (server.peak_mib(), server.resident_mib());

    let mut answered = Vec::new();
    let mut refused = Vec::new();
    let mut told = 0;
    for met in &first_round {
        match met {
            Met::SignedIn(took) => answered.push(*took),
            Met::Busy(wait, took) => {
                refused.push(*took);
                told += usize::from(wait.is_some_and(|secs| secs >= 1));
            }
        }
    }
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
    tell("answered in the first round", answered.len().to_string());
    if let Some(slowest) = answered.iter().max() {
        tell("  the last of them had waited", milliseconds(*slowest));
    }
    tell("refused as busy in the first round", refused.len().to_string());
    if let Some(slowest) = refused.iter().max() {
        tell("  the last of them was told after", milliseconds(*slowest));
    }
    judge(
        "  with Retry-After",
        format!("{told} of {}", refused.len()),
        "all, > 0",
        told == refused.len() && told > 0,
    );
    let slowest = until_all.iter().max().copied().unwrap_or_default();
    tell("all were in, coming back when told, after", format!("{:.1} s", slowest.as_secs_f64()));
    tell("  having come back so many times, in three rushes", returned.to_string());
    tell("resident memory before", format!("{before:.1} MiB"));
    tell("resident memory after three rushes", format!("{after:.1} MiB"));
    let grown = peak - before;
    judge("growth at the worst moment", format!("{grown:.1} MiB"), "≤ 64 MiB", grown <= MOST_GROWTH_MIB);
    tell("cached thread reads in calm, p99", milliseconds(p99(calm)));
    tell("cached thread reads meanwhile", reads.len().to_string());
    let p99 = p99(reads);
    judge("cached thread reads meanwhile, p99", milliseconds(p99), "≤ 50 ms", p99 <= SLOWEST_READ);
    Ok(())
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(Duration::MAX)
}

/// What reading a cached thread takes while `other` goes on.
async fn read_while<T>(
    address: SocketAddr,
    other: impl Future<Output = T>,
) -> anyhow::Result<(T, Vec<Duration>)>
where
    T: Send,
{
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let stop = stop.clone();
        readers.push(tokio::spawn(async move {
            let request = b"GET /api/v1/sites/bench/thread?page=/thread HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: br\r\n\r\n";
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                let answer = connection.ask(request, false).await?;
                times.push(began.elapsed());
                anyhow::ensure!(answer.status == 200, "a read: {}", answer.head);
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok(times)
        }));
    }
    let done = other.await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for reader in readers {
        times.extend(reader.await??);
    }
    Ok((done, times))
}

type People = Vec<(Connection, Popup)>;

/// All at once; who is refused comes back when told. Gives what became of each first attempt, how long it took until all
/// were in, how often somebody had to come back, and the people again, each with a fresh popup.
async fn rush_in(people: People) -> (Vec<Met>, Duration, usize, People) {
    let start = Arc::new(Barrier::new(people.len()));
    let mut running = Vec::new();
    for (number, (mut connection, popup)) in people.into_iter().enumerate() {
        let start = start.clone();
        running.push(tokio::spawn(async move {
            let request = popup.password(&people::known(number), PASSWORD);
            start.wait().await;
            let began = Instant::now();
            let mut first = None;
            let mut attempts = 0;
            loop {
                attempts += 1;
                let answer = connection.ask(&request, true).await?;
                let wait = people::retry_after(&answer);
                let met = match answer.status {
                    200 => Met::SignedIn(began.elapsed()),
                    503 => Met::Busy(wait, began.elapsed()),
                    _ => {
                        anyhow::bail!("a sign-in: {} {}", answer.head, String::from_utf8_lossy(&answer.body))
                    }
                };
                let done = matches!(met, Met::SignedIn(_));
                first.get_or_insert(met);
                if done {
                    break;
                }
                tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
            }
            let took = began.elapsed();
            let popup = popup.again(&mut connection).await?;
            anyhow::Ok((first, took, attempts - 1, (connection, popup)))
        }));
    }
    let (mut met, mut people) = (Vec::new(), Vec::new());
    let (mut longest, mut returned) = (Duration::ZERO, 0);
    for person in running {
        let (first, took, again, back) = person.await.expect("no panic").expect("an answer");
        met.extend(first);
        longest = longest.max(took);
        returned += again;
        people.push(back);
    }
    (met, longest, returned, people)
}
