//! Who is asking, as they themselves may know it.

use serde::Serialize;
use utoipa::ToSchema;

use super::author::{PublicId, PublicIds};
use crate::domain::{self, Name, Role, SiteId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = Visitor)]
pub enum Visitor<'a> {
    Anonymous,
    Guest {
        /// Null before their first comment.
        #[schema(required)]
        name: Option<&'a str>,
    },
    Member {
        /// The id that stands on their comments of this site.
        #[schema(value_type = String)]
        id: PublicId,
        /// Null until they have told us.
        #[schema(required)]
        name: Option<&'a str>,
        role: VisitorRole,
        hue: u16,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitorRole {
    None,
    Viewer,
    Moderator,
    Owner,
}

impl<'a> Visitor<'a> {
    pub fn of(visitor: &'a domain::Visitor, site: SiteId) -> Visitor<'a> {
        match visitor {
            domain::Visitor::Anonymous => Visitor::Anonymous,
            domain::Visitor::Guest { known, .. } => {
                Visitor::Guest { name: known.as_ref().map(|guest| guest.name.as_str()) }
            }
            domain::Visitor::Member { account, member, .. } => {
                let id = PublicIds::of(site).account(account.id);
                Visitor::Member {
                    id,
                    name: account.name.as_ref().map(Name::as_str),
                    role: member.role.into(),
                    hue: id.hue(),
                }
            }
        }
    }
}

impl From<Role> for VisitorRole {
    fn from(role: Role) -> VisitorRole {
        match role {
            Role::None => VisitorRole::None,
            Role::Viewer => VisitorRole::Viewer,
            Role::Moderator => VisitorRole::Moderator,
            Role::Owner => VisitorRole::Owner,
        }
    }
}
