//! Sending the notices of the outbox.
//!
//! Invariant: a notice leaves the outbox only once it was sent, has expired, was refused for good, or was tried
//! [`MAX_TRIES`] times. It is sent twice only if this process dies in between; it is never lost.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{Wakeup, stopped};
use crate::app::Clock;
use crate::config::BaseUrl;
use crate::domain::Timestamp;
use crate::domain::notices::{Notice, NoticeKind, Queued};
use crate::outside::{Mailer, OutsideError, mails};
use crate::storage::{Outbox, StoreError};

const MAX_TRIES: u32 = 10;
const FIRST_RETRY: Duration = Duration::from_secs(30);
const LONGEST_RETRY: Duration = Duration::from_secs(6 * 60 * 60);

/// How many notices are taken up at once, and how many of them are sent at the same time.
const BATCH: usize = 32;
const AT_ONCE: usize = 4;

/// The clock may jump: what is due is looked up at least this often.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Between attempts when the store fails, so that a failing disk does not get a busy loop on top.
const WAIT_AFTER_FAILURE: Duration = Duration::from_secs(5);

pub(super) struct Delivery<'a, O: ?Sized> {
    outbox: &'a O,
    mailer: Option<&'a dyn Mailer>,
    clock: &'a dyn Clock,
    base_url: &'a BaseUrl,
    /// What was decided and could not be written. Kept, so that a full disk does not send a mail again and again.
    unwritten: Mutex<HashMap<u64, Outcome>>,
}

impl<'a, O: Outbox + ?Sized> Delivery<'a, O> {
    pub fn new(
        outbox: &'a O,
        mailer: Option<&'a dyn Mailer>,
        clock: &'a dyn Clock,
        base_url: &'a BaseUrl,
    ) -> Delivery<'a, O> {
        Delivery { outbox, mailer, clock, base_url, unwritten: Mutex::default() }
    }

    pub async fn run(&self, wakeup: &Wakeup, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let wait = self.round(&stop).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the outbox could not be read or written");
                WAIT_AFTER_FAILURE
            });
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = wakeup.waited() => {}
                () = stopped(&mut stop) => {}
            }
        }
    }

    /// Sends everything that is due; then how long there is nothing to do.
    async fn round(&self, stop: &watch::Receiver<bool>) -> Result<Duration, StoreError> {
        while self.send_due(stop).await? == Sent::SomeRemain {}
        self.until_next().await
    }

    /// Takes up one batch of what is due.
    async fn send_due(&self, stop: &watch::Receiver<bool>) -> Result<Sent, StoreError> {
        let due = self.outbox.due(self.clock.now(), BATCH).await?;
        let was_full = due.len() == BATCH;
        let outcomes: Vec<_> = futures_util::stream::iter(due)
            .map(|queued| async move {
                // Once we are to stop, what is not under way stays queued.
                if *stop.borrow() { Ok(Outcome::Left) } else { self.handle(queued).await }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut moved = false;
        for outcome in outcomes {
            moved |= outcome? != Outcome::Left;
        }
        Ok(if was_full && moved { Sent::SomeRemain } else { Sent::AllDue })
    }

    async fn handle(&self, queued: Queued) -> Result<Outcome, StoreError> {
        let decided = self.unwritten.lock().remove(&queued.id);
        let outcome = match decided {
            Some(outcome) => outcome,
            None => self.deliver(&queued).await,
        };
        let written = match outcome {
            Outcome::Done => self.outbox.done(queued.id).await,
            Outcome::Later(at) => self.outbox.postpone(queued.id, at).await,
            Outcome::Left => Ok(()),
        };
        if written.is_err() {
            self.unwritten.lock().insert(queued.id, outcome);
        }
        written.map(|()| outcome)
    }

    async fn deliver(&self, queued: &Queued) -> Outcome {
        let Queued { notice, tries, .. } = queued;
        if is_over(notice, self.clock.now()) {
            tracing::info!(notice = kind(notice), "a notice expired before it could be sent");
            return Outcome::Done;
        }
        let Some(mailer) = self.mailer else { return Outcome::Left };
        let Err(failure) = mailer.send(&mails::render(notice, self.base_url)).await else {
            return Outcome::Done;
        };
        if let Some(at) = self.next_try(notice, *tries, &failure) {
            return Outcome::Later(at);
        }
        let words = without_addresses(&failure.to_string());
        tracing::warn!(notice = kind(notice), tries = tries + 1, "a notice could not be sent: {words}");
        Outcome::Done
    }

    /// When to try again; `None` if that makes no sense.
    fn next_try(&self, notice: &Notice, tries: u32, failure: &OutsideError) -> Option<Timestamp> {
        let at = self.clock.now().plus(retry_after(tries));
        let is_worth_it = matches!(failure, OutsideError::Temporary(_)) && tries + 1 < MAX_TRIES;
        (is_worth_it && !is_over(notice, at)).then_some(at)
    }

    async fn until_next(&self) -> Result<Duration, StoreError> {
        let next = self.outbox.next_due().await?;
        let wait = next.map_or(LONGEST_WAIT, |at| at.since(self.clock.now()));
        // Without a mailer what is due stays so: no hurry to look at it again.
        let least = if self.mailer.is_some() { Duration::ZERO } else { LONGEST_WAIT };
        Ok(wait.clamp(least, LONGEST_WAIT))
    }
}

#[derive(Debug, PartialEq)]
enum Sent {
    /// More was due than fits one batch.
    SomeRemain,
    AllDue,
}

/// What becomes of one notice.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    /// It leaves the outbox.
    Done,
    Later(Timestamp),
    /// It stays as it is.
    Left,
}

fn is_over(notice: &Notice, now: Timestamp) -> bool {
    notice.expires_at.is_some_and(|at| now >= at)
}

/// Doubles with every try.
fn retry_after(tries: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << tries.min(16)).min(LONGEST_RETRY)
}

fn kind(notice: &Notice) -> &'static str {
    match notice.kind {
        NoticeKind::SignInCode { .. } => "sign-in code",
        NoticeKind::SignInLink { .. } => "sign-in link",
        NoticeKind::ProveLink { .. } => "proof link",
        NoticeKind::Test => "test mail",
        NoticeKind::ConfirmAddress { .. } => "address confirmation",
        NoticeKind::AddressChanged
        | NoticeKind::PasswordChanged
        | NoticeKind::SecondFactorOn
        | NoticeKind::SecondFactorOff
        | NoticeKind::IdentityLinked { .. }
        | NoticeKind::IdentityUnlinked { .. } => "account notice",
    }
}

/// A mail server's words without the addresses that it likes to repeat: they must not stand in a log.
fn without_addresses(words: &str) -> String {
    let shown = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    words.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
