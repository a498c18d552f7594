//! Where the data file lies. Behind a trait, so that tests can put a failing disk under the engine.

use std::io;
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError};

/// A place for one data file. It is opened again after every I/O error, so opening must be repeatable.
pub trait Disk: Send + Sync + 'static {
    /// Opens the file, or makes it. A backend of one's own goes in here: `builder.create_with_backend(…)`.
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError>;
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

impl Disk for FileDisk {
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError> {
        builder.create(&self.file)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.directory)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(std::fs::metadata(&self.file)?.len())
    }
}
