//! A new data file beside the one in use, and how it takes its place: written, synced, renamed, the directory synced.
//! A crash at any step leaves what was there before, or what is there then.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::super::FILE;

/// Bytes of a new file kept in memory.
const CACHE_BYTES: usize = 64 << 20;

/// A file that is being written. Removed when this is dropped before it was put in place.
pub struct NewFile {
    directory: PathBuf,
    path: PathBuf,
    file: File,
    in_place: bool,
    /// The directory, locked: one new file at a time. The file's own lock is the engine's, and goes with the database
    /// before the file is in place.
    _lock: File,
}

impl NewFile {
    /// Begins a file in a directory. What a process that was killed left behind under this name goes; while another is
    /// being written there, this is `WouldBlock`.
    pub fn begin(directory: &Path, name: &str) -> io::Result<NewFile> {
        let lock = File::open(directory)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
            TryLockError::Error(error) => error,
        })?;
        let path = directory.join(name);
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        Ok(NewFile { directory: directory.to_owned(), path, file, in_place: false, _lock: lock })
    }

    /// A database in it, empty.
    pub fn database(&self) -> Result<Database, DatabaseError> {
        let backend = FileBackend::new(self.file.try_clone()?)?;
        Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(backend)
    }

    pub fn bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Where there is no data file yet: one that appeared in the meantime stays, and this is `AlreadyExists`.
    pub fn put_where_none_is(self) -> io::Result<()> {
        self.put(|from, to| match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // File systems that cannot do it in one step.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                std::fs::hard_link(from, to)?;
                std::fs::remove_file(from)
            }
            done => Ok(done?),
        })
    }

    /// In place of the data file that is there. Whoever does this holds that file's lock.
    pub fn put_over(self) -> io::Result<()> {
        self.put(|from, to| std::fs::rename(from, to))
    }

    fn put(mut self, rename: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        self.file.sync_all()?;
        rename(&self.path, &self.directory.join(FILE))?;
        self.in_place = true;
        sync_directory(&self.directory)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.in_place {
            // Left behind, it is replaced by the next attempt.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes names in a directory durable.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
