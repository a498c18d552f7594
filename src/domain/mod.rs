//! The rules and the names. No I/O, no async, no wire or stored forms.
//!
//! Reading order: [`ids`] and [`time`], then [`sites`], [`pages`] and [`threads`], then [`comments`] with
//! [`document`] and [`moderation`], then people: [`accounts`], [`identities`], [`guests`], [`sessions`],
//! [`second_factors`], [`departures`], what they did: [`history`], and what they may not do: [`refusals`].

pub mod accounts;
pub mod comments;
pub mod departures;
pub mod devices;
pub mod document;
pub mod guests;
pub mod history;
pub mod identities;
pub mod ids;
pub mod moderation;
pub mod names;
pub mod notices;
pub mod origins;
pub mod pages;
pub mod refusals;
pub mod second_factors;
pub mod sessions;
pub mod sites;
pub mod sso;
pub mod threads;
pub mod time;
pub mod votes;

pub use accounts::{Account, Email, Member, MemberStanding, Role, TokenHash, Visitor};
pub use comments::{Author, Comment, PendingReason, Removal, Standing};
pub use document::Document;
pub use guests::Guest;
pub use identities::{Identity, IdentityKey, Profile, ProviderId};
pub use ids::{AccountId, CommentId, GuestId, Number, Place, SessionId, SiteId, ThreadId, Version};
pub use names::Name;
pub use origins::Origin;
pub use pages::{PageKey, PageRef};
pub use refusals::Refusal;
pub use sessions::Via;
pub use sites::{Site, SiteKey, SiteSettings};
pub use threads::{Order, Thread};
pub use time::Timestamp;
