//! The tests' identity provider as a process, for browser tests: `cargo run --example idp [BROWSER_BASE]`.
//!
//! Prints its address on the first line and runs until its input ends. BROWSER_BASE is where browsers reach it if not
//! there: `https://idp.test:8443` behind a proxy that speaks TLS. What it can be told: `tests/support/idp/server.rs`.

#![allow(clippy::print_stdout, reason = "whoever starts it reads the address")]

#[path = "../tests/support/idp/mod.rs"]
mod idp;

use std::io::Read as _;
use std::sync::Arc;

#[tokio::main]
async fn main() {
    let now = || {
        #[allow(
            clippy::disallowed_methods,
            reason = "a process of its own, beside a server on the real clock"
        )]
        let now = jiff::Timestamp::now();
        now.as_second()
    };
    let idp = idp::Idp::start_for(Arc::new(now), std::env::args().nth(1)).await;
    println!("{}", idp.state.base);
    // When whoever started it is gone, so is the other end of its input.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = ended.await;
}
