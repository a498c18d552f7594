//! The power is cut at every step of an upgrade: the file is the old one or the new one, and the next start finishes.

use std::sync::Arc;

use afterword::storage::Health;
use afterword::storage::redb::RedbStore;

use super::contents::{self, Contents};
use super::cut::{self, Dice};
use super::tape::{Step, Tape};
use super::workload;
use crate::{opening, scale};

/// Opens the file as the server does: migrates it, and finds every counter and index right.
async fn upgraded(disk: Vec<u8>) -> (Tape, Contents) {
    let tape = Tape::over(disk);
    let store = RedbStore::open_with_backend(workload::options(1), Arc::new(tape.clone())).unwrap();
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
    store.close().await;
    let found = contents::of(&tape);
    (tape, found)
}

#[tokio::test]
async fn wherever_an_upgrade_is_cut_the_file_is_the_old_or_the_new_one_and_the_next_start_finishes() {
    let released = opening::unpacked(1);
    let old = contents::of(&Tape::over(released.clone()));
    let (tape, new) = upgraded(released.clone()).await;
    let steps = tape.steps();
    assert_ne!(old, new, "there is something to upgrade");
    let (mut cuts, mut still_old, mut new_already) = (0, 0, 0);
    for seed in 0..scale::of(3, 30) {
        let mut dice = Dice::new(seed);
        let (mut synced, mut first_pending) = (released.clone(), 0);
        for (number, step) in steps.iter().enumerate() {
            let pending = &steps[first_pending..=number];
            let disk = cut::after(&synced, pending, &mut dice);
            // The engine repairs what it opens, and migrates nothing.
            let found = contents::of(&Tape::over(disk.clone()));
            cuts += 1;
            still_old += usize::from(found == old);
            new_already += usize::from(found == new);
            assert!(
                found == old || found == new,
                "cut at {number}: {:?}",
                contents::difference(&new, &found)
            );
            assert_eq!(upgraded(disk).await.1, new, "cut at {number}, and started again");
            if matches!(step, Step::Sync) {
                pending.iter().for_each(|step| cut::apply(&mut synced, step));
                first_pending = number + 1;
            }
        }
    }
    scale::tell(&format!(
        "{cuts} cuts while upgrading: {still_old} left the old file, {new_already} the new one"
    ));
    assert!(still_old > 0 && new_already > 0, "cuts before and after: {still_old}, {new_already}");
}
