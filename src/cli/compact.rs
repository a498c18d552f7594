//! `afterword compact`: the data file copied afresh. With the server running it waits for the next start: until then
//! the server writes to the file it has.

use anyhow::bail;
use tracing::{error, info};

use super::control;
use super::orders::{Order, Outcome};
use super::wiring;
use crate::config::Config;
use crate::storage::redb::{Compacted, compact, compact_if_wished};

pub async fn run(config: Config) -> anyhow::Result<String> {
    wiring::require_data_file(&config)?;
    match control::ask_server(&config, Order::Compact).await? {
        Some(Outcome::CompactionWished { bytes }) => Ok(format!(
            "the server is running: it compacts the data file ({}) at its next start, before it serves",
            mebibytes(bytes)
        )),
        Some(other) => bail!("the server answered something else: {other:?}"),
        None => {
            let done = tokio::task::spawn_blocking(move || compact(&wiring::options(&config))).await??;
            Ok(format!("compacted the data file: {}", said(&done)))
        }
    }
}

/// What was wished for while a server ran. A copy that fails is tried again at the next start: the file that is there
/// serves as well.
pub fn if_wished(config: &Config) {
    match compact_if_wished(&wiring::options(config)) {
        None => {}
        Some(Ok(done)) => info!("compacted the data file: {}", said(&done)),
        Some(Err(fault)) => error!("the data file could not be compacted, and stays as it is: {fault}"),
    }
}

fn said(done: &Compacted) -> String {
    let Compacted { bytes_before, bytes_after, rows } = done;
    format!("{} before, {} after, {rows} rows", mebibytes(*bytes_before), mebibytes(*bytes_after))
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
