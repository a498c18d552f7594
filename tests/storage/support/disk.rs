//! A disk in memory that survives being reopened, and can be told to fail.
//!
//! Like a file system that allocates when it is written to: a file can be made longer on a full disk, and what was
//! written before can be written again, but nothing new.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use afterword::storage::redb::Disk;
use parking_lot::{Mutex, RwLock};
use redb::StorageBackend;

const BLOCK: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// No space for what is new.
    Full,
    /// No space for anything: a file system that never writes in place.
    FullToTheLastBlock,
    /// Every write and sync fails.
    Broken,
}

struct MemoryDisk {
    file: RwLock<File>,
    trouble: Mutex<Trouble>,
    /// After so many more writes and syncs one fails; negative: never.
    fails_in: AtomicI64,
    failure: Mutex<io::ErrorKind>,
    free: AtomicU64,
    opened: AtomicU64,
}

struct File {
    bytes: Vec<u8>,
    allocated: Vec<bool>,
}

#[derive(Clone)]
pub struct SharedDisk(Arc<MemoryDisk>);

impl SharedDisk {
    pub fn new() -> SharedDisk {
        SharedDisk::over(vec![])
    }

    /// On a disk that holds this already.
    pub fn over(bytes: Vec<u8>) -> SharedDisk {
        let allocated = vec![true; bytes.len().div_ceil(BLOCK)];
        SharedDisk(Arc::new(MemoryDisk {
            file: RwLock::new(File { bytes, allocated }),
            trouble: Mutex::new(Trouble::None),
            fails_in: AtomicI64::new(-1),
            failure: Mutex::new(io::ErrorKind::Other),
            free: AtomicU64::new(u64::MAX),
            opened: AtomicU64::new(0),
        }))
    }

    pub fn set_trouble(&self, trouble: Trouble) {
        *self.0.trouble.lock() = trouble;
    }

    /// Lets one write or sync fail, after `count` that succeed.
    pub fn fail_once_after(&self, count: i64) {
        self.0.fails_in.store(count, Ordering::SeqCst);
    }

    /// What such a failure is called.
    pub fn fails_as(&self, kind: io::ErrorKind) {
        *self.0.failure.lock() = kind;
    }

    /// Whether that failure is still to come.
    pub fn has_not_failed_yet(&self) -> bool {
        self.0.fails_in.swap(-1, Ordering::SeqCst) >= 0
    }

    pub fn set_free(&self, bytes: u64) {
        self.0.free.store(bytes, Ordering::SeqCst);
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.file.read().bytes.clone()
    }

    pub fn times_opened(&self) -> u64 {
        self.0.opened.load(Ordering::SeqCst)
    }
}

impl Disk for SharedDisk {
    fn backend(&self) -> io::Result<Box<dyn StorageBackend>> {
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Backend(Arc::clone(&self.0))))
    }

    fn backend_for_reading(&self) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(Backend(Arc::clone(&self.0))))
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(self.0.free.load(Ordering::SeqCst))
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(self.0.file.read().bytes.len() as u64)
    }
}

struct Backend(Arc<MemoryDisk>);

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a disk in memory")
    }
}

impl Backend {
    /// Whether a write may happen; `in_place` if it allocates nothing.
    fn check(&self, in_place: bool) -> io::Result<()> {
        if self.0.fails_in.load(Ordering::SeqCst) >= 0 && self.0.fails_in.fetch_sub(1, Ordering::SeqCst) == 0
        {
            return Err(io::Error::new(*self.0.failure.lock(), "the disk failed once"));
        }
        match *self.0.trouble.lock() {
            Trouble::Broken => Err(io::Error::other("the disk is broken")),
            Trouble::FullToTheLastBlock => Err(io::ErrorKind::StorageFull.into()),
            Trouble::Full if !in_place => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(io::Error::other)
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.file.read().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (start, file) = (index(offset)?, self.0.file.read());
        let found = file.bytes.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check(true)?;
        let (len, mut file) = (index(len)?, self.0.file.write());
        file.bytes.resize(len, 0);
        file.allocated.resize(len.div_ceil(BLOCK), false);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check(true)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (start, end) = (index(offset)?, index(offset)? + data.len());
        let mut file = self.0.file.write();
        let blocks = start / BLOCK..end.div_ceil(BLOCK);
        self.check(file.allocated[blocks.clone()].iter().all(|it| *it))?;
        file.allocated[blocks].fill(true);
        file.bytes.get_mut(start..end).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        Ok(())
    }
}
