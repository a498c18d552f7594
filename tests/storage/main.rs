//! What a store promises, tested on every engine; and what only the redb engine can show.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]

#[path = "../support/scale.rs"]
mod scale;
#[macro_use]
mod support;

mod accounts;
mod archive;
mod around;
mod attempts;
mod claims;
mod deep;
mod faults;
mod heads;
mod identities;
mod killed;
mod mine;
mod moderation;
mod opening;
mod power;
mod property;
mod publishing;
mod sessions;
mod sites;
mod sso;
mod staff;
mod threads;
mod votes;
