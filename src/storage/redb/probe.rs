//! Whether the data file can be written again. That there is free space does not show it: a quota does not count as that.

use redb::TableDefinition;

use super::engine::Engine;
use super::fault::Fault;
use super::handle::Openness;
use crate::storage::StoreError;

/// There between two commits and read by nobody; a kill in between leaves it to the next probe.
const TABLE: TableDefinition<'_, u8, &[u8]> = TableDefinition::new("probe");
/// More than a comment takes, so that the next one is not refused after all.
const BYTES: usize = 256 << 10;

/// Writes and takes away again, each durably. Called by the writer thread only.
pub fn probe(engine: &Engine) -> Result<(), StoreError> {
    engine.check_space()?;
    if engine.handle.openness() == Openness::Failing {
        engine.reopen(engine.handle.generation())?;
    }
    let seen = engine.handle.generation();
    if let Err(fault) = write_and_take_away(engine) {
        if fault.needs_reopening() {
            // Whether that helped is seen by the next probe.
            let _ = engine.reopen(seen);
        }
        let error = StoreError::from(fault);
        engine.note_failure(&error);
        return Err(error);
    }
    engine.note_room();
    tracing::info!("the data file can be written again");
    Ok(())
}

fn write_and_take_away(engine: &Engine) -> Result<(), Fault> {
    let transaction = engine.handle.begin_write()?;
    transaction.open_table(TABLE)?.insert(0, &*vec![0; BYTES])?;
    transaction.commit()?;
    let transaction = engine.handle.begin_write()?;
    transaction.delete_table(TABLE)?;
    transaction.commit()?;
    Ok(())
}
