//! The command's side: through the running server if there is one, else with the data file open to itself.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{Answer, Greeting, MAX_LINE_BYTES, socket_in};
use crate::cli::orders::{self, Done, Order, Outcome};
use crate::cli::wiring;
use crate::config::Config;

/// Has an order carried out, by whoever can.
pub async fn ask(config: Config, order: Order) -> anyhow::Result<Outcome> {
    fetch(config, order, &mut std::io::sink()).await
}

/// The same, and writes the bytes that come with its outcome.
pub async fn fetch(config: Config, order: Order, into: &mut (dyn Write + Send)) -> anyhow::Result<Outcome> {
    match connect(&config.storage.directory).await? {
        Some(stream) => converse(stream, order, into).await,
        None => by_ourselves(config, order, into).await,
    }
}

/// Has it carried out by the server, if one runs; `None` if none does.
pub async fn ask_server(config: &Config, order: Order) -> anyhow::Result<Option<Outcome>> {
    match connect(&config.storage.directory).await? {
        Some(stream) => converse(stream, order, &mut std::io::sink()).await.map(Some),
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

async fn converse(
    stream: UnixStream,
    order: Order,
    into: &mut (dyn Write + Send),
) -> anyhow::Result<Outcome> {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading.take(MAX_LINE_BYTES));

    let greeting: Greeting = serde_json::from_str(&next_line(&mut reading).await?)
        .context("what listens at the control socket is not a server of this kind")?;
    let mut line = serde_json::to_vec(&order)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let answer = next_line(&mut reading).await?;
    let outcome = match serde_json::from_str(&answer) {
        Ok(Answer::Done(outcome)) => outcome,
        Ok(Answer::Failed(why)) => return Err(anyhow!(why)),
        Err(fault) => bail!(
            "the running server is afterword {} and this command is {}: restart the server ({fault})",
            greeting.afterword,
            env!("CARGO_PKG_VERSION")
        ),
    };
    reading.get_mut().set_limit(u64::MAX);
    let mut bytes = outcome.attached_bytes();
    while bytes > 0 {
        let chunk = reading.fill_buf().await?;
        if chunk.is_empty() {
            bail!("the server went away before it had sent everything");
        }
        let length = chunk.len().min(usize::try_from(bytes).unwrap_or(usize::MAX));
        into.write_all(&chunk[..length])?;
        reading.consume(length);
        bytes -= length as u64;
    }
    Ok(outcome)
}

async fn next_line(reading: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<String> {
    let mut line = String::new();
    if reading.read_line(&mut line).await? == 0 {
        bail!("the server went away before it answered");
    }
    Ok(line)
}

async fn by_ourselves(
    config: Config,
    order: Order,
    into: &mut (dyn Write + Send),
) -> anyhow::Result<Outcome> {
    if !order.may_begin_a_data_file() {
        wiring::require_data_file(&config)?;
    }
    let store = wiring::open_store(&config, false)?;
    let app = wiring::app(config, store)?;
    let done = orders::carry_out(&app, order).await;
    app.store.close().await;
    let Done { outcome, attached } = done?;
    if let Some(mut file) = attached {
        std::io::copy(&mut file, into)?;
    }
    Ok(outcome)
}
