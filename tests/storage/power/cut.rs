//! What lies on a disk whose power was cut: all that was synced, and of the rest whatever the disk got around to, in
//! any order, a write perhaps in part. A sector is written or not: it is never half of each.

use super::tape::Step;

const SECTOR: usize = 512;

/// Chance that can be had again: the same seed, the same cuts.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }

    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.roll()).unwrap() % count
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// Carries a step out as a whole.
pub fn apply(file: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Write { offset, bytes } => put(file, *offset, bytes),
        Step::SetLen(len) => file.resize(*len, 0),
        Step::Sync => {}
    }
}

/// What lies behind the end of the file is not part of it: the file was made longer, and that was lost.
fn put(file: &mut [u8], offset: usize, bytes: &[u8]) {
    let end = file.len().min(offset + bytes.len());
    if offset < end {
        file[offset..end].copy_from_slice(&bytes[..end - offset]);
    }
}

/// Carries out some sectors of a write, or all of it; other steps as a whole.
fn apply_torn(file: &mut Vec<u8>, step: &Step, dice: &mut Dice) {
    let Step::Write { offset, bytes } = step else { return apply(file, step) };
    // From its beginning up to somewhere, or here and there.
    let first = dice.one_in(2).then(|| dice.below(bytes.len() / SECTOR + 1));
    let mut at = 0;
    for number in 0.. {
        // Sectors are the disk's: a write need not begin with one.
        let end = bytes.len().min(((offset + at) / SECTOR + 1) * SECTOR - offset);
        if first.map_or_else(|| dice.one_in(2), |count| number < count) {
            put(file, offset + at, &bytes[at..end]);
        }
        at = end;
        if at == bytes.len() {
            return;
        }
    }
}

/// A disk that had synced so much, when the power went during the last of the `pending` steps.
pub fn after(synced: &[u8], pending: &[Step], dice: &mut Dice) -> Vec<u8> {
    let mut file = synced.to_vec();
    match dice.below(8) {
        0 => {}
        1 => pending.iter().for_each(|step| apply(&mut file, step)),
        // In order up to somewhere, the last one torn.
        2 | 3 => {
            let count = dice.below(pending.len() + 1);
            for (number, step) in pending[..count].iter().enumerate() {
                if number + 1 == count {
                    apply_torn(&mut file, step, dice);
                } else {
                    apply(&mut file, step);
                }
            }
        }
        // Some of them, in any order, some torn.
        _ => {
            let keep = 1 + dice.below(4);
            let mut some: Vec<&Step> = pending.iter().filter(|_| dice.below(5) < keep).collect();
            for last in (1..some.len()).rev() {
                some.swap(last, dice.below(last + 1));
            }
            for step in some {
                if dice.one_in(3) {
                    apply_torn(&mut file, step, dice);
                } else {
                    apply(&mut file, step);
                }
            }
        }
    }
    file
}
