//! Notices that wait to be sent.

use async_trait::async_trait;

use super::RedbStore;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::notice::StoredNotice;
use super::tables::{CborRows, Rows, Tables};
use crate::domain::Timestamp;
use crate::domain::notices::{Notice, Queued};
use crate::storage::{Outbox, StoreError};

pub fn queue(tables: &mut Tables<'_>, notice: &Notice, due_at: Timestamp) -> Result<u64, Fault> {
    let id = ledger::next_number(tables, "last_notice")?;
    tables.outbox.write(&keys::outbox(due_at, id), &StoredNotice::from(notice))?;
    tables.outbox_by_id.insert(&id.to_be_bytes(), due_at.as_millis())?;
    Ok(id)
}

/// Queues what there is to tell, if there is something.
pub fn tell(tables: &mut Tables<'_>, notice: Option<&Notice>, now: Timestamp) -> Result<(), Fault> {
    notice.map_or(Ok(()), |notice| queue(tables, notice, now).map(drop))
}

fn due_at(tables: &Tables<'_>, id: u64) -> Result<Option<Timestamp>, Fault> {
    Ok(tables.outbox_by_id.get(&id.to_be_bytes())?.map(|row| Timestamp::from_millis(row.value())))
}

#[async_trait]
impl Outbox for RedbStore {
    async fn queue(&self, notice: Notice, due_at: Timestamp) -> Result<u64, StoreError> {
        self.write(move |tables, _| queue(tables, &notice, due_at)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Queued>, StoreError> {
        self.read(move |snapshot| {
            let last = keys::outbox(now, u64::MAX);
            let mut due = Vec::new();
            for row in snapshot.outbox.range::<&[u8; 16]>(..=&last)?.take(limit) {
                let (key, value) = row?;
                let (at, id) = (keys::moment_at(key.value(), 0), keys::u64_at(key.value(), 8));
                due.push(super::codec::decode::<StoredNotice>(value.value())?.into_queued(id, at));
            }
            Ok(due)
        })
        .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|snapshot| {
            let first = snapshot.outbox.all()?.next().transpose()?;
            Ok(first.map(|(key, _)| keys::moment_at(key.value(), 0)))
        })
        .await
    }

    async fn done(&self, id: u64) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            if let Some(at) = due_at(tables, id)? {
                tables.outbox.remove(&keys::outbox(at, id))?;
                tables.outbox_by_id.remove(&id.to_be_bytes())?;
            }
            Ok(())
        })
        .await
    }

    async fn postpone(&self, id: u64, to: Timestamp) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            let Some(at) = due_at(tables, id)? else { return Ok(()) };
            let Some(mut notice) = tables.outbox.read::<StoredNotice>(&keys::outbox(at, id))? else {
                return Ok(());
            };
            notice.tries = notice.tries.saturating_add(1);
            tables.outbox.remove(&keys::outbox(at, id))?;
            tables.outbox.write(&keys::outbox(to, id), &notice)?;
            tables.outbox_by_id.insert(&id.to_be_bytes(), to.as_millis())
        })
        .await
    }
}
