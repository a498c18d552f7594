//! The audit log: ids and facts, never text or addresses.

use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::record::StoredRecord;
use super::tables::Tables;
use crate::domain::history::Deed;
use crate::domain::{AccountId, CommentId, SiteId, ThreadId, Timestamp};

/// Something somebody did.
pub struct Record {
    pub deed: Deed,
    pub site: SiteId,
    pub thread: ThreadId,
    pub comment: Option<CommentId>,
    /// `None`: the author themselves, or the server.
    pub by: Option<AccountId>,
    pub at: Timestamp,
}

pub fn write(tables: &mut Tables<'_>, record: &Record) -> Result<(), Fault> {
    let sequence = ledger::next_number(tables, "last_record")?;
    let row = StoredRecord::new(record.deed, record.at, record.by, Some(record.thread), record.comment);
    tables.history.write(&keys::history(record.site, sequence), &row)
}
