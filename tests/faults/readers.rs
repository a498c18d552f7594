//! Healthy readers, who ask now and then while others misbehave.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::client::Connection;

/// What a healthy read may take at the 99th of 100.
pub const P99: Duration = Duration::from_millis(250);

pub struct Readers {
    stop: Arc<AtomicBool>,
    reading: Vec<JoinHandle<Vec<Duration>>>,
}

impl Readers {
    /// Each asks for the thread fifty times a second, on a connection of its own or on a new one every time.
    pub fn begin(address: SocketAddr) -> Readers {
        let stop = Arc::new(AtomicBool::new(false));
        let reading = (0..4).map(|number| {
            let stop = stop.clone();
            tokio::spawn(async move {
                let mut kept = Connection::open(address).await.unwrap();
                let mut ticks = tokio::time::interval(Duration::from_millis(20));
                let mut times = vec![];
                while !stop.load(Ordering::Relaxed) {
                    ticks.tick().await;
                    let began = Instant::now();
                    if number % 2 == 0 {
                        let mut fresh = Connection::open(address).await.unwrap();
                        read(&mut fresh).await;
                    } else {
                        read(&mut kept).await;
                    }
                    times.push(began.elapsed());
                }
                times
            })
        });
        Readers { reading: reading.collect(), stop }
    }

    /// How long the 99th of 100 reads took, and how many there were.
    pub async fn end(self) -> (Duration, usize) {
        self.stop.store(true, Ordering::Relaxed);
        let mut times = vec![];
        for reader in self.reading {
            times.extend(reader.await.unwrap());
        }
        times.sort();
        (times[times.len() * 99 / 100], times.len())
    }
}

pub async fn read(connection: &mut Connection) {
    let request = b"GET /api/v1/sites/bench/thread?page=/thread HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = connection.ask(request, false).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.head);
}
