//! Signing in at providers: each is driven from the first redirect to the profile, at an identity provider on this
//! machine that answers as it does, and that can be told to answer wrongly.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]

#[path = "../support/idp/mod.rs"]
mod idp;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "what the API tests need and these do not")]
mod support;

mod addresses;
mod answers;
mod begin;
mod dialects;
mod issuers;
mod keys;
mod mastodon;
mod oauth;
mod open_id;
mod popup;
mod reach;
mod tokens;
mod world;
