use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use async_trait::async_trait;
use parking_lot::Mutex;

use super::*;
use crate::domain::{Email, Name, Timestamp};
use crate::outside::Mail;
use crate::outside::mailbox::Mailbox;

/// An outbox in memory. Keeps the promises of the trait, and can be told to fail.
#[derive(Default)]
struct FakeOutbox {
    rows: Mutex<BTreeMap<u64, Queued>>,
    /// How many more reads, and how many more writes, fail.
    failures_left: AtomicUsize,
    writes_failing: AtomicUsize,
}

impl FakeOutbox {
    fn read(&self) -> Result<(), StoreError> {
        Self::count_down(&self.failures_left)
    }

    fn write(&self) -> Result<(), StoreError> {
        Self::count_down(&self.writes_failing)
    }

    fn count_down(failing: &AtomicUsize) -> Result<(), StoreError> {
        let fails = failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if fails.is_ok() { Err(StoreError::Io("unplugged".to_owned())) } else { Ok(()) }
    }

    fn tries(&self) -> Vec<u32> {
        self.rows.lock().values().map(|queued| queued.tries).collect()
    }
}

#[async_trait]
impl Outbox for FakeOutbox {
    async fn queue(&self, notice: Notice, due_at: Timestamp) -> Result<u64, StoreError> {
        let mut rows = self.rows.lock();
        let id = rows.last_key_value().map_or(1, |(id, _)| id + 1);
        rows.insert(id, Queued { id, notice, due_at, tries: 0 });
        Ok(id)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Queued>, StoreError> {
        self.read()?;
        let mut due: Vec<_> = self.rows.lock().values().filter(|q| q.due_at <= now).cloned().collect();
        due.sort_by_key(|queued| queued.due_at);
        due.truncate(limit);
        Ok(due)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.rows.lock().values().map(|queued| queued.due_at).min())
    }

    async fn done(&self, id: u64) -> Result<(), StoreError> {
        self.write()?;
        self.rows.lock().remove(&id);
        Ok(())
    }

    async fn postpone(&self, id: u64, due_at: Timestamp) -> Result<(), StoreError> {
        self.write()?;
        if let Some(queued) = self.rows.lock().get_mut(&id) {
            queued.due_at = due_at;
            queued.tries += 1;
        }
        Ok(())
    }
}

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl TestClock {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

/// A mailer that refuses everything, in the words it was given.
struct Refusing(OutsideError, AtomicUsize);

#[async_trait]
impl Mailer for Refusing {
    async fn send(&self, _: &Mail) -> Result<String, OutsideError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Err(self.0.clone())
    }

    fn describe(&self) -> String {
        String::new()
    }
}

fn refusing(error: OutsideError) -> Refusing {
    Refusing(error, AtomicUsize::new(0))
}

fn busy() -> OutsideError {
    OutsideError::Temporary("451 4.7.1 come back later".to_owned())
}

struct House {
    outbox: FakeOutbox,
    clock: TestClock,
    base_url: BaseUrl,
    stop: watch::Receiver<bool>,
    _stop: watch::Sender<bool>,
}

impl House {
    fn new() -> House {
        let (_stop, stop) = watch::channel(false);
        let base_url = BaseUrl { origin: "https://comments.example.org".to_owned(), path: String::new() };
        House {
            outbox: FakeOutbox::default(),
            clock: TestClock(AtomicI64::new(1_790_000_000_000)),
            base_url,
            stop,
            _stop,
        }
    }

    fn delivery<'a>(&'a self, mailer: Option<&'a dyn Mailer>) -> Delivery<'a, FakeOutbox> {
        Delivery::new(&self.outbox, mailer, &self.clock, &self.base_url)
    }

    async fn queue(&self, to: &str, expires_after: Option<Duration>) {
        let now = self.clock.now();
        let kind = NoticeKind::SignInCode {
            code: "482913".to_owned(),
            site: Name::parse("The Blog").unwrap(),
            origin: "https://blog.example".to_owned(),
        };
        let to = Email::parse(to).unwrap();
        let notice = Notice { to, kind, expires_at: expires_after.map(|after| now.plus(after)) };
        self.outbox.queue(notice, now).await.unwrap();
    }

    fn left(&self) -> usize {
        self.outbox.rows.lock().len()
    }
}

#[tokio::test]
async fn what_is_due_is_sent_once_and_leaves_the_outbox() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    house.queue("bob@example.org", None).await;
    let mailbox = Mailbox::new(10);
    let delivery = house.delivery(Some(&mailbox));
    for _ in 0..2 {
        delivery.send_due(&house.stop).await.unwrap();
    }
    assert_eq!(mailbox.mails().len(), 2);
    assert_eq!(house.left(), 0);
}

#[tokio::test]
async fn an_expired_notice_is_dropped_unsent() {
    let house = House::new();
    house.queue("ada@example.org", Some(Duration::from_secs(600))).await;
    house.clock.advance(Duration::from_secs(600));
    let mailbox = Mailbox::new(10);
    house.delivery(Some(&mailbox)).send_due(&house.stop).await.unwrap();
    assert!(mailbox.mails().is_empty());
    assert_eq!(house.left(), 0);
}

#[tokio::test]
async fn a_temporary_failure_is_tried_again_ever_more_rarely_and_at_last_given_up() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    let mailer = refusing(busy());
    let delivery = house.delivery(Some(&mailer));
    let mut waits = Vec::new();
    while house.left() > 0 {
        delivery.send_due(&house.stop).await.unwrap();
        delivery.send_due(&house.stop).await.unwrap();
        if let Some(next) = house.outbox.next_due().await.unwrap() {
            let wait = next.since(house.clock.now());
            waits.push(wait.as_secs());
            house.clock.advance(wait);
        }
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
    assert_eq!(mailer.1.load(Ordering::SeqCst), 10, "tries");
    assert_eq!(retry_after(40), Duration::from_secs(6 * 60 * 60), "never rarer than that");
}

#[tokio::test]
async fn a_permanent_failure_is_given_up_at_once() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    let mailer = refusing(OutsideError::Permanent("550 no such person".to_owned()));
    house.delivery(Some(&mailer)).send_due(&house.stop).await.unwrap();
    assert_eq!(house.left(), 0);
}

#[tokio::test]
async fn a_try_that_would_come_too_late_is_not_waited_for() {
    let house = House::new();
    house.queue("ada@example.org", Some(Duration::from_secs(600))).await;
    let mailer = refusing(busy());
    let delivery = house.delivery(Some(&mailer));
    for _ in 0..20 {
        delivery.send_due(&house.stop).await.unwrap();
        house.clock.advance(Duration::from_secs(40));
    }
    assert_eq!(house.left(), 0);
    assert_eq!(mailer.1.load(Ordering::SeqCst), 5, "at 0, 40, 120, 240 and 480 seconds");
}

#[tokio::test]
async fn one_bad_recipient_does_not_hold_up_the_others() {
    struct Picky(Mailbox);
    #[async_trait]
    impl Mailer for Picky {
        async fn send(&self, mail: &Mail) -> Result<String, OutsideError> {
            if mail.to.as_str().starts_with("bad") { Err(busy()) } else { self.0.send(mail).await }
        }
        fn describe(&self) -> String {
            String::new()
        }
    }
    let house = House::new();
    for n in 0..3 * BATCH {
        house.queue(&format!("bad{n}@example.org"), None).await;
    }
    house.queue("ada@example.org", None).await;
    let mailer = Picky(Mailbox::new(10));
    let delivery = house.delivery(Some(&mailer));
    while delivery.send_due(&house.stop).await.unwrap() == Sent::SomeRemain {}
    assert_eq!(mailer.0.mails().len(), 1);
    assert!(house.outbox.tries().iter().all(|tries| *tries == 1));
}

#[tokio::test]
async fn a_disk_that_takes_no_writes_sends_no_mail_twice() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    house.outbox.writes_failing.store(3, Ordering::SeqCst);
    let mailbox = Mailbox::new(10);
    let delivery = house.delivery(Some(&mailbox));
    for _ in 0..3 {
        assert!(delivery.round(&house.stop).await.is_err());
    }
    delivery.round(&house.stop).await.unwrap();
    assert_eq!((mailbox.mails().len(), house.left()), (1, 0));
}

#[tokio::test]
async fn what_is_not_under_way_when_we_stop_stays_queued() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    let mailbox = Mailbox::new(10);
    let (_sender, stopping) = watch::channel(true);
    house.delivery(Some(&mailbox)).send_due(&stopping).await.unwrap();
    assert_eq!((mailbox.mails().len(), house.left()), (0, 1));
}

#[tokio::test]
async fn without_a_mailer_notices_wait_but_expire_all_the_same() {
    let house = House::new();
    house.queue("ada@example.org", None).await;
    house.queue("bob@example.org", Some(Duration::from_secs(1))).await;
    house.clock.advance(Duration::from_secs(2));
    let delivery = house.delivery(None);
    assert!(delivery.send_due(&house.stop).await.unwrap() == Sent::AllDue);
    assert_eq!(house.left(), 1);
    assert_eq!(delivery.until_next().await.unwrap(), LONGEST_WAIT, "no busy loop");
}

#[tokio::test]
async fn the_wait_is_until_the_next_notice_but_never_long() {
    let house = House::new();
    let mailbox = Mailbox::new(1);
    let delivery = house.delivery(Some(&mailbox));
    assert_eq!(delivery.until_next().await.unwrap(), LONGEST_WAIT);
    house.queue("ada@example.org", None).await;
    assert_eq!(delivery.until_next().await.unwrap(), Duration::ZERO);
    house.outbox.postpone(1, house.clock.now().plus(Duration::from_secs(7))).await.unwrap();
    assert_eq!(delivery.until_next().await.unwrap(), Duration::from_secs(7));
    house.clock.advance(Duration::from_secs(7_000));
    assert_eq!(delivery.until_next().await.unwrap(), Duration::ZERO, "after a jump of the clock");
}

/// Runs the loop beside `during`, then stops it and waits for its end.
async fn while_running(
    house: Arc<House>,
    mailbox: Arc<Mailbox>,
    wakeup: Arc<Wakeup>,
    during: impl Future<Output = ()>,
) {
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move {
        house.delivery(Some(&*mailbox)).run(&wakeup, stopped).await;
    });
    during.await;
    stop.send(true).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_queued_notice_goes_out_as_soon_as_the_loop_is_woken() {
    let (house, mailbox, wakeup) =
        (Arc::new(House::new()), Arc::new(Mailbox::new(10)), Arc::new(Wakeup::default()));
    let began = std::time::Instant::now();
    while_running(house.clone(), mailbox.clone(), wakeup.clone(), async {
        for _ in 0..3 {
            house.queue("ada@example.org", None).await;
            wakeup.wake();
            mailbox.next_for(&Email::parse("ada@example.org").unwrap()).await;
        }
    })
    .await;
    assert!(began.elapsed() < LONGEST_WAIT, "the loop slept through it");
}

#[tokio::test]
async fn a_failing_store_loses_nothing_and_does_not_end_the_loop() {
    let (house, mailbox, wakeup) =
        (Arc::new(House::new()), Arc::new(Mailbox::new(10)), Arc::new(Wakeup::default()));
    house.outbox.failures_left.store(1, Ordering::SeqCst);
    house.queue("ada@example.org", None).await;
    let delivery = house.delivery(Some(&*mailbox));
    assert!(delivery.round(&house.stop).await.is_err());
    while_running(house.clone(), mailbox.clone(), wakeup, async {
        mailbox.next_for(&Email::parse("ada@example.org").unwrap()).await;
    })
    .await;
    assert_eq!(house.left(), 0);
}

#[test]
fn no_address_reaches_the_log() {
    assert_eq!(
        without_addresses("550 5.1.1 <ada@example.org>: no such person (ada@example.org) here"),
        "550 5.1.1 … no such person … here"
    );
}
