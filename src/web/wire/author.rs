//! Who wrote, as everybody may know it.
//!
//! Invariant: an account's own id never leaves the server. What stands for it is a keyed hash, another one on every
//! site, so that nobody can follow a person from site to site, or turn it back.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{self, AccountId, GuestId, SiteId};
use crate::storage::threads::Names;

/// Makes public ids of one site.
pub struct PublicIds([u8; 32]);

impl PublicIds {
    pub fn of(site: SiteId) -> PublicIds {
        PublicIds(blake3::derive_key("afterword public author id v1", &site.0.to_be_bytes()))
    }

    pub fn account(&self, id: AccountId) -> PublicId {
        self.hash(b"account", id.0.as_bytes())
    }

    pub fn guest(&self, id: GuestId) -> PublicId {
        self.hash(b"guest", id.0.as_bytes())
    }

    fn hash(&self, kind: &[u8], id: &[u8]) -> PublicId {
        let hash = blake3::Hasher::new_keyed(&self.0).update(kind).update(id).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        PublicId(u64::from_be_bytes(first))
    }
}

/// 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicId(u64);

impl PublicId {
    /// The angle of the author's colour.
    pub fn hue(self) -> u16 {
        (self.0 % 360) as u16
    }
}

impl std::fmt::Display for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for PublicId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Author)]
pub struct Author<'a> {
    /// The same for everything this person wrote on this site; null if they wrote elsewhere and were imported.
    #[schema(value_type = Option<String>, example = "9f86d081884c7d65")]
    #[schema(required)]
    pub id: Option<PublicId>,
    pub name: &'a str,
    pub kind: AuthorKind,
    /// For those who run the site; null for everybody else.
    #[schema(required)]
    pub role: Option<Role>,
    /// The angle of their colour, 0 to 359.
    pub hue: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    Member,
    Guest,
    Imported,
}

/// A role that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Badge)]
pub enum Role {
    Owner,
    Moderator,
}

impl<'a> Author<'a> {
    pub fn of(author: &'a domain::Author, names: &'a Names, ids: &PublicIds) -> Author<'a> {
        match author {
            domain::Author::Account(account) => {
                let id = ids.account(*account);
                let facts = names.get(account);
                Author {
                    id: Some(id),
                    name: facts.and_then(|facts| facts.name.as_ref()).map_or("", domain::Name::as_str),
                    kind: AuthorKind::Member,
                    role: facts.and_then(|facts| Role::shown(facts.role)),
                    hue: id.hue(),
                }
            }
            domain::Author::Guest { id, name } => {
                let id = ids.guest(*id);
                Author {
                    id: Some(id),
                    name: name.as_str(),
                    kind: AuthorKind::Guest,
                    role: None,
                    hue: id.hue(),
                }
            }
            domain::Author::Imported { name } => {
                let hue = ids.hash(b"imported", name.as_str().as_bytes()).hue();
                Author { id: None, name: name.as_str(), kind: AuthorKind::Imported, role: None, hue }
            }
        }
    }
}

impl Role {
    pub fn shown(role: domain::Role) -> Option<Role> {
        match role {
            domain::Role::Owner => Some(Role::Owner),
            domain::Role::Moderator => Some(Role::Moderator),
            domain::Role::Viewer | domain::Role::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_has_another_public_id_on_every_site() {
        let account = AccountId::from_random([7; 16]);
        let (here, there) = (PublicIds::of(SiteId(1)), PublicIds::of(SiteId(2)));
        assert_eq!(here.account(account), here.account(account));
        assert_ne!(here.account(account), there.account(account));
        assert_ne!(here.account(account), here.guest(GuestId(account.0)));
        assert_eq!(here.account(account).to_string().len(), 16);
        assert!(here.account(account).hue() < 360);
    }
}
