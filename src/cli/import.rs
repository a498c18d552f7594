//! `afterword import` and `afterword restore`: everything, into an empty data directory.
//!
//! Invariant: a file that is not whole and true changes nothing. It is read into a draft beside the data file's place;
//! the draft must say of itself what the file says; only then it gets the name.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::arguments::{Import, Restore};
use super::export::tally;
use super::machine::SystemClock;
use crate::app::Clock;
use crate::archive::read::{ReadFault, read};
use crate::archive::write::Writer;
use crate::archive::{Header, Summary, VERSION, sealed};
use crate::config::Config;
use crate::storage::StoreError;
use crate::storage::redb::Draft;

pub async fn run(config: Config, arguments: Import) -> anyhow::Result<String> {
    let Import { file } = arguments;
    let directory = config.storage.directory;
    let summary = tokio::task::spawn_blocking(move || {
        if file == Path::new("-") {
            return bring_in(&directory, stdin().lock());
        }
        bring_in(&directory, BufReader::with_capacity(256 << 10, open(&file)?))
    })
    .await??;
    Ok(format!("imported {}\neverybody signs in anew", tally(&summary)))
}

pub async fn restore(config: Config, arguments: Restore) -> anyhow::Result<String> {
    let Restore { file, check } = arguments;
    let directory: PathBuf = config.storage.directory;
    tokio::task::spawn_blocking(move || {
        let lines = || sealed::open(open(&file)?).with_context(|| file.display().to_string());
        if check {
            let (header, summary) = read::<ReadFault>(lines()?, |_, _| Ok(()))?;
            return Ok(format!("this backup is whole: of {}, with {}", header.at, tally(&summary)));
        }
        let summary = bring_in(&directory, lines()?)?;
        Ok(format!("restored {}\neverybody signs in anew", tally(&summary)))
    })
    .await?
}

fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| format!("reading {}", file.display()))
}

fn bring_in(directory: &Path, input: impl BufRead) -> anyhow::Result<Summary> {
    let mut draft = Draft::begin(directory)?;
    let (_, expected) = read(input, |line, entity| Ok::<_, anyhow::Error>(draft.put(line, entity)?))?;
    draft.finish()?;
    let found = said_by(&draft)?;
    if found != expected {
        bail!(
            "what came in does not say what the file says: something is in it twice, or belongs to nothing \
             (digest {} instead of {})",
            found.sha256,
            expected.sha256
        );
    }
    draft.keep()?;
    Ok(expected)
}

/// What an export of the draft adds up to.
fn said_by(draft: &Draft) -> anyhow::Result<Summary> {
    let header = Header {
        version: VERSION,
        schema: 0,
        afterword: String::new(),
        at: SystemClock.now().to_string(),
        sites: 0,
    };
    let mut writer = Writer::begin(std::io::sink(), header)?;
    draft.export(&mut |entity| writer.entity(entity).map_err(|fault| StoreError::Io(fault.to_string())))?;
    Ok(writer.end()?.1)
}
