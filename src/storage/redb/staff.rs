//! Who has a role on a site: a handful among thousands of members, and asked for by everyone who posts, whose name must
//! not be theirs. So their ids are kept in memory.
//!
//! Invariant: whatever gives or takes a role moves the site's version in the same transaction. So a list that was read
//! at a version or later is whole as long as the site has that version.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::fault::Fault;
use super::keys;
use super::sites::member;
use super::stored::people::{StoredAccount, StoredMember};
use super::tables::{CborRows, FixedRows, Snapshot};
use crate::domain::{AccountId, Member, Name, Role, SiteId, Version};

/// Who they are, and at which version of the site that was read.
type Read = (Version, Arc<[AccountId]>);

#[derive(Default)]
pub struct Staff(Mutex<HashMap<SiteId, Read>>);

impl Staff {
    pub fn known(&self, site: SiteId, version: Version) -> Option<Arc<[AccountId]>> {
        self.0.lock().get(&site).filter(|(known, _)| *known == version).map(|(_, staff)| staff.clone())
    }

    /// What was read after the site had this version.
    pub fn keep(&self, site: SiteId, version: Version, staff: Arc<[AccountId]>) {
        self.0.lock().insert(site, (version, staff));
    }

    /// After the file was reopened nobody knows what of the last batch it holds.
    pub fn forget(&self) {
        self.0.lock().clear();
    }
}

/// Goes through all members.
pub fn find(snapshot: &Snapshot<'_>, site: SiteId) -> Result<Arc<[AccountId]>, Fault> {
    let mut staff = Vec::new();
    for row in snapshot.members.under(&keys::site(site))? {
        let (key, value) = row?;
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 4)));
        let member = super::codec::decode::<StoredMember>(value.value())?.into_member(site, account)?;
        if member.role != Role::None {
            staff.push(account);
        }
    }
    Ok(staff.into())
}

/// Roles and names as the snapshot has them, by role then name.
pub fn read(
    snapshot: &Snapshot<'_>,
    site: SiteId,
    ids: &[AccountId],
) -> Result<Vec<(Member, Option<Name>)>, Fault> {
    let mut staff = Vec::new();
    for id in ids {
        let member = member(&snapshot.members, site, *id)?.filter(|member| member.role != Role::None);
        let Some(member) = member else { continue };
        let account = snapshot.accounts.read::<StoredAccount>(id.0.as_bytes())?;
        staff.push((member, account.and_then(|row| row.into_account(*id).name)));
    }
    staff.sort_by(|(a, a_name), (b, b_name)| {
        let name = |name: &Option<Name>| name.as_ref().map(Name::to_string);
        b.role.cmp(&a.role).then_with(|| name(a_name).cmp(&name(b_name)))
    });
    Ok(staff)
}
