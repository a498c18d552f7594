//! The command's side: through the running server if there is one, else with the data file open to itself.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{Answer, Greeting, MAX_LINE_BYTES, socket_in};
use crate::cli::orders::{self, Order, Outcome};
use crate::cli::wiring;
use crate::config::Config;

/// Has an order carried out, by whoever can.
pub async fn ask(config: Config, order: Order) -> anyhow::Result<Outcome> {
    match connect(&config.storage.directory).await? {
        Some(stream) => converse(stream, order).await,
        None => by_ourselves(config, order).await,
    }
}

/// The same, if a server runs; `None` if none does.
pub async fn ask_server(config: &Config, order: Order) -> anyhow::Result<Option<Outcome>> {
    match connect(&config.storage.directory).await? {
        Some(stream) => converse(stream, order).await.map(Some),
        None => Ok(None),
    }
}

/// A connection to the running server; `None` if none runs.
async fn connect(directory: &Path) -> anyhow::Result<Option<UnixStream>> {
    let path = socket_in(directory);
    match UnixStream::connect(&path).await {
        Ok(stream) => Ok(Some(stream)),
        Err(fault) => match fault.kind() {
            // Refused: its server was killed and left the socket behind. Invalid: no socket's name may be that long.
            ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::ConnectionRefused
            | ErrorKind::InvalidInput => Ok(None),
            ErrorKind::PermissionDenied => bail!(
                "{} belongs to another user: run this command as the user who runs the server",
                path.display()
            ),
            _ => Err(fault).with_context(|| format!("reaching the server at {}", path.display())),
        },
    }
}

async fn converse(stream: UnixStream, order: Order) -> anyhow::Result<Outcome> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading.take(MAX_LINE_BYTES)).lines();
    let gone = || anyhow!("the server went away before it answered");

    let greeting: Greeting = serde_json::from_str(&lines.next_line().await?.ok_or_else(gone)?)
        .context("what listens at the control socket is not a server of this kind")?;
    let mut line = serde_json::to_vec(&order)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let answer = lines.next_line().await?.ok_or_else(gone)?;
    match serde_json::from_str(&answer) {
        Ok(Answer::Done(outcome)) => Ok(outcome),
        Ok(Answer::Failed(why)) => Err(anyhow!(why)),
        Err(fault) => bail!(
            "the running server is afterword {} and this command is {}: restart the server ({fault})",
            greeting.afterword,
            env!("CARGO_PKG_VERSION")
        ),
    }
}

async fn by_ourselves(config: Config, order: Order) -> anyhow::Result<Outcome> {
    if !order.may_begin_a_data_file() {
        wiring::require_data_file(&config)?;
    }
    let store = wiring::open_store(&config, false)?;
    let app = wiring::app(config, store)?;
    let outcome = orders::carry_out(&app, order).await;
    app.store.close().await;
    outcome
}
