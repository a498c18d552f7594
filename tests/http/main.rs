//! HTTP as hostile and clumsy clients speak it: slow ones, floods, bodies without end, other sites' pages.

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "what the API tests need and these do not")]
mod support;

mod access_log;
mod bodies;
mod classes;
mod cors;
mod direct;
mod floods;
mod headers;
mod problems;
mod raw;
mod reading;
mod recalled;
mod slow_clients;
mod stopping;
