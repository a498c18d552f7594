//! Two hundred people sign in by password at the same moment, while others read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Barrier;

use crate::client::Connection;
use crate::people::{self, PASSWORD, Popup};
use crate::server::Server;

const AT_ONCE: usize = 200;
/// After a lull memory must not have been left behind by each rush.
const RUSHES: usize = 3;
const READERS: usize = 8;
/// Between two reads of one reader: they read as people do, not as fast as they can.
const PAUSE: Duration = Duration::from_millis(5);

/// What became of a first attempt.
enum Met {
    SignedIn(Duration),
    /// With the time after which to come back.
    Busy(Option<u64>, Duration),
}

/// What three rushes were like.
pub struct Rushes {
    /// How long each waited who was answered in the first round of the first, and who was told to come back, with the
    /// time after which.
    pub answered: Vec<Duration>,
    pub refused: Vec<(Option<u64>, Duration)>,
    /// How long it took until all were in, coming back when told, and how often somebody had to.
    pub until_all: Duration,
    pub returned: usize,
    /// Cached thread reads before, and meanwhile.
    pub calm: Vec<Duration>,
    pub reads: Vec<Duration>,
    pub memory_before: f64,
    pub memory_after: f64,
    pub memory_peak: f64,
}

pub async fn rushes(server: &Server) -> anyhow::Result<Rushes> {
    let mut people = Vec::new();
    for _ in 0..AT_ONCE {
        people.push(people::arrive(server.address).await?);
    }
    let calm = read_while(server.address, tokio::time::sleep(Duration::from_secs(2))).await?.1;
    let memory_before = server.resident_mib();
    server.forget_peak()?;
    let mut reads = Vec::new();
    let (mut first_round, mut until_all) = (Vec::new(), Duration::ZERO);
    let mut returned = 0;
    for rush in 0..RUSHES {
        let ((met, took, again, back), times) = read_while(server.address, rush_in(people)).await?;
        (people, returned) = (back, returned + again);
        reads.extend(times);
        if rush == 0 {
            first_round = met;
        }
        until_all = until_all.max(took);
    }
    let (memory_peak, memory_after) = (server.peak_mib(), server.resident_mib());
    let (mut answered, mut refused) = (Vec::new(), Vec::new());
    for met in first_round {
        match met {
            Met::SignedIn(took) => answered.push(took),
            Met::Busy(wait, took) => refused.push((wait, took)),
        }
    }
    Ok(Rushes {
        answered,
        refused,
        until_all,
        returned,
        calm,
        reads,
        memory_before,
        memory_after,
        memory_peak,
    })
}

pub fn p99(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
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
