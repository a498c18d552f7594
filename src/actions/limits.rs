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
use parking_lot::Mutex;

use crate::app::Clock;
use crate::config::Rate;
use crate::domain::{AccountId, Email, Refusal, Timestamp, TokenHash};

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
        let clock = GovernorClock(SteadyClock::over(clock));
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

/// NIST SP 800-63B-4, section 3.2.2: at most so many attempts in a row.
pub const FAILURES_PER_ACCOUNT: u32 = 100;

pub struct Limits {
    pub write: Limiter,
    pub vote: Limiter,
    pub address: Limiter,
    pub sign_in_mail: Limiter,
    pub sign_in: Limiter,
    /// Attempts on one account, from wherever: as many as one address may go on making, so that no single one can
    /// keep its owner out.
    pub sign_in_account: Limiter,
    /// Tokens of sites that were not signed well: apart from people's own sign-ins, which stand in for them.
    pub sso: Limiter,
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
            sign_in_account: Limiter::new(
                Rate { burst: FAILURES_PER_ACCOUNT, every: rates.sign_in.every },
                clock,
            ),
            sso: Limiter::new(rates.sign_in, clock),
            preview: Limiter::new(rates.preview, clock),
        }
    }

    pub fn sweep(&self) {
        for limiter in [
            &self.write,
            &self.vote,
            &self.address,
            &self.sign_in_mail,
            &self.sign_in,
            &self.sign_in_account,
            &self.sso,
            &self.preview,
        ] {
            limiter.sweep();
        }
    }
}

/// The house's clock as the limiter reads it: it never goes back, even when the other does.
#[derive(Clone)]
struct GovernorClock(Arc<SteadyClock>);

struct SteadyClock {
    clock: Arc<dyn Clock>,
    /// The other clock when it was last read, and what was told then.
    last: Mutex<(Timestamp, Duration)>,
}

impl SteadyClock {
    fn over(clock: &Arc<dyn Clock>) -> Arc<SteadyClock> {
        // Not from zero: a limiter counts back from now.
        let last = Mutex::new((clock.now(), Duration::from_secs(60 * 60 * 24 * 365)));
        Arc::new(SteadyClock { clock: clock.clone(), last })
    }

    fn now(&self) -> Duration {
        let mut last = self.last.lock();
        let now = self.clock.now();
        let (seen, told) = *last;
        *last = (now, told + now.since(seen));
        last.1
    }
}

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
        Moment(self.0.now())
    }
}
