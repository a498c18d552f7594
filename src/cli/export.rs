//! `afterword export` and `afterword backup`: everything, from one snapshot.
//!
//! Whoever holds the data file first writes it to a file of its own, without a name, and sends it from there: a snapshot
//! keeps the engine from using pages again, and must not wait for a command that was stopped or a slow terminal.

use std::fs::{File, OpenOptions, remove_file};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::arguments::{Backup, Export};
use super::control;
use super::delivery::Delivery;
use super::orders::{Order, Outcome};
use super::output::{note, say};
use crate::app::{App, random};
use crate::archive::sealed::{self, Compressing, Expanding, Sealing};
use crate::archive::write::Writer;
use crate::archive::{Header, Summary, VERSION};
use crate::config::Config;
use crate::storage::{Store, StoreError};

/// What was written.
#[derive(Debug, Serialize, Deserialize)]
pub struct Exported {
    pub summary: Summary,
    /// How many bytes there are of it.
    pub bytes: u64,
}

pub async fn run(config: Config, arguments: &Export) -> anyhow::Result<()> {
    if arguments.digest {
        let outcome = control::ask(config, Order::Digest).await?;
        say(exported(outcome)?.summary.sha256);
        return Ok(());
    }
    let order = Order::Export { sealed: false };
    if arguments.file == Path::new("-") {
        let mut lines = Expanding::new(io::stdout());
        exported(control::fetch(config, order, &mut lines).await?)?;
        lines.finish()?;
        return Ok(());
    }
    let mut delivery = Delivery::begin(&arguments.file, arguments.replace)?;
    let mut lines = Expanding::new(BufWriter::new(delivery.file()));
    let exported = exported(control::fetch(config, order, &mut lines).await?)?;
    lines.finish()?.flush()?;
    delivery.deliver()?;
    note(format!("exported {}", tally(&exported.summary)));
    Ok(())
}

pub async fn backup(config: Config, arguments: &Backup) -> anyhow::Result<()> {
    let order = Order::Export { sealed: true };
    if arguments.file == Path::new("-") {
        exported(control::fetch(config, order, &mut io::stdout()).await?)?;
        return Ok(());
    }
    let mut delivery = Delivery::begin(&arguments.file, arguments.replace)?;
    let exported = exported(control::fetch(config, order, delivery.file()).await?)?;
    sealed::check(delivery.file())?;
    delivery.deliver()?;
    note(format!("backed up {}", tally(&exported.summary)));
    Ok(())
}

fn exported(outcome: Outcome) -> anyhow::Result<Exported> {
    match outcome {
        Outcome::Exported(exported) => Ok(exported),
        other => bail!("the server answered something else: {other:?}"),
    }
}

/// For people: how much there was of what they know.
pub fn tally(summary: &Summary) -> String {
    let counted = ["site", "thread", "comment", "account"].map(|kind| {
        let count = summary.counts.get(kind).copied().unwrap_or(0);
        format!("{count} {kind}{}", if count == 1 { "" } else { "s" })
    });
    format!("{}; digest {}", counted.join(", "), summary.sha256)
}

/// The digest of everything that is stored.
pub async fn digest(app: &App) -> anyhow::Result<Exported> {
    let (_, summary) = write(app, io::sink()).await?;
    Ok(Exported { summary, bytes: 0 })
}

/// Everything, in a file without a name, to be read from its beginning.
pub async fn spool(app: &App, sealed: bool) -> anyhow::Result<(Exported, File)> {
    let directory = &app.config.storage.directory;
    let name = format!("export-{}.part", uuid::Uuid::from_bytes(random(&*app.chance)).simple());
    let file =
        nameless(&directory.join(name)).with_context(|| format!("writing to {}", directory.display()))?;
    let room =
        Room { store: app.store.clone(), reserve: app.config.storage.reserve_bytes, unchecked: 0, file };
    let out = BufWriter::with_capacity(256 << 10, room);
    let (summary, out) = if sealed {
        let (out, summary) = write(app, Sealing::new(out)).await?;
        (summary, out.finish()?)
    } else {
        let lines: Compressing<_> = sealed::compressing(out);
        let (out, summary) = write(app, lines).await?;
        (summary, out.finish()?)
    };
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?.file;
    let bytes = file.stream_position()?;
    file.seek(SeekFrom::Start(0))?;
    Ok((Exported { summary, bytes }, file))
}

async fn write<W: Write + Send + 'static>(app: &App, out: W) -> anyhow::Result<(W, Summary)> {
    let header = Header {
        version: VERSION,
        schema: app.store.schema_version(),
        afterword: env!("CARGO_PKG_VERSION").to_owned(),
        at: app.clock.now().to_string(),
        sites: app.store.sites().len() as u64,
    };
    let writer = Arc::new(Mutex::new(Some(Writer::begin(out, header)?)));
    let taking = writer.clone();
    let take = move |entity| match &mut *taking.lock() {
        Some(writer) => writer.entity(entity).map_err(|fault| match fault.kind() {
            io::ErrorKind::StorageFull => StoreError::Full(fault.to_string()),
            _ => StoreError::Io(fault.to_string()),
        }),
        None => Err(StoreError::ShuttingDown),
    };
    let _ends_with_us = EndsWithUs(writer.clone());
    app.store.export(Box::new(take)).await?;
    let writer = writer.lock().take().context("the export ended twice")?;
    Ok(writer.end()?)
}

/// Ends the export when nobody waits for it any more: it runs on a thread of its own, and would go on.
struct EndsWithUs<W>(Arc<Mutex<Option<Writer<W>>>>);

impl<W> Drop for EndsWithUs<W> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

/// Gone from the disk with its last handle, also if this process is killed.
fn nameless(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    remove_file(path)?;
    Ok(file)
}

/// Leaves free on the disk what comments need.
struct Room {
    file: File,
    store: Arc<dyn Store>,
    reserve: u64,
    unchecked: usize,
}

impl Room {
    const CHECKED_EVERY: usize = 4 << 20;
}

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unchecked += bytes.len();
        if self.unchecked >= Room::CHECKED_EVERY {
            self.unchecked = 0;
            let free = self.store.figures().free_bytes;
            if free < self.reserve {
                let why = format!("{free} bytes are free, {} are kept in reserve", self.reserve);
                return Err(io::Error::new(io::ErrorKind::StorageFull, why));
            }
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
