//! The machine's own time and chance: the only place that asks for them.

#![allow(clippy::disallowed_methods, reason = "here the machine's clock and chance are handed over")]

use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::{Chance, Clock};
use crate::domain::Timestamp;

pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 is one that nobody has set yet.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

pub struct OsChance;

impl Chance for OsChance {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .expect("the kernel's random source answers; without it no secret could be made");
    }
}
