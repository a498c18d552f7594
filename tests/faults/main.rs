//! The real server while the world around it fails: killed, told to stop, out of space, in hostile company, at a wrong
//! time. `make test-faults` runs the whole of each test; a short form of it runs with all others.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test, there")]
#![allow(clippy::disallowed_methods, reason = "the real server runs on this machine's clock")]

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/client.rs"]
mod client;
#[allow(dead_code, reason = "the HTTP tests use the rest")]
#[path = "../http/raw.rs"]
mod raw;
#[path = "../support/scale.rs"]
mod scale;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/serve/seeds.rs"]
mod seeds;
#[allow(dead_code, reason = "what the API tests need and these do not")]
#[path = "../support/mod.rs"]
mod support;

mod clock;
mod cut_short;
mod deep;
mod drained;
mod floods;
mod floods_of_frames;
mod full;
mod killed;
mod posting;
mod process;
mod readers;
mod slow_clients;
mod small_disk;
