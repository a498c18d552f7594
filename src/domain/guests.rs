//! People who comment without an account: a name, and a token in their browser that makes them the same person
//! next time, on this site only.

use std::time::Duration;

use super::{GuestId, Name, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub id: GuestId,
    pub site: SiteId,
    pub name: Name,
    pub created_at: Timestamp,
    /// How many of their comments a moderator approved: with one, the next are published.
    pub approved: u32,
}

/// How hard a guest's browser works for a comment: SHA-256 is tried about 65,000 times, some 200 ms on a phone.
pub const PROOF_BITS: u8 = 16;
/// How long a challenge is good for.
pub const PROOF_TTL: Duration = Duration::from_secs(10 * 60);

/// How fast guests post on a site, from whichever addresses: limits hold each address apart, and this what they do together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    minute: i64,
    comments: u32,
    /// In the minute before.
    before: u32,
}

impl Pace {
    /// From so many guests' comments in a minute on, their browsers work harder.
    pub const BUSY: u32 = 20;
    /// 64 times as hard is as hard as it gets: some ten seconds on a phone.
    pub const MAX_MORE_BITS: u8 = 6;

    pub fn note(&mut self, now: Timestamp) {
        *self = self.at(now);
        self.comments = self.comments.saturating_add(1);
    }

    /// One bit more, so twice the work, from [`Pace::BUSY`] on, and another one with each doubling.
    pub fn more_bits(&self, now: Timestamp) -> u8 {
        let Pace { comments, before, .. } = self.at(now);
        let doublings = (comments.max(before) / Pace::BUSY).checked_ilog2().map_or(0, |log| log + 1);
        u8::try_from(doublings).unwrap_or(u8::MAX).min(Pace::MAX_MORE_BITS)
    }

    fn at(&self, now: Timestamp) -> Pace {
        let minute = now.as_millis().div_euclid(60_000);
        match minute - self.minute {
            0 => *self,
            1 => Pace { minute, comments: 0, before: self.comments },
            _ => Pace { minute, comments: 0, before: 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_gets_harder_with_each_doubling_and_easier_when_it_is_over() {
        let mut pace = Pace::default();
        let start = Timestamp::from_millis(90_000_000);
        for (comments, bits) in [(19, 0), (20, 1), (39, 1), (40, 2), (80, 3), (640, 6), (100_000, 6)] {
            while pace.comments < comments {
                pace.note(start);
            }
            assert_eq!(pace.more_bits(start), bits, "{comments}");
        }
        let minute = Duration::from_secs(60);
        assert_eq!(pace.more_bits(start.plus(minute)), 6, "the minute after");
        assert_eq!(pace.more_bits(start.plus(minute * 2)), 0);
    }
}
