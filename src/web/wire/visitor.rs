//! Who is asking, told to themselves.

use serde::Serialize;
use utoipa::ToSchema;

use super::{hue, public_id};
use crate::domain::{self, Role, SiteId};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Visitor {
    Anonymous,
    Guest {
        /// As they called themselves last; `null` before their first comment.
        name: Option<String>,
    },
    Member {
        /// The `id` of the author of their comments.
        id: String,
        /// `null` until they have told us.
        name: Option<String>,
        /// `none`, `viewer`, `moderator` or `owner`.
        role: &'static str,
        hue: u16,
    },
}

impl Visitor {
    pub fn of(site: SiteId, visitor: &domain::Visitor) -> Visitor {
        match visitor {
            domain::Visitor::Anonymous => Visitor::Anonymous,
            domain::Visitor::Guest { known, .. } => {
                Visitor::Guest { name: known.as_ref().map(|guest| guest.name.to_string()) }
            }
            domain::Visitor::Member { account, member, .. } => {
                let id = public_id(site, account.id.0);
                let role = match member.role {
                    Role::None => "none",
                    Role::Viewer => "viewer",
                    Role::Moderator => "moderator",
                    Role::Owner => "owner",
                };
                Visitor::Member {
                    hue: hue(&id),
                    id,
                    name: account.name.as_ref().map(|name| name.to_string()),
                    role,
                }
            }
        }
    }
}
