//! The HTTP contract, as clients see it: the real routes on a real store.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod bans;
mod claims;
mod comments;
mod deletions;
mod escapes;
mod first_party;
mod foreign_ids;
mod guest_work;
mod guests;
mod linking;
mod mail_links;
mod moderation;
mod pages;
mod permissions;
mod providers;
mod reading;
mod refusals;
mod rush;
mod secrets;
mod sessions;
mod squatters;
mod sso;
mod votes;
