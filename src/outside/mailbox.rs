//! A mailer that keeps what it is given: for the demo, whose mailbox is a page, and for tests.

use std::collections::VecDeque;

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{Mail, Mailer, OutsideError};
use crate::domain::{Email, Timestamp};

/// A mail and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub mail: Mail,
    pub at: Timestamp,
}

type Now = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// The latest mails, up to a number.
pub struct Mailbox {
    capacity: usize,
    now: Now,
    kept: Mutex<VecDeque<Kept>>,
    arrived: Notify,
}

struct Kept {
    received: Received,
    /// Whether [`Mailbox::next_for`] has handed it out.
    taken: bool,
}

impl Mailbox {
    /// Keeps the latest `capacity` mails. It does not know the time: see [`Mailbox::with_time`].
    pub fn new(capacity: usize) -> Mailbox {
        Mailbox::with_time(capacity, || Timestamp::EPOCH)
    }

    /// The same, with a clock for `at`.
    pub fn with_time(capacity: usize, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Mailbox {
        Mailbox {
            capacity,
            now: Box::new(now),
            kept: Mutex::new(VecDeque::with_capacity(capacity.min(64))),
            arrived: Notify::new(),
        }
    }

    /// All that is kept, the newest first.
    pub fn mails(&self) -> Vec<Received> {
        self.kept.lock().iter().rev().map(|kept| kept.received.clone()).collect()
    }

    /// The next mail to an address that was not handed out before, once it has come; each is handed out once.
    pub async fn next_for(&self, to: &Email) -> Mail {
        loop {
            let mut arrival = std::pin::pin!(self.arrived.notified());
            // Listening begins before looking, so that a mail that comes in between is not missed.
            arrival.as_mut().enable();
            if let Some(mail) = self.take_for(to) {
                return mail;
            }
            arrival.await;
        }
    }

    fn take_for(&self, to: &Email) -> Option<Mail> {
        let mut kept = self.kept.lock();
        let next =
            kept.iter_mut().find(|kept| !kept.taken && kept.received.mail.to.lookup() == to.lookup())?;
        next.taken = true;
        Some(next.received.mail.clone())
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<String, OutsideError> {
        let received = Received { mail: mail.clone(), at: (self.now)() };
        let mut kept = self.kept.lock();
        kept.push_back(Kept { received, taken: false });
        while kept.len() > self.capacity {
            kept.pop_front();
        }
        drop(kept);
        self.arrived.notify_waiters();
        Ok("250 kept in the mailbox".to_owned())
    }

    fn describe(&self) -> String {
        "a mailbox in memory: nothing leaves this machine".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            to: Email::parse(to).unwrap(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
        }
    }

    #[tokio::test]
    async fn the_latest_mails_are_kept_newest_first() {
        let mailbox = Mailbox::with_time(2, || Timestamp::from_millis(7));
        for subject in ["one", "two", "three"] {
            mailbox.send(&mail("ada@example.org", subject)).await.unwrap();
        }
        let subjects: Vec<_> = mailbox.mails().into_iter().map(|received| received.mail.subject).collect();
        assert_eq!(subjects, ["three", "two"]);
        assert_eq!(mailbox.mails()[0].at, Timestamp::from_millis(7));
    }

    #[tokio::test]
    async fn each_mail_is_handed_out_once_to_who_waits_for_it() {
        let mailbox = Arc::new(Mailbox::new(10));
        let ada = Email::parse("Ada@example.org").unwrap();
        let waiting = tokio::spawn({
            let (mailbox, ada) = (mailbox.clone(), ada.clone());
            async move { mailbox.next_for(&ada).await.subject }
        });
        mailbox.send(&mail("bob@example.org", "not this")).await.unwrap();
        mailbox.send(&mail("ada@example.org", "first")).await.unwrap();
        assert_eq!(waiting.await.unwrap(), "first");
        mailbox.send(&mail("ada@example.org", "second")).await.unwrap();
        assert_eq!(mailbox.next_for(&ada).await.subject, "second");
    }
}
