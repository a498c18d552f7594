//! Names and badges of the accounts that wrote what was read.

use super::accounts::account;
use super::fault::Fault;
use super::sites::member;
use super::tables::Snapshot;
use crate::domain::{Author, Comment, Role, SiteId};
use crate::storage::threads::{AuthorFacts, Names};

pub fn of<'c>(
    snapshot: &Snapshot<'_>,
    site: SiteId,
    comments: impl IntoIterator<Item = &'c Comment>,
) -> Result<Names, Fault> {
    let mut names = Names::new();
    for comment in comments {
        let Author::Account(id) = comment.author else { continue };
        if names.contains_key(&id) {
            continue;
        }
        let name = account(&snapshot.accounts, id)?.and_then(|account| account.name);
        let role = member(&snapshot.members, site, id)?.map_or(Role::None, |member| member.role);
        names.insert(id, AuthorFacts { name, role });
    }
    Ok(names)
}
