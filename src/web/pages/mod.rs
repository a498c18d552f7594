//! The pages on the comments host itself: popup, set-up, sign-in links, dashboard.

pub mod views;
