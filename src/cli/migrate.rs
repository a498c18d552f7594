//! `afterword migrate`: what the data file's schema is, and what this version makes of it.

use anyhow::bail;

use super::arguments::Migrate;
use super::control;
use super::orders::{Order, Outcome};
use super::wiring;
use crate::config::Config;
use crate::storage::Health;
use crate::storage::redb::{SchemaCheck, check_schema};

pub async fn run(config: Config, arguments: &Migrate) -> anyhow::Result<String> {
    wiring::require_data_file(&config)?;
    // The running server holds the file; what it opened, it brought to its own version.
    let server = control::ask_server(&config, Order::Schema).await?;
    let is_running = server.is_some();
    let check = match server {
        Some(Outcome::Schema { version }) => SchemaCheck::of(Some(version)),
        Some(other) => bail!("the server answered something else: {other:?}"),
        None => check_schema(&config.storage.directory)?,
    };
    if let Some(newer) = check.found.filter(|found| *found > check.known) {
        bail!(
            "the data file has schema {newer}, newer than the {} of this version: run a newer Afterword",
            check.known
        );
    }
    if check.pending.is_empty() {
        return Ok(format!(
            "the data file has schema {}, the newest this version knows: nothing to do",
            check.known
        ));
    }
    let names = check.pending.join(", ");
    if arguments.check {
        return Ok(format!("would bring the data file to schema {}: {names}", check.known));
    }
    if is_running {
        bail!("the server is running: restart it with this version, which does {names}");
    }
    // Opening is what brings it there.
    wiring::open_store(&config, false)?.close().await;
    Ok(format!("brought the data file to schema {}: {names}", check.known))
}
