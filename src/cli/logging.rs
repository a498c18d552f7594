//! Where the log goes: standard error, as text for people or JSON for machines. Standard output is for answers.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Crates that would write down the paths and headers of requests, and with them who reads what, if they were asked for
/// as much as everybody else: they are never asked for more than this.
const DISCREET: [&str; 2] = ["warp=warn", "h2=warn"];

/// Begins logging, once a process.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).with_context(|| {
        format!("log.filter {:?}: expected a level or a filter such as info,afterword=debug", log.filter)
    })?;
    let filter = DISCREET.iter().fold(filter, |filter, directive| {
        filter.add_directive(directive.parse().expect("a directive of ours"))
    });
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).with_current_span(false).init(),
    }
    Ok(())
}
