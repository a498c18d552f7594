//! Standard output. A reader that went away (`| head`) is no failure.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a command has to say, it says here")]

use std::io::Write;

pub fn say(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

pub fn say_lines(lines: &[String]) {
    say(lines.join("\n"));
}

/// Why a command did not do what it was asked.
pub fn complain(fault: &anyhow::Error) {
    eprintln!("afterword: {fault:#}");
}

/// What a command did, where standard output may be what it made.
pub fn note(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
