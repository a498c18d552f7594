//! Opening the data file, and what can stand against it. A file that is refused is not changed.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use redb::{Database, DatabaseError, StorageError};
use tokio::sync::mpsc;

use super::catalog::Catalog;
use super::disk::{Disk, FileDisk, is_unfinished};
use super::engine::Engine;
use super::fault::Fault;
use super::handle::{self, Handle};
use super::schema;
use super::tables::Snapshot;
use super::writer::Writer;
use super::{FEWEST_READERS, FILE, Options, READERS_PER_CORE, RedbStore};
use crate::storage::StoreError;
use crate::workers::Workers;

/// Commands that may wait for the writer; who comes after waits to queue.
const QUEUE: usize = 4_096;
/// Enough to read one row of a file.
const PEEK_CACHE: usize = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data directory {} cannot be made or written: {source}", directory.display())]
    Directory { directory: PathBuf, source: io::Error },
    #[error("the data file {} is in use by another process: is Afterword running already?", file.display())]
    Locked { file: PathBuf },
    #[error(
        "the data file {} has schema version {found}, and this binary knows versions up to {known}: \
         run a newer Afterword",
        file.display()
    )]
    Newer { file: PathBuf, found: u64, known: u64 },
    #[error("{} is not an Afterword data file: move it away, or choose another data directory", file.display())]
    NotADataFile { file: PathBuf },
    #[error("the data file {} cannot be opened: {reason}", file.display())]
    Io { file: PathBuf, reason: String },
}

/// What `migrate --check` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaCheck {
    /// `None`: there is no file yet.
    pub found: Option<u64>,
    pub known: u64,
    /// Migrations that the next start would run.
    pub pending: Vec<&'static str>,
}

impl SchemaCheck {
    /// What this binary makes of a file of schema `found`.
    pub fn of(found: Option<u64>) -> SchemaCheck {
        SchemaCheck { found, known: schema::CURRENT, pending: schema::pending(found.unwrap_or(0)) }
    }
}

impl RedbStore {
    /// Opens the data file in a directory, makes it if there is none, and migrates it.
    pub fn open(options: Options) -> Result<Arc<RedbStore>, OpenError> {
        let directory = &options.directory;
        writable(directory)
            .map_err(|source| OpenError::Directory { directory: directory.clone(), source })?;
        let disk = FileDisk::new(directory, directory.join(FILE));
        Self::open_with_backend(options, Arc::new(disk))
    }

    /// The same on any disk: how tests simulate one that fails. The directory is only named in errors.
    pub fn open_with_backend(options: Options, disk: Arc<dyn Disk>) -> Result<Arc<RedbStore>, OpenError> {
        let file = options.directory.join(FILE);
        let failed =
            |fault: Fault| OpenError::Io { file: file.clone(), reason: StoreError::from(fault).to_string() };
        let database = migrated(&*disk, &options, &file)?;

        let handle = Handle::new(Arc::clone(&disk), options.cache_bytes, database);
        let catalog = Catalog::default();
        let (transaction, _) = handle.begin_read();
        transaction.and_then(|it| catalog.load(&Snapshot::new(&it))).map_err(failed)?;

        let started = |error: std::io::Error| OpenError::Io { file: file.clone(), reason: error.to_string() };
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let readers = (cores * READERS_PER_CORE).max(FEWEST_READERS);
        let readers = Workers::new("afterword-reader", readers).map_err(started)?;
        let engine = Arc::new(Engine::new(handle, catalog, disk, options.reserve_bytes));
        let (commands, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(Arc::clone(&engine), queue, options.one_commit_per_unit);
        let thread = std::thread::Builder::new()
            .name("afterword-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(started)?;
        Ok(Arc::new(RedbStore { engine, commands, readers, writer: Mutex::new(Some(thread)) }))
    }
}

/// Which schema a directory's file has, and what would run. Changes nothing.
pub fn check_schema(directory: &Path) -> Result<SchemaCheck, OpenError> {
    let file = directory.join(FILE);
    peek(&FileDisk::new(directory, file.clone()), &file).map(SchemaCheck::of)
}

/// The file, open, with the newest schema.
pub fn migrated(disk: &dyn Disk, options: &Options, file: &Path) -> Result<Database, OpenError> {
    // Looked at before it is opened: a file that is refused is not changed.
    refuse_newer(file, peek(disk, file)?.unwrap_or(0))?;
    let database = handle::open(disk, options.cache_bytes).map_err(|error| refused(file, error))?;
    schema::migrate(&database).map_err(|fault| OpenError::Io {
        file: file.to_owned(),
        reason: StoreError::from(fault).to_string(),
    })?;
    Ok(database)
}

fn refuse_newer(file: &Path, found: u64) -> Result<(), OpenError> {
    let known = schema::CURRENT;
    if found > known {
        return Err(OpenError::Newer { file: file.to_owned(), found, known });
    }
    Ok(())
}

/// Makes the directory, and a file in it.
pub fn writable(directory: &Path) -> io::Result<()> {
    // Addresses and password hashes lie here: nobody else on this machine reads them.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    rustix::fs::access(directory, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)?;
    Ok(())
}

/// The schema version of a file, read without changing it; `None` if there is none, or nothing in it yet.
fn peek(disk: &dyn Disk, file: &Path) -> Result<Option<u64>, OpenError> {
    let is_empty =
        disk.backend_for_reading().and_then(|backend| Ok(backend.len()? == 0 || is_unfinished(&*backend)?));
    match is_empty {
        Ok(true) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(file, error.into())),
        Ok(false) => {}
    }
    let database = handle::open_for_reading(disk, PEEK_CACHE).map_err(|error| refused(file, error))?;
    schema::version(&database)
        .map(Some)
        .map_err(|fault| OpenError::Io { file: file.to_owned(), reason: StoreError::from(fault).to_string() })
}

fn refused(file: &Path, error: DatabaseError) -> OpenError {
    let file = file.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::Locked { file },
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
            OpenError::NotADataFile { file }
        }
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            OpenError::NotADataFile { file }
        }
        other => OpenError::Io { file, reason: other.to_string() },
    }
}
