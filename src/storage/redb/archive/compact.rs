//! A logical copy of the data file: every row of every table into a fresh file, which then takes its place. What was
//! deleted is in none of the rows, and so in none of the new pages.
//!
//! A running server holds the file and goes on writing, so for it a compaction is a wish, kept as an empty file beside
//! the data file: the next start copies before it serves. A crash at any step leaves the old file or the new one; the
//! wish goes last.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, TableHandle};

use super::super::disk::{Disk, FileDisk};
use super::super::fault::Fault;
use super::super::open::{OpenError, migrated};
use super::super::tables::{self, Snapshot};
use super::super::{FILE, Options};
use super::place::{NewFile, sync_directory};
use crate::storage::StoreError;

/// Beside the data file, while it is made.
const NAME: &str = "afterword.redb.compacting";
/// Its presence is the wish.
const WISH: &str = "afterword.redb.compact-at-start";

/// How large the data file was, and is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    pub bytes_before: u64,
    pub bytes_after: u64,
    pub rows: u64,
}

fn wish_in(directory: &Path) -> PathBuf {
    directory.join(WISH)
}

/// Has the next start do it.
pub fn wish_compaction(directory: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(wish_in(directory))?;
    sync_directory(directory)
}

pub fn is_compaction_wished(directory: &Path) -> bool {
    wish_in(directory).exists()
}

/// Does what was wished for, if anything was; `None` if not. Called before the file is opened to serve.
pub fn compact_if_wished(options: &Options) -> Option<Result<Compacted, OpenError>> {
    is_compaction_wished(&options.directory).then(|| compact(options))
}

/// Copies the data file and puts the copy in its place. Nobody else may have it open.
pub fn compact(options: &Options) -> Result<Compacted, OpenError> {
    let directory = &options.directory;
    let path = directory.join(FILE);
    let disk = FileDisk::new(directory, path.clone());
    let broken =
        |fault: Fault| OpenError::Io { file: path.clone(), reason: StoreError::from(fault).to_string() };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock => OpenError::Locked { file: path.clone() },
        _ => OpenError::Io { file: path.clone(), reason: error.to_string() },
    };
    let database = migrated(&disk, options, &path)?;
    let bytes_before = disk.file_bytes().map_err(failed)?;
    let new = NewFile::begin(directory, NAME).map_err(failed)?;
    let rows = copy(&database, &new, &disk, options).map_err(broken)?;
    let bytes_after = new.bytes().map_err(failed)?;
    // The old file is open until the new one is in place: nobody writes to it in between.
    new.put_over().map_err(failed)?;
    drop(database);
    match std::fs::remove_file(wish_in(directory)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    Ok(Compacted { bytes_before, bytes_after, rows })
}

/// Every row, and then a look at whether every row is there.
fn copy(from: &Database, new: &NewFile, disk: &dyn Disk, options: &Options) -> Result<u64, Fault> {
    let transaction = from.begin_read()?;
    for table in transaction.list_tables()? {
        if !tables::NAMES.contains(&table.name()) {
            return Err(Fault::corrupt(format!(
                "the table {}, which this version does not know",
                table.name()
            )));
        }
    }
    let has_room = || {
        let free = disk.free_bytes().map_err(redb::StorageError::from)?;
        if free < options.reserve_bytes {
            let reserve = options.reserve_bytes;
            let why = format!("{free} bytes are free, {reserve} are kept in reserve");
            return Err(Fault::Refused(StoreError::Full(why)));
        }
        Ok(())
    };
    let snapshot = Snapshot::new(&transaction);
    let database = new.database()?;
    let rows = tables::copy(&snapshot, &database, has_room)?;
    drop(database);
    // Read back from the file that will be used, not from what is in memory of it.
    let copy = new.database()?;
    let copied = copy.begin_read()?;
    tables::compare(&snapshot, &Snapshot::new(&copied))?;
    Ok(rows)
}
