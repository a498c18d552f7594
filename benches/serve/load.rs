//! The load: many keep-alive connections, each of which sends one request after another for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::Barrier;

use crate::client::Connection;
use crate::server::{Server, cpu_time};
use crate::table::Amount;

type Request = Arc<dyn Fn(usize) -> Arc<[u8]> + Send + Sync>;
type Work = Arc<dyn Fn(usize) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// What is done over and over, by how many at once.
#[derive(Clone)]
pub struct Load {
    clients: usize,
    what: What,
}

#[derive(Clone)]
enum What {
    Ask { address: SocketAddr, process: u32, status: u16, request: Request },
    Here(Work),
}

impl Load {
    /// Each of so many clients asks what `request(client)` gives and must be answered `status`.
    pub fn new(
        server: &Server,
        clients: usize,
        status: u16,
        request: impl Fn(usize) -> Arc<[u8]> + Send + Sync + 'static,
    ) -> Load {
        let request = Arc::new(request);
        let what = What::Ask { address: server.address, process: server.process(), status, request };
        Load { clients, what }
    }

    /// All ask the same.
    pub fn of(server: &Server, clients: usize, status: u16, request: Arc<[u8]>) -> Load {
        Load::new(server, clients, status, move |_| request.clone())
    }

    /// No server takes part: so many tasks of this program do this.
    pub fn here<F>(clients: usize, work: impl Fn(usize) -> F + Send + Sync + 'static) -> Load
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Load { clients, what: What::Here(Arc::new(move |client| Box::pin(work(client)))) }
    }

    pub async fn run(&self, time: Duration) -> anyhow::Result<Measured> {
        let stop = Arc::new(AtomicBool::new(false));
        let all_there = Arc::new(Barrier::new(self.clients + 1));
        let running: Vec<_> = (0..self.clients)
            .map(|client| tokio::spawn(self.what.clone().repeat(client, all_there.clone(), stop.clone())))
            .collect();
        all_there.wait().await;
        let server = match self.what {
            What::Ask { process, .. } => Some(process),
            What::Here(_) => None,
        };
        let cpu = || (cpu_time(std::process::id()), server.map_or(Duration::ZERO, cpu_time));
        let (began, before) = (Instant::now(), cpu());
        tokio::time::sleep(time).await;
        stop.store(true, Ordering::Relaxed);
        let (lasted, after) = (began.elapsed(), cpu());
        let (mut times, mut rate) = (Vec::new(), 0.0);
        for client in running {
            let (theirs, until_last) = client.await??;
            // Each by its own time: what was under way at the end took some, too, and a slow server has more of it.
            rate += theirs.len() as f64 / until_last.as_secs_f64();
            times.extend(theirs);
        }
        anyhow::ensure!(!times.is_empty(), "nothing was answered");
        let answered = rate * lasted.as_secs_f64();
        Ok(Measured { times, answered, lasted, ours: after.0 - before.0, theirs: after.1 - before.1 })
    }
}

impl What {
    /// One client: how long each turn took it, and all of them. One before the others begin shows that its connection is
    /// there.
    async fn repeat(
        self,
        client: usize,
        all_there: Arc<Barrier>,
        stop: Arc<AtomicBool>,
    ) -> anyhow::Result<(Vec<Duration>, Duration)> {
        let mut times = Vec::with_capacity(16 * 1024);
        let mut note = |began: Instant| times.push(began.elapsed());
        let begin;
        match self {
            What::Ask { address, status, request, .. } => {
                let opened = async {
                    let mut connection = Connection::open(address).await?;
                    connection.ask_status(&request(client)).await?;
                    anyhow::Ok(connection)
                };
                let opened = opened.await;
                all_there.wait().await;
                let mut connection = opened?;
                begin = Instant::now();
                while !stop.load(Ordering::Relaxed) {
                    let bytes = request(client);
                    let began = Instant::now();
                    let answered = connection.ask_status(&bytes).await?;
                    note(began);
                    anyhow::ensure!(
                        answered == status,
                        "expected {status}, got {answered} to {}",
                        String::from_utf8_lossy(&bytes)
                    );
                }
            }
            What::Here(work) => {
                all_there.wait().await;
                begin = Instant::now();
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    work(client).await?;
                    note(began);
                }
            }
        }
        Ok((times, begin.elapsed()))
    }
}

/// What one or more runs measured.
#[derive(Default)]
pub struct Measured {
    times: Vec<Duration>,
    /// As many as were answered in this time.
    answered: f64,
    lasted: Duration,
    /// Processor time of this program.
    ours: Duration,
    /// And of the server.
    theirs: Duration,
}

impl Measured {
    fn add(&mut self, other: Measured) {
        self.times.extend(other.times);
        self.answered += other.answered;
        self.lasted += other.lasted;
        self.ours += other.ours;
        self.theirs += other.theirs;
    }

    pub fn rate(&self) -> Amount {
        Amount::PerSecond(self.answered / self.lasted.as_secs_f64())
    }

    /// How long one answer takes when as many are under way: the inverse of the rate, times the clients.
    pub fn time_each(&self, clients: usize) -> Amount {
        Amount::Seconds(self.lasted.as_secs_f64() * clients as f64 / self.answered)
    }

    pub fn quantile(&self, share: f64) -> Duration {
        let mut times = self.times.clone();
        let at = ((times.len() - 1) as f64 * share) as usize;
        *times.select_nth_unstable(at).1
    }

    /// Cores that the load generator took, and the server.
    pub fn cores(&self) -> (Amount, Amount) {
        let of = |cpu: Duration| Amount::Cores(cpu.as_secs_f64() / self.lasted.as_secs_f64());
        (of(self.ours), of(self.theirs))
    }
}

/// [`all_by_turns`] of a known number.
pub async fn by_turns<const N: usize>(loads: [&Load; N], time: Duration) -> anyhow::Result<[Measured; N]> {
    let measured = all_by_turns(&loads, time).await?;
    Ok(measured.try_into().unwrap_or_else(|_| unreachable!("one for each")))
}

/// Runs each for `time` in all, by turns, in one order and then in the other: what else the machine does hits all of them
/// alike. The turns are short, because a shared machine is slow for a second or two and then fast again. The first, which
/// are not counted, warm up.
pub async fn all_by_turns(loads: &[&Load], time: Duration) -> anyhow::Result<Vec<Measured>> {
    const TURNS: u32 = 12;
    const WARM_UP: u32 = 4;
    let mut measured: Vec<Measured> = loads.iter().map(|_| Measured::default()).collect();
    let mut order: Vec<usize> = (0..loads.len()).collect();
    for turn in 0..WARM_UP + TURNS {
        for &which in &order {
            let run = loads[which].run(time / TURNS).await?;
            if turn >= WARM_UP {
                measured[which].add(run);
            }
        }
        order.reverse();
    }
    Ok(measured)
}
