//! A file that looks as if it could be written, and is not: what is written stays in memory.
//!
//! The engine writes when it opens a file, at least a mark that it is open, and more if it was not closed. Through an
//! overlay a file can be looked at without being changed, and read from a disk that takes no write at all.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;

use parking_lot::RwLock;
use redb::{BackendError, StorageBackend};

const BLOCK: u64 = 4096;

#[derive(Debug)]
pub struct Overlay {
    base: Box<dyn StorageBackend>,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    len: u64,
    /// Up to where the base shows: less than its length once the file was cut.
    base_shows: u64,
    written: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    pub fn new(base: Box<dyn StorageBackend>) -> io::Result<Overlay> {
        let len = base.len()?;
        let state = State { len, base_shows: len, written: BTreeMap::new() };
        Ok(Overlay { base, state: RwLock::new(state) })
    }

    /// A block as it is now; zeros where there was nothing.
    fn block(&self, state: &State, number: u64) -> io::Result<Vec<u8>> {
        if let Some(block) = state.written.get(&number) {
            return Ok(block.clone());
        }
        let mut block = vec![0; BLOCK as usize];
        let start = number * BLOCK;
        let shown = state.base_shows.saturating_sub(start).min(BLOCK) as usize;
        if shown > 0 {
            self.base.read(start, &mut block[..shown])?;
        }
        Ok(block)
    }
}

/// For each block that `offset..offset + len` touches: its number, where in it, and where in the buffer.
fn pieces(
    offset: u64,
    len: usize,
) -> impl Iterator<Item = (u64, std::ops::Range<usize>, std::ops::Range<usize>)> {
    let end = offset + len as u64;
    (offset / BLOCK..end.div_ceil(BLOCK)).map(move |number| {
        let start = number * BLOCK;
        let (from, to) = (offset.max(start), end.min(start + BLOCK));
        let in_block = (from - start) as usize..(to - start) as usize;
        let in_buffer = (from - offset) as usize..(to - offset) as usize;
        (number, in_block, in_buffer)
    })
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state.read().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state.read();
        if offset + out.len() as u64 > state.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, in_block, in_buffer) in pieces(offset, out.len()) {
            out[in_buffer].copy_from_slice(&self.block(&state, number)?[in_block]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state.write();
        if len < state.len {
            state.base_shows = state.base_shows.min(len);
            state.written.retain(|number, _| number * BLOCK < len);
            // What grows back is zeros.
            let kept = (len % BLOCK) as usize;
            if let Some(block) = state.written.get_mut(&(len / BLOCK)) {
                block[kept..].fill(0);
            }
        }
        state.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state.write();
        for (number, in_block, in_buffer) in pieces(offset, data.len()) {
            let mut block = self.block(&state, number)?;
            block[in_block].copy_from_slice(&data[in_buffer]);
            state.written.insert(number, block);
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.base.close()
    }

    // Shared locks are all that a file opened for reading can have, and enough: who writes to it takes exclusive ones.

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.base.try_lock_shared_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.base.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.base.lock_shared_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.base.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.base.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.base.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    #[derive(Clone, Debug)]
    enum Step {
        Write(u64, u8, usize),
        SetLen(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let write =
            (0..30_000u64, any::<u8>(), 1..9_000usize).prop_map(|(at, byte, len)| Step::Write(at, byte, len));
        let set_len = (0..40_000u64).prop_map(Step::SetLen);
        prop::collection::vec(prop_oneof![3 => write, 1 => set_len], 1..30)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_reads_like_the_file_it_stands_for_and_leaves_that_alone(
            base in prop::collection::vec(any::<u8>(), 0..20_000),
            steps in steps(),
        ) {
            let file = InMemoryBackend::new();
            file.set_len(base.len() as u64).unwrap();
            file.write(0, &base).unwrap();
            let overlay = Overlay::new(Box::new(file)).unwrap();
            let mut expected = base.clone();
            for step in steps {
                match step {
                    Step::SetLen(len) => {
                        expected.resize(len as usize, 0);
                        overlay.set_len(len).unwrap();
                    }
                    Step::Write(at, byte, len) => {
                        let at = (at as usize).min(expected.len());
                        let len = len.min(expected.len() - at);
                        expected[at..at + len].fill(byte);
                        overlay.write(at as u64, &vec![byte; len]).unwrap();
                    }
                }
                prop_assert_eq!(overlay.len().unwrap(), expected.len() as u64);
                let mut found = vec![0; expected.len()];
                overlay.read(0, &mut found).unwrap();
                prop_assert_eq!(&found, &expected);
            }
            let mut untouched = vec![0; base.len()];
            overlay.base.read(0, &mut untouched).unwrap();
            prop_assert_eq!(untouched, base);
        }
    }
}
