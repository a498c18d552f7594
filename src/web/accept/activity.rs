//! What a connection is doing, and since when: noted by its stream and its service, read by its watchdog.
//!
//! Noting costs an atomic store, and a timer is never moved: the watchdog sleeps until the earliest moment at which a
//! deadline could have passed, looks, and sleeps again. The time is asked for only where something changes.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use super::AcceptLimits;

#[derive(Debug)]
pub struct Activity {
    began: Instant,
    /// Whether several requests share the connection: then bytes that arrive do not begin one.
    multiplexed: AtomicBool,
    /// Requests whose answer has not been handed over completely.
    in_flight: AtomicU32,
    /// Answers of known length that have not been handed over completely.
    sending: AtomicU32,
    /// Whether a header is arriving.
    in_header: AtomicBool,
    /// Since when what is going on is going on, in milliseconds after `began`.
    since: AtomicU64,
    /// Since when the kernel takes no more bytes of an answer; [`FREE`] if it does.
    blocked: AtomicU64,
}

const FREE: u64 = u64::MAX;

/// What the watchdog finds.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing can be overdue before this.
    FineUntil(Instant),
    /// Nothing was asked for a while: a polite end.
    Idle,
    /// Something that was begun makes no progress.
    Stuck,
}

impl Activity {
    /// A new connection: its first header is due.
    pub fn new(now: Instant) -> Activity {
        Activity {
            began: now,
            multiplexed: AtomicBool::new(false),
            in_flight: AtomicU32::new(0),
            sending: AtomicU32::new(0),
            in_header: AtomicBool::new(true),
            since: AtomicU64::new(0),
            blocked: AtomicU64::new(FREE),
        }
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(FREE - 1)
    }

    pub fn is_multiplexed(&self) {
        self.multiplexed.store(true, Relaxed);
    }

    pub fn shares_its_connection(&self) -> bool {
        self.multiplexed.load(Relaxed)
    }

    /// Whether a request is under way.
    pub fn is_busy(&self) -> bool {
        self.in_flight.load(Relaxed) > 0
    }

    pub fn bytes_read(&self, now: impl FnOnce() -> Instant) {
        if self.in_flight.load(Relaxed) == 0
            && !self.multiplexed.load(Relaxed)
            && !self.in_header.swap(true, Relaxed)
        {
            self.since.store(self.millis(now()), Relaxed);
        }
    }

    pub fn bytes_written(&self, count: usize, now: impl FnOnce() -> Instant) {
        /// A long answer that is still on its way counts as activity; answers to pings do not.
        const MANY: usize = 1_024;
        let was_blocked = self.blocked.load(Relaxed) != FREE;
        if was_blocked {
            self.blocked.store(FREE, Relaxed);
        }
        if was_blocked || (count >= MANY && self.multiplexed.load(Relaxed)) {
            self.since.store(self.millis(now()), Relaxed);
        }
    }

    pub fn write_blocked(&self, now: impl FnOnce() -> Instant) {
        if self.blocked.load(Relaxed) == FREE {
            self.blocked.store(self.millis(now()), Relaxed);
        }
    }

    pub fn request_began(&self) {
        self.in_flight.fetch_add(1, Relaxed);
        self.in_header.store(false, Relaxed);
    }

    pub fn request_ended(&self, now: impl FnOnce() -> Instant) {
        if self.in_flight.fetch_sub(1, Relaxed) == 1 {
            self.since.store(self.millis(now()), Relaxed);
        }
    }

    pub fn sending_began(&self, now: impl FnOnce() -> Instant) {
        self.sending.fetch_add(1, Relaxed);
        self.since.store(self.millis(now()), Relaxed);
    }

    pub fn sending_ended(&self) {
        self.sending.fetch_sub(1, Relaxed);
    }

    /// When what began just now is due, if that is sooner than idling would be.
    pub fn pressing(&self, limits: &AcceptLimits) -> Option<Instant> {
        let blocked = self.blocked.load(Relaxed);
        let (from, limit) = if blocked != FREE {
            (blocked, limits.stall)
        } else if self.in_header.load(Relaxed) {
            (self.since.load(Relaxed), limits.header)
        } else {
            return None;
        };
        Some(self.began + Duration::from_millis(from) + limit)
    }

    /// Since when nothing is under way that a server which stops would wait for. A header that is only half there is
    /// not: nobody has taken that request.
    pub fn rests_since(&self) -> Option<Instant> {
        let is_at_rest = self.in_flight.load(Relaxed) == 0 && self.blocked.load(Relaxed) == FREE;
        is_at_rest.then(|| self.began + Duration::from_millis(self.since.load(Relaxed)))
    }

    /// Whether something is overdue.
    pub fn look(&self, limits: &AcceptLimits, now: Instant) -> Found {
        let since = self.since.load(Relaxed);
        let blocked = self.blocked.load(Relaxed);
        let (from, limit, overdue) = if blocked != FREE {
            (blocked, limits.stall, Found::Stuck)
        } else if self.sending.load(Relaxed) > 0 {
            (since, limits.stall, Found::Stuck)
        } else if self.in_flight.load(Relaxed) > 0 {
            // The handler is at work, or waits for the body, which has its own deadline: look again later.
            return Found::FineUntil(now + limits.header);
        } else if self.in_header.load(Relaxed) {
            (since, limits.header, Found::Stuck)
        } else {
            (since, limits.idle, Found::Idle)
        };
        let due = self.began + Duration::from_millis(from) + limit;
        // What goes on may change to something with a shorter limit before that.
        let shortest = limits.header.min(limits.idle).min(limits.stall);
        if now >= due { overdue } else { Found::FineUntil(due.min(now + shortest)) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn limits() -> AcceptLimits {
        let secs = Duration::from_secs;
        AcceptLimits {
            connections: 1,
            header: secs(10),
            body: secs(30),
            idle: secs(60),
            stall: secs(20),
            drain: secs(1),
            tally: Default::default(),
        }
    }

    /// A connection and its clock.
    struct Watched(Activity, Cell<Instant>);

    impl Watched {
        fn new() -> Watched {
            let now = Instant::now();
            Watched(Activity::new(now), Cell::new(now))
        }

        fn now(&self) -> Instant {
            self.1.get()
        }

        fn after(&self, secs: u64) -> Option<Found> {
            self.1.set(self.now() + Duration::from_secs(secs));
            Some(self.0.look(&limits(), self.now())).filter(|found| !matches!(found, Found::FineUntil(_)))
        }

        fn request(&self) {
            self.0.request_began();
            self.0.request_ended(|| self.now());
        }
    }

    #[test]
    fn a_header_is_due_from_the_first_moment_however_slowly_it_trickles() {
        let watched = Watched::new();
        assert_eq!(watched.after(9), None);
        watched.0.bytes_read(|| watched.now());
        assert_eq!(watched.after(1), Some(Found::Stuck));
    }

    #[test]
    fn between_requests_a_connection_may_idle_and_the_next_header_has_its_own_deadline() {
        let watched = Watched::new();
        watched.0.request_began();
        assert_eq!(watched.after(100), None, "the handler takes its time");
        watched.0.request_ended(|| watched.now());
        assert_eq!(watched.after(59), None);
        watched.0.bytes_read(|| watched.now());
        assert_eq!(watched.after(9), None);
        watched.0.bytes_read(|| watched.now());
        assert_eq!(watched.after(1), Some(Found::Stuck));
    }

    #[test]
    fn an_idle_connection_ends_politely() {
        let watched = Watched::new();
        watched.request();
        assert_eq!(watched.after(60), Some(Found::Idle));
    }

    #[test]
    fn pings_do_not_keep_a_multiplexed_connection_open() {
        let watched = Watched::new();
        watched.0.is_multiplexed();
        watched.request();
        assert_eq!(watched.after(50), None);
        watched.0.bytes_read(|| watched.now());
        assert_eq!(watched.after(10), Some(Found::Idle));
    }

    #[test]
    fn a_long_answer_on_its_way_is_not_idling() {
        let watched = Watched::new();
        watched.0.is_multiplexed();
        watched.request();
        assert_eq!(watched.after(50), None);
        watched.0.bytes_written(16_384, || watched.now());
        assert_eq!(watched.after(50), None);
        watched.0.bytes_written(17, || watched.now());
        assert_eq!(watched.after(10), Some(Found::Idle));
    }

    #[test]
    fn a_client_that_takes_no_bytes_is_stuck() {
        let watched = Watched::new();
        watched.request();
        watched.0.write_blocked(|| watched.now());
        assert_eq!(watched.after(19), None);
        watched.0.bytes_written(1, || watched.now());
        watched.0.write_blocked(|| watched.now());
        assert_eq!(watched.after(20), Some(Found::Stuck));
    }
}
