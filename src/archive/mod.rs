//! The way out: everything a store holds as documented lines of JSON (`docs/export-format.md`), and back; and backups,
//! which are those lines, compressed and sealed.
//!
//! Reading order: [`lines`] is what a line says, [`write`] and [`read`] are the file around them, [`sealed`] is a
//! backup.
//!
//! Invariant: the digest is of the entities' lines and of nothing else, so that the same facts have the same digest
//! wherever and whenever they are written. What is unknown is refused, never skipped.

pub mod lines;
pub mod read;
pub mod sealed;
#[cfg(test)]
mod tests;
pub mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the format that this binary writes. It reads this one and all before.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Of the format.
    pub version: u32,
    /// Of the store that it came from.
    pub schema: u64,
    /// The Afterword that wrote it.
    pub afterword: String,
    /// When, in RFC 3339.
    pub at: String,
    pub sites: u64,
}

/// The last line: how many of each kind there were, and the digest of their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    pub entities: u64,
    pub counts: BTreeMap<String, u64>,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The lines around the entities.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Frame {
    Afterword(Header),
    End(Summary),
    /// Of a backup: the SHA-256 of all bytes before it.
    Seal {
        sha256: String,
    },
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
