//! One entry for every request that was answered: what the access log and the metrics are made from.
//!
//! Answering a request must cost no system call and no formatting. So an entry is put into a list, and a thread of its
//! own takes the list a few times a second, counts it and writes it. Invariant: an entry holds nothing that a visitor
//! sent: no path, no query, no address; only the pattern of the route that answered.

mod counts;
mod lines;

pub use counts::Counts;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use http::Method;
use parking_lot::Mutex;

use super::request::RequestId;
use crate::config::LogFormat;
use crate::domain::Timestamp;

/// How long entries are gathered before they are written together.
const GATHER: Duration = Duration::from_millis(50);
/// Entries that wait in a tray at most, when whoever reads the log is slower than the server. Further ones are lost, and
/// counted.
const MAX_WAITING: usize = 25_000;

#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub at: Timestamp,
    pub request: RequestId,
    pub method: &'static str,
    /// The route's pattern; `-` if no route answered.
    pub route: &'static str,
    pub status: u16,
    /// Of the answer's body, if they are known before it is sent.
    pub bytes: Option<u64>,
    pub micros: u64,
}

impl Entry {
    pub const NO_ROUTE: &'static str = "-";

    /// Whether all but the request's own figures are the same.
    fn is_alike(&self, other: &Entry) -> bool {
        let shared = |it: &Entry| (it.at, it.method, it.route, it.status, it.bytes);
        shared(self) == shared(other)
    }

    /// A method's name, without keeping what a client may have made up.
    pub fn method(method: &Method) -> &'static str {
        match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            _ => "OTHER",
        }
    }
}

pub struct Journal {
    desk: Arc<Desk>,
    clerk: Option<JoinHandle<()>>,
}

/// Where entries wait. Each thread puts into one of a few, so that threads seldom wait for each other, in a line of the
/// processor's cache of its own, so that they do not slow each other down either.
#[derive(Default)]
#[repr(align(128))]
struct Tray(Mutex<Vec<Entry>>);

const TRAYS: usize = 8;

/// What the requests' threads and the writing one share.
struct Desk {
    trays: [Tray; TRAYS],
    lost: AtomicU64,
    /// Whether the thread is awake for what is in the trays now.
    gathering: AtomicBool,
    closing: AtomicBool,
    /// Held while entries are written, so that they keep their order.
    book: Mutex<Book>,
    counts: Counts,
}

struct Book {
    /// `None`: entries are counted only.
    log: Option<(LogFormat, Box<dyn Write + Send>)>,
    /// A tray's, while they are moved to the batch.
    taken: Vec<Entry>,
    batch: Vec<Entry>,
    lines: Vec<u8>,
}

impl Journal {
    /// Begins a journal; with `log`, every entry is a line there.
    pub fn begin(log: Option<(LogFormat, Box<dyn Write + Send>)>) -> Journal {
        let desk = Arc::new(Desk {
            trays: Default::default(),
            lost: AtomicU64::new(0),
            gathering: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            book: Mutex::new(Book { log, taken: Vec::new(), batch: Vec::new(), lines: Vec::new() }),
            counts: Counts::default(),
        });
        let theirs = desk.clone();
        let clerk = std::thread::Builder::new().name("access-log".into()).spawn(move || theirs.work());
        if let Err(error) = &clerk {
            tracing::error!("the access log cannot be written: {error}");
        }
        Journal { desk, clerk: clerk.ok() }
    }

    pub fn note(&self, entry: Entry) {
        let mut waiting = self.desk.tray().0.lock();
        if waiting.len() < MAX_WAITING {
            waiting.push(entry);
        } else {
            self.desk.lost.fetch_add(1, Ordering::Relaxed);
        }
        drop(waiting);
        // One wake-up a batch: who comes second finds the thread gathering already.
        let gathering = &self.desk.gathering;
        if !gathering.load(Ordering::SeqCst)
            && !gathering.swap(true, Ordering::SeqCst)
            && let Some(thread) = self.clerk.as_ref().map(JoinHandle::thread)
        {
            Thread::unpark(thread);
        }
    }

    /// Counts of everything noted before this call. May wait for the log's reader: not for the async threads.
    pub fn settled(&self) -> &Counts {
        self.desk.write_down();
        &self.desk.counts
    }

    /// Lines that were not written, because nobody took those before them.
    pub fn lost(&self) -> u64 {
        self.desk.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Journal {
    /// Everything noted is written before the journal is gone.
    fn drop(&mut self) {
        self.desk.closing.store(true, Ordering::Release);
        if let Some(clerk) = self.clerk.take() {
            clerk.thread().unpark();
            let _ = clerk.join();
        }
        self.desk.write_down();
    }
}

impl Desk {
    /// The tray of this thread.
    fn tray(&self) -> &Tray {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        &self.trays[NUMBER.with(|number| number % TRAYS)]
    }

    fn work(&self) {
        while !self.closing.load(Ordering::Acquire) {
            std::thread::park();
            std::thread::park_timeout(GATHER);
            // Before the trays are emptied: who notes something after that wakes the thread again.
            self.gathering.store(false, Ordering::SeqCst);
            self.write_down();
        }
    }

    fn write_down(&self) {
        let mut book = self.book.lock();
        let Book { log, taken, batch, lines } = &mut *book;
        for tray in &self.trays {
            std::mem::swap(taken, &mut *tray.0.lock());
            batch.append(taken);
        }
        if batch.is_empty() {
            return;
        }
        // In the order of time again; what one thread answered is so already, and keeps its order.
        batch.sort_by_key(|entry| entry.at);
        self.counts.add(batch);
        if let Some((format, log)) = log {
            lines.clear();
            lines::write(*format, batch, lines);
            // A log that cannot be written is nothing a request could be refused for.
            let _ = log.write_all(lines).and_then(|()| log.flush());
        }
        batch.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn entry(number: u64) -> Entry {
        Entry {
            at: Timestamp::from_millis(1_732_400_000_123),
            request: RequestId(number),
            method: "GET",
            route: "/c/{comment}",
            status: 302,
            bytes: Some(0),
            micros: 85,
        }
    }

    #[test]
    fn everything_noted_is_written_once_and_in_order() {
        let paper = Paper::default();
        let journal = Journal::begin(Some((LogFormat::Text, Box::new(paper.clone()))));
        for number in 0..1_000 {
            journal.note(entry(number));
        }
        drop(journal);
        let text = String::from_utf8(paper.0.lock().clone()).unwrap();
        let ids: Vec<_> = text
            .lines()
            .map(|line| u64::from_str_radix(line.rsplit_once("request.id=").unwrap().1, 16).unwrap())
            .collect();
        assert_eq!(ids, (0..1_000).collect::<Vec<_>>());
    }

    /// Counts how often it is written to.
    #[derive(Clone, Default)]
    struct Strokes(Arc<AtomicU64>, Paper);

    impl Write for Strokes {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            self.1.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_several_threads_note_is_written_together_and_by_its_time() {
        const THREADS: u64 = 4;
        const EACH: u64 = 2_000;
        let strokes = Strokes::default();
        let journal = Journal::begin(Some((LogFormat::Json, Box::new(strokes.clone()))));
        let began = std::time::Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let journal = &journal;
                scope.spawn(move || {
                    for turn in 0..EACH {
                        let at = Timestamp::from_millis(1_732_400_000_000 + turn as i64);
                        journal.note(Entry { at, ..entry(thread * EACH + turn) });
                        std::thread::yield_now();
                    }
                });
            }
        });
        let batches = began.elapsed().as_millis() as u64 / GATHER.as_millis() as u64 + 2;
        assert_eq!(journal.lost(), 0);
        drop(journal);
        assert!(strokes.0.load(Ordering::Relaxed) <= batches, "{:?} writes, not {batches}", strokes.0);
        let text = String::from_utf8(strokes.1.0.lock().clone()).unwrap();
        let mut ids: Vec<_> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| u64::from_str_radix(line["request.id"].as_str().unwrap(), 16).unwrap())
            .collect();
        for thread in 0..THREADS {
            let theirs = ids.iter().filter(|id| *id / EACH == thread);
            assert!(theirs.is_sorted(), "each thread's stay in order");
        }
        ids.sort_unstable();
        assert_eq!(ids, (0..THREADS * EACH).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_noted_after_others_were_written_is_written_too() {
        let paper = Paper::default();
        let journal = Journal::begin(Some((LogFormat::Text, Box::new(paper.clone()))));
        let began = std::time::Instant::now();
        for number in 1..=3 {
            journal.note(entry(number as u64));
            while paper.0.lock().iter().filter(|byte| **byte == b'\n').count() < number {
                assert!(began.elapsed() < Duration::from_secs(20), "{number} is not written");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn counts_hold_everything_noted_before_they_were_asked_for() {
        let journal = Journal::begin(None);
        (0..7).for_each(|number| journal.note(entry(number)));
        let text = journal.settled().text();
        assert!(
            text.contains(r#"requests_total{route="/c/{comment}",method="GET",status="3xx"} 7"#),
            "{text}"
        );
        assert!(text.contains("request_duration_seconds_count"), "{text}");
    }
    #[test]
    fn what_comes_together_is_counted_each_by_its_own_route_and_status() {
        let journal = Journal::begin(None);
        let found = entry(1);
        let page = Entry { route: "/page", status: 200, bytes: Some(10), ..found };
        let stream = Entry { bytes: None, ..page };
        for entry in [page, stream, page, found, page, Entry { status: 304, ..page }, found] {
            journal.note(entry);
        }
        let text = journal.settled().text();
        for line in [
            r#"requests_total{route="/page",method="GET",status="2xx"} 4"#,
            r#"requests_total{route="/page",method="GET",status="3xx"} 1"#,
            r#"requests_total{route="/c/{comment}",method="GET",status="3xx"} 2"#,
            r#"answered_bytes_total{route="/page"} 40"#,
            r#"request_duration_seconds_count{route="/page"} 5"#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
