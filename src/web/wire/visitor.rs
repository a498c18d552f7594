//! Who is asking, as they themselves may know it.

use serde::Serialize;
use utoipa::ToSchema;

use super::author::{PublicId, PublicIds};
use crate::actions;
use crate::app::App;
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
        /// How they signed in.
        via: Via<'a>,
    },
}

/// How a session was signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Via)]
pub struct Via<'a> {
    kind: ViaKind,
    /// Of a provider, as in the list of providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// What people call the provider; absent once it is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViaKind {
    Email,
    Password,
    Provider,
    Sso,
    Link,
}

impl<'a> Via<'a> {
    pub fn of(via: &'a domain::Via, app: &'a App) -> Via<'a> {
        let of = |kind| Via { kind, id: None, name: None };
        match via {
            domain::Via::Email => of(ViaKind::Email),
            domain::Via::Password => of(ViaKind::Password),
            domain::Via::SingleSignOn => of(ViaKind::Sso),
            domain::Via::Link => of(ViaKind::Link),
            domain::Via::Provider(id) => Via {
                kind: ViaKind::Provider,
                id: Some(id.as_str()),
                name: actions::providers::name(app, id),
            },
        }
    }
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
    pub fn of(visitor: &'a domain::Visitor, site: SiteId, app: &'a App) -> Visitor<'a> {
        match visitor {
            domain::Visitor::Anonymous => Visitor::Anonymous,
            domain::Visitor::Guest { known, .. } => {
                Visitor::Guest { name: known.as_ref().map(|guest| guest.name.as_str()) }
            }
            domain::Visitor::Member { account, member, via, .. } => {
                let id = PublicIds::of(site).account(account.id);
                Visitor::Member {
                    id,
                    name: account.name.as_ref().map(Name::as_str),
                    role: member.role.into(),
                    hue: id.hue(),
                    via: Via::of(via, app),
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
