//! Moments, as milliseconds since the Unix epoch in UTC.

use std::fmt;
use std::time::Duration;

/// A moment. Comes from the clock in `App`, never from the machine directly, so that tests can move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const EPOCH: Timestamp = Timestamp(0);

    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved forward; stays at the end of time instead of overflowing.
    pub fn plus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    pub fn minus(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Whether something that began then, and lasts so long, goes on now. What began further ahead than it lasts does
    /// not: the clock was wrong when it began, and it would last until the clock gets there.
    pub fn is_within(self, lasts: Duration, began: Timestamp) -> bool {
        self < began.plus(lasts) && began < self.plus(lasts)
    }

    /// How long ago `earlier` was; zero if it lies in the future, as it may after the clock was set back.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// RFC 3339 in UTC with milliseconds, as it stands in answers and exports.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => write!(f, "{}", if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_rfc_3339() {
        assert_eq!(Timestamp::from_millis(1_732_400_000_123).to_string(), "2024-11-23T22:13:20.123Z");
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_clock_set_back_gives_no_negative_age() {
        let (earlier, later) = (Timestamp::from_millis(1_000), Timestamp::from_millis(5_000));
        assert_eq!(later.since(earlier), Duration::from_secs(4));
        assert_eq!(earlier.since(later), Duration::ZERO);
    }

    #[test]
    fn what_began_far_ahead_of_the_clock_does_not_go_on_until_then() {
        let (minute, now) = (Duration::from_secs(60), Timestamp::from_millis(100_000));
        for (began, goes_on) in
            [(40_000, false), (40_001, true), (100_000, true), (159_999, true), (160_000, false)]
        {
            assert_eq!(now.is_within(minute, Timestamp::from_millis(began)), goes_on, "{began}");
        }
    }
}
