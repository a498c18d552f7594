//! Pages on the comments host itself: the sign-in popup, set-up, sign-in links, the account page, the dashboard.
//!
//! Invariant: nothing on them runs or loads but files of this server, nobody may frame them, and no address or token of
//! theirs leaves by a `Referer`.

pub mod account;
mod cookies;
mod credentials;
pub mod dashboard;
mod deletions;
mod departures;
mod link;
mod mail_links;
mod page;
mod popup;
mod proofs;
mod setup;
mod transactions;
mod views;

use super::route::Route;

pub fn routes() -> Vec<Route> {
    [
        popup::routes(),
        departures::routes(),
        deletions::routes(),
        proofs::routes(),
        mail_links::routes(),
        setup::routes(),
        link::routes(),
        account::routes(),
        dashboard::routes(),
    ]
    .concat()
}
