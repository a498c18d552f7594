//! Accounts and how they sign in, members of sites, guests.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Hex, moment, ms};
use crate::domain::identities::LinkedIdentity;
use crate::domain::second_factors::{SecondFactor, SharedSecret};
use crate::domain::{
    Account, AccountId, Email, Guest, GuestId, Identity, Member, MemberStanding, Name, ProviderId, Role,
    SiteId, TokenHash,
};
use crate::storage::accounts::PrivateFacts;
use crate::storage::archive::Entity;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    created_at: i64,
    epoch: u32,
    operator: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<PrivateLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    email_verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    password_is_short: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second_factor: Option<SecondFactorLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offered_secret: Option<Hex>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecondFactorLine {
    secret: Hex,
    last_step: u64,
    recovery: Vec<Hex>,
}

impl AccountLine {
    pub fn new(account: Account, private: Option<PrivateFacts>) -> AccountLine {
        let Account { id, name, created_at, epoch, operator } = account;
        AccountLine {
            id: id.0,
            name: name.map(|name| name.to_string()),
            created_at: ms(created_at),
            epoch,
            operator,
            private: private.map(PrivateLine::from),
        }
    }

    pub fn into_entity(self) -> Result<Entity, String> {
        let account = Account {
            id: AccountId(self.id),
            name: self.name.map(Name::from_stored),
            created_at: moment(self.created_at),
            epoch: self.epoch,
            operator: self.operator,
        };
        Ok(Entity::Account { account, private: self.private.map(PrivateLine::into_facts).transpose()? })
    }
}

impl From<PrivateFacts> for PrivateLine {
    fn from(facts: PrivateFacts) -> PrivateLine {
        let PrivateFacts {
            email,
            email_verified,
            password,
            password_is_short,
            second_factor,
            offered_secret,
        } = facts;
        PrivateLine {
            email: email.map(|email| email.as_str().to_owned()),
            email_verified,
            password,
            password_is_short,
            second_factor: second_factor.map(SecondFactorLine::from),
            offered_secret: offered_secret.map(|secret| Hex::of(&secret.0)),
        }
    }
}

impl PrivateLine {
    fn into_facts(self) -> Result<PrivateFacts, String> {
        let secret = |hex: Hex| hex.bytes("offered_secret").map(SharedSecret);
        Ok(PrivateFacts {
            email: self.email.map(Email::from_stored),
            email_verified: self.email_verified,
            password: self.password,
            password_is_short: self.password_is_short,
            second_factor: self.second_factor.map(SecondFactorLine::into_factor).transpose()?,
            offered_secret: self.offered_secret.map(secret).transpose()?,
        })
    }
}

impl From<SecondFactor> for SecondFactorLine {
    fn from(factor: SecondFactor) -> SecondFactorLine {
        let SecondFactor { secret, last_step, recovery } = factor;
        let recovery = recovery.into_iter().map(Hex::from).collect();
        SecondFactorLine { secret: Hex::of(&secret.0), last_step, recovery }
    }
}

impl SecondFactorLine {
    fn into_factor(self) -> Result<SecondFactor, String> {
        Ok(SecondFactor {
            secret: SharedSecret(self.secret.bytes("secret")?),
            last_step: self.last_step,
            recovery: self.recovery.iter().map(|code| code.hash("recovery")).collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityLine {
    account: Uuid,
    provider: String,
    issuer: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    linked_at: i64,
    used_at: i64,
}

impl IdentityLine {
    pub fn new(account: AccountId, linked: LinkedIdentity) -> IdentityLine {
        let LinkedIdentity { identity, label, linked_at, used_at } = linked;
        let Identity { provider, issuer, subject } = identity;
        IdentityLine {
            account: account.0,
            provider: provider.to_string(),
            issuer,
            subject,
            label,
            linked_at: ms(linked_at),
            used_at: ms(used_at),
        }
    }

    pub fn into_entity(self) -> Result<Entity, String> {
        let provider = if self.provider == ProviderId::SINGLE_SIGN_ON {
            ProviderId::single_sign_on()
        } else {
            self.provider.parse().map_err(|fault| format!("provider: {fault}"))?
        };
        let linked = LinkedIdentity {
            identity: Identity { provider, issuer: self.issuer, subject: self.subject },
            label: self.label,
            linked_at: moment(self.linked_at),
            used_at: moment(self.used_at),
        };
        Ok(Entity::Identity { account: AccountId(self.account), linked })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberLine {
    site: u32,
    account: Uuid,
    role: RoleWord,
    standing: StandingWord,
    joined_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoleWord {
    None,
    Viewer,
    Moderator,
    Owner,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StandingWord {
    Normal,
    Trusted,
    Watched,
    Muted,
    SuspendedUntil(i64),
    Banned,
}

impl From<Member> for MemberLine {
    fn from(member: Member) -> MemberLine {
        let Member { site, account, role, standing, published: _, joined_at } = member;
        MemberLine {
            site: site.0,
            account: account.0,
            role: match role {
                Role::None => RoleWord::None,
                Role::Viewer => RoleWord::Viewer,
                Role::Moderator => RoleWord::Moderator,
                Role::Owner => RoleWord::Owner,
            },
            standing: match standing {
                MemberStanding::Normal => StandingWord::Normal,
                MemberStanding::Trusted => StandingWord::Trusted,
                MemberStanding::Watched => StandingWord::Watched,
                MemberStanding::Muted => StandingWord::Muted,
                MemberStanding::SuspendedUntil(until) => StandingWord::SuspendedUntil(ms(until)),
                MemberStanding::Banned => StandingWord::Banned,
            },
            joined_at: ms(joined_at),
        }
    }
}

impl MemberLine {
    pub fn into_entity(self) -> Entity {
        Entity::Member(Member {
            site: SiteId(self.site),
            account: AccountId(self.account),
            role: match self.role {
                RoleWord::None => Role::None,
                RoleWord::Viewer => Role::Viewer,
                RoleWord::Moderator => Role::Moderator,
                RoleWord::Owner => Role::Owner,
            },
            standing: match self.standing {
                StandingWord::Normal => MemberStanding::Normal,
                StandingWord::Trusted => MemberStanding::Trusted,
                StandingWord::Watched => MemberStanding::Watched,
                StandingWord::Muted => MemberStanding::Muted,
                StandingWord::SuspendedUntil(until) => MemberStanding::SuspendedUntil(moment(until)),
                StandingWord::Banned => MemberStanding::Banned,
            },
            published: 0,
            joined_at: moment(self.joined_at),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuestLine {
    site: u32,
    id: Uuid,
    token: Hex,
    name: String,
    created_at: i64,
}

impl GuestLine {
    pub fn new(token: TokenHash, guest: Guest) -> GuestLine {
        let Guest { id, site, name, created_at, approved: _ } = guest;
        GuestLine {
            site: site.0,
            id: id.0,
            token: token.into(),
            name: name.to_string(),
            created_at: ms(created_at),
        }
    }

    pub fn into_entity(self) -> Result<Entity, String> {
        let guest = Guest {
            id: GuestId(self.id),
            site: SiteId(self.site),
            name: Name::from_stored(self.name),
            created_at: moment(self.created_at),
            approved: 0,
        };
        Ok(Entity::Guest { token: self.token.hash("token")?, guest })
    }
}
