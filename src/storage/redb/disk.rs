//! Where the data file lies. Behind a trait, so that tests can put a failing disk under the engine.

use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// A place for one data file. It is opened again after every I/O error, so opening must be repeatable.
pub trait Disk: Send + Sync + 'static {
    /// Opens the file, or makes an empty one.
    fn backend(&self) -> io::Result<Box<dyn StorageBackend>>;
    /// Opens the file, if there is one, on a disk that may refuse to be written. Nothing will be written through it.
    fn backend_for_reading(&self) -> io::Result<Box<dyn StorageBackend>>;
    /// Bytes that can still be written.
    fn free_bytes(&self) -> io::Result<u64>;
    /// How large the file is.
    fn file_bytes(&self) -> io::Result<u64>;
}

/// A file in a directory.
pub struct FileDisk {
    directory: PathBuf,
    file: PathBuf,
}

impl FileDisk {
    pub fn new(directory: &Path, file: PathBuf) -> FileDisk {
        FileDisk { directory: directory.to_owned(), file }
    }
}

fn backend_of(file: std::fs::File) -> io::Result<Box<dyn StorageBackend>> {
    Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
}

impl Disk for FileDisk {
    fn backend(&self) -> io::Result<Box<dyn StorageBackend>> {
        let mut options = OpenOptions::new();
        backend_of(options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&self.file)?)
    }

    fn backend_for_reading(&self) -> io::Result<Box<dyn StorageBackend>> {
        backend_of(OpenOptions::new().read(true).open(&self.file)?)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.directory)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(std::fs::metadata(&self.file)?.len())
    }
}

/// A backend of any kind, as the engine takes one.
#[derive(Debug)]
pub struct Boxed(pub Box<dyn StorageBackend>);

impl StorageBackend for Boxed {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}
