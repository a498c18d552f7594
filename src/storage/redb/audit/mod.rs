//! What `doctor` does: recompute every counter and every index from the primary rows, and say where they differ.
//!
//! Each difference is one sentence and, where the primary rows tell what is right, its repair. Primary rows
//! themselves are never changed but for the counters in them.

mod comments;
mod identities;
mod indexes;
#[cfg(test)]
mod tests;
mod threads;

use std::cell::Cell;

use super::engine::Engine;
use super::fault::Fault;
use super::tables::{Rows, Snapshot, Tables};
use crate::storage::health::Audit;

type Repair = Box<dyn FnOnce(&mut Tables<'_>) -> Result<(), Fault>>;

/// What was found, and how to put it right.
#[derive(Default)]
pub struct Findings {
    pub audit: Audit,
    repairs: Vec<Repair>,
}

impl Findings {
    fn differs(
        &mut self,
        sentence: String,
        repair: impl FnOnce(&mut Tables<'_>) -> Result<(), Fault> + 'static,
    ) {
        self.audit.differences.push(sentence);
        self.repairs.push(Box::new(repair));
    }

    /// Something that other rows do not tell how to repair.
    fn is_lost(&mut self, sentence: String) {
        self.audit.differences.push(sentence);
    }
}

pub fn audit(snapshot: &Snapshot<'_>) -> Result<Findings, Fault> {
    let mut found = Findings::default();
    found.audit.sites = count(snapshot.sites.all()?)?;
    found.audit.accounts = count(snapshot.accounts.all()?)?;
    let totals = comments::check(snapshot, &mut found)?;
    threads::check(snapshot, &totals, &mut found)?;
    indexes::check(snapshot, &mut found)?;
    identities::check(snapshot, &mut found)?;
    Ok(found)
}

/// Runs on the writer thread, between two batches: nothing changes between finding and repairing.
pub fn audit_and_repair(engine: &Engine) -> Result<Audit, Fault> {
    let found = {
        let (transaction, _) = engine.handle.begin_read();
        audit(&Snapshot::new(&transaction?))?
    };
    if !found.repairs.is_empty() {
        let transaction = engine.handle.begin_write()?;
        let written = Cell::new(false);
        {
            let mut tables = Tables::new(&transaction, &written);
            for repair in found.repairs {
                repair(&mut tables)?;
            }
        }
        transaction.commit()?;
        engine.heads.forget();
    }
    Ok(found.audit)
}

fn count<T>(rows: impl Iterator<Item = Result<T, redb::StorageError>>) -> Result<u64, Fault> {
    let mut count = 0;
    for row in rows {
        row?;
        count += 1;
    }
    Ok(count)
}
