//! The socket in the data directory through which commands reach the running server, since only one process can open
//! the data file.
//!
//! One connection carries one order, as lines of JSON: the server says who it is, the command says what to do, the
//! server says what came of it; an export follows as bytes. Only the user who runs the server, and root, are heard.

mod client;
mod server;

pub use client::{ask, ask_server, fetch};
pub use server::Control;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::orders::Outcome;

/// The server's first line.
#[derive(Debug, Serialize, Deserialize)]
struct Greeting {
    afterword: String,
}

/// The server's second line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Outcome),
    /// Why not, in a sentence.
    Failed(String),
}

/// No order and no answer is longer: a list of 10,000 sites still fits.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

fn socket_in(directory: &Path) -> PathBuf {
    directory.join("control.sock")
}
