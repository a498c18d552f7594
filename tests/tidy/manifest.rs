//! What Cargo.toml explains, and what no tracked file may carry away from the machine it was written on.

use super::sources::{File, tracked};

/// Lines of dependency tables without a comment that says what the crate is for.
pub fn unexplained_dependencies(file: &File) -> Vec<String> {
    let mut in_dependencies = false;
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if line.starts_with('[') {
            in_dependencies = line.trim_matches(['[', ']']).ends_with("dependencies");
        } else if in_dependencies && line.contains('=') && !line.trim_start().starts_with('#') {
            let explained = line.rsplit_once(" #").is_some_and(|(_, why)| !why.trim().is_empty());
            if !explained {
                found.push(format!("{}:{}: {}", file.path, at + 1, line.trim()));
            }
        }
    }
    found
}

/// Lines that name a package registry, a download address in a lock file, or somebody's home.
pub fn machine_bound(file: &File) -> Vec<String> {
    const HOMES: &[&str] =
        &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
    const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
    file.lines_where(|line| {
        let home = HOMES.iter().any(|home| {
            // A path begins here: not the inside of an address, nor of a longer path or a route.
            line.match_indices(home).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                before.is_none_or(|c| matches!(c, ' ' | '"' | '\'' | '=' | ':' | '(' | '`'))
                    && !is_route(&line[..at])
            })
        });
        let registry = line.match_indices("registry").any(|(at, word)| {
            let value = line[at + word.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
            value.starts_with("http") && !line[at..].starts_with(CRATES_IO)
        });
        let download = line.contains("\"resolved\": \"http");
        home || registry || download
    })
}

/// Whether what follows is the path of a request.
fn is_route(before: &str) -> bool {
    ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|method| before.ends_with(method))
}

#[test]
fn a_release_survives_a_panic() {
    let manifest = tracked(&["Cargo.toml"]).remove(0);
    let panics = manifest.lines_where(|line| line.trim_start().starts_with("panic"));
    assert_eq!(panics.len(), 1, "{panics:?}");
    // An abort would turn one request's panic into everybody's.
    assert!(panics[0].contains("panic = \"unwind\""), "{panics:?}");
}
