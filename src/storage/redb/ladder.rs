//! Keeps the end of a long read from holding up a write.
//!
//! The engine uses a page again once no snapshot needs it, and it is the next commit that frees all pages of which that
//! has become true. After a read with 3,000 commits beside it that one commit took 60 ms instead of 6, and it would
//! take longer after more of them. So while a long read goes on the writer takes a snapshot every few commits, a rung; when the read is over
//! it lets them go one by one, the oldest first, and each commit frees what lies between two rungs.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use redb::ReadTransaction;

use super::handle::Handle;

/// Commits from one rung to the next.
const STEP: usize = 8;

#[derive(Default)]
pub struct Ladder {
    /// Long reads that go on.
    climbers: AtomicUsize,
    rungs: Mutex<Rungs>,
}

#[derive(Default)]
struct Rungs {
    held: VecDeque<ReadTransaction>,
    /// Commits since the last one was taken.
    commits: usize,
}

/// A long read, while this lives. It has to be made before its snapshot and outlive it.
pub struct Climber<'l>(&'l Ladder);

impl Ladder {
    pub fn climb(&self) -> Climber<'_> {
        self.climbers.fetch_add(1, Ordering::SeqCst);
        Climber(self)
    }

    /// Called by the writer after each commit.
    pub fn after_commit(&self, handle: &Handle) {
        let mut rungs = self.rungs.lock();
        if self.climbers.load(Ordering::SeqCst) == 0 {
            rungs.held.pop_front();
            return;
        }
        rungs.commits += 1;
        if rungs.commits >= STEP
            && let (Ok(rung), _) = handle.begin_read()
        {
            rungs.commits = 0;
            rungs.held.push_back(rung);
        }
    }

    /// Lets go of all: the file is about to be closed.
    pub fn clear(&self) {
        self.rungs.lock().held.clear();
    }
}

impl Drop for Climber<'_> {
    fn drop(&mut self) {
        self.0.climbers.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::handle;
    use super::super::tests::Memory;
    use super::*;

    #[test]
    fn rungs_are_taken_while_somebody_climbs_and_let_go_one_a_commit() {
        let handle = Handle::new(Arc::new(Memory), 1 << 20, handle::open(&Memory, 1 << 20).unwrap());
        let ladder = Ladder::default();
        let held = |commits: usize| {
            (0..commits).for_each(|_| ladder.after_commit(&handle));
            ladder.rungs.lock().held.len()
        };
        assert_eq!(held(10 * STEP), 0, "nobody reads for long");
        let (one, another) = (ladder.climb(), ladder.climb());
        assert_eq!(held(3 * STEP), 3);
        drop(one);
        assert_eq!(held(STEP), 4, "the other one goes on");
        drop(another);
        assert_eq!([held(1), held(1), held(1), held(1), held(1)], [3, 2, 1, 0, 0]);
        let _third = ladder.climb();
        assert_eq!(held(STEP), 1);
        ladder.clear();
        assert_eq!(held(0), 0);
    }
}
