//! How often somebody may do something. Kept in memory: a restart forgives.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::app::Clock;
use crate::config::Rate;
use crate::domain::{AccountId, Email, Refusal, TokenHash};

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Account(AccountId),
    Guest(TokenHash),
    /// An address, or the /64 it lies in for IPv6: what one household or attacker has.
    Address(IpAddr),
    /// A recipient of mail.
    Recipient(String),
}

impl Subject {
    pub fn address(ip: IpAddr) -> Subject {
        Subject::Address(match ip.to_canonical() {
            IpAddr::V4(ip) => IpAddr::V4(ip),
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
        })
    }

    pub fn recipient(email: &Email) -> Subject {
        Subject::Recipient(email.lookup())
    }
}

/// One kind of limit over all subjects.
pub struct Limiter {
    inner: RateLimiter<Subject, DashMapStateStore<Subject>, GovernorClock, NoOpMiddleware<Moment>>,
    clock: GovernorClock,
}

impl Limiter {
    fn new(rate: Rate, clock: &Arc<dyn Clock>) -> Limiter {
        let clock = GovernorClock(clock.clone());
        let period = rate.every.max(Duration::from_nanos(1));
        let quota = Quota::with_period(period)
            .expect("a period above zero")
            .allow_burst(NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN));
        Limiter { inner: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()), clock }
    }

    /// Counts one; refuses with the time after which it would be taken.
    pub fn check(&self, subject: Subject) -> Result<(), Refusal> {
        self.inner.check_key(&subject).map_err(|until| {
            // Whole seconds, rounded up: a client that waits as told must not be refused again.
            let wait = until.wait_time_from(self.clock.now());
            Refusal::TooFast {
                retry_after: Duration::from_secs(wait.as_millis().div_ceil(1000).max(1) as u64),
            }
        })
    }

    /// Forgets subjects that would be taken anyway.
    fn sweep(&self) {
        self.inner.retain_recent();
        self.inner.shrink_to_fit();
    }
}

pub struct Limits {
    pub write: Limiter,
    pub vote: Limiter,
    pub address: Limiter,
    pub sign_in_mail: Limiter,
    pub sign_in: Limiter,
    pub preview: Limiter,
}

impl Limits {
    pub fn new(rates: &crate::config::Limits, clock: &Arc<dyn Clock>) -> Limits {
        Limits {
            write: Limiter::new(rates.write, clock),
            vote: Limiter::new(rates.vote, clock),
            address: Limiter::new(rates.address, clock),
            sign_in_mail: Limiter::new(rates.sign_in_mail, clock),
            sign_in: Limiter::new(rates.sign_in, clock),
            preview: Limiter::new(rates.preview, clock),
        }
    }

    pub fn sweep(&self) {
        for limiter in
            [&self.write, &self.vote, &self.address, &self.sign_in_mail, &self.sign_in, &self.preview]
        {
            limiter.sweep();
        }
    }
}

/// The house's clock as the limiter reads it.
#[derive(Clone)]
struct GovernorClock(Arc<dyn Clock>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Duration);

impl Reference for Moment {
    fn duration_since(&self, earlier: Moment) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Moment {
        Moment(self.0.saturating_sub(duration.into()))
    }
}

impl std::ops::Add<Nanos> for Moment {
    type Output = Moment;
    fn add(self, other: Nanos) -> Moment {
        Moment(self.0.saturating_add(other.into()))
    }
}

impl governor::clock::Clock for GovernorClock {
    type Instant = Moment;
    fn now(&self) -> Moment {
        Moment(Duration::from_millis(u64::try_from(self.0.now().as_millis()).unwrap_or(0)))
    }
}
