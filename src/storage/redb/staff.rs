//! Who has a role on a site: a handful among thousands of members, and asked for by everyone who posts, whose name must
//! not be theirs. So they are kept in memory.
//!
//! Invariant: whatever gives or takes a role, or names somebody, moves the version of their sites in the same
//! transaction. So what was read at a version or later is right as long as the site has that version.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::accounts::account;
use super::fault::Fault;
use super::keys;
use super::stored::people::StoredMember;
use super::tables::{FixedRows, Snapshot};
use crate::domain::{AccountId, Name, Role, SiteId, Version};
use crate::storage::sites::Staff;

/// Who they are, and at which version of the site that was read.
type Read = (Version, Arc<[Staff]>);

#[derive(Default)]
pub struct StaffInMemory(Mutex<HashMap<SiteId, Read>>);

impl StaffInMemory {
    pub fn known(&self, site: SiteId, version: Version) -> Option<Arc<[Staff]>> {
        self.0.lock().get(&site).filter(|(known, _)| *known == version).map(|(_, staff)| staff.clone())
    }

    /// What was read after the site had this version.
    pub fn keep(&self, site: SiteId, version: Version, staff: Arc<[Staff]>) {
        self.0.lock().insert(site, (version, staff));
    }

    /// After the file was reopened nobody knows what of the last batch it holds.
    pub fn forget(&self) {
        self.0.lock().clear();
    }
}

/// Goes through all members.
pub fn read(snapshot: &Snapshot<'_>, site: SiteId) -> Result<Arc<[Staff]>, Fault> {
    let mut staff = Vec::new();
    for row in snapshot.members.under(&keys::site(site))? {
        let (key, value) = row?;
        let id = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 4)));
        let member = super::codec::decode::<StoredMember>(value.value())?.into_member(site, id)?;
        if member.role != Role::None {
            let name = account(&snapshot.accounts, id)?.and_then(|account| account.name);
            staff.push(Staff { account: id, role: member.role, name });
        }
    }
    let name = |staff: &Staff| staff.name.as_ref().map(Name::to_string);
    staff.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| name(a).cmp(&name(b))));
    Ok(staff.into())
}
