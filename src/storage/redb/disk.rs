//! Where the data file lies. Behind a trait, so that tests can put a failing disk under the engine.

use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Whether a file was begun and not finished. The engine makes it a few pages long and writes its mark last, so that
/// before it there is at most the rest of a header. A file that holds anything else is somebody's, however it begins.
pub fn is_unfinished(backend: &dyn StorageBackend) -> io::Result<bool> {
    const PAGE: u64 = 4_096;
    const LONGEST: u64 = 32 * PAGE;
    const MARK: usize = 9;
    const HEADER: usize = 320;
    let len = backend.len()?;
    if len == 0 || len % PAGE != 0 || len > LONGEST {
        return Ok(false);
    }
    let mut file = vec![0; len as usize];
    backend.read(0, &mut file)?;
    Ok(file[..MARK].iter().chain(&file[HEADER..]).all(|byte| *byte == 0))
}

/// A backend of any kind, as the engine takes one. What a start had only begun to make when it was cut short counts as
/// nothing, and is made from the beginning.
#[derive(Debug)]
pub struct Boxed {
    backend: Box<dyn StorageBackend>,
    is_looked_at: AtomicBool,
}

impl Boxed {
    pub fn new(backend: Box<dyn StorageBackend>) -> Boxed {
        Boxed { backend, is_looked_at: AtomicBool::new(false) }
    }
}

impl StorageBackend for Boxed {
    /// The engine asks first when it has the file's lock: nobody else is making it at that moment.
    fn len(&self) -> io::Result<u64> {
        if !self.is_looked_at.swap(true, Ordering::Relaxed) && is_unfinished(&*self.backend)? {
            self.backend.set_len(0)?;
        }
        self.backend.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.backend.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.backend.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.backend.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.backend.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.backend.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.query_lock_range(start, end)
    }
}
