//! A disk in memory that survives being reopened, and can be told to fail.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use afterword::storage::redb::Disk;
use parking_lot::RwLock;
use redb::{Builder, Database, DatabaseError, StorageBackend};

/// What a disk is made of. Shared by all who open it.
#[derive(Default)]
pub struct MemoryDisk {
    bytes: RwLock<Vec<u8>>,
    /// Bytes beyond which a write fails with "no space left".
    capacity: AtomicU64,
    /// Every write and sync fails.
    broken: AtomicBool,
    /// What `free_bytes` says.
    free: AtomicU64,
    opened: AtomicU64,
}

#[derive(Clone)]
pub struct SharedDisk(pub Arc<MemoryDisk>);

impl SharedDisk {
    pub fn new() -> SharedDisk {
        let disk = MemoryDisk::default();
        disk.capacity.store(u64::MAX, Ordering::SeqCst);
        disk.free.store(u64::MAX, Ordering::SeqCst);
        SharedDisk(Arc::new(disk))
    }

    /// Lets no byte be written beyond what is written now.
    pub fn fill_up(&self) {
        let length = self.0.bytes.read().len() as u64;
        self.0.capacity.store(length, Ordering::SeqCst);
    }

    pub fn make_space(&self) {
        self.0.capacity.store(u64::MAX, Ordering::SeqCst);
    }

    /// No write succeeds, as on a disk that is full to the last byte.
    pub fn refuse_all_writes(&self) {
        self.0.capacity.store(0, Ordering::SeqCst);
    }

    pub fn set_broken(&self, broken: bool) {
        self.0.broken.store(broken, Ordering::SeqCst);
    }

    pub fn set_free(&self, bytes: u64) {
        self.0.free.store(bytes, Ordering::SeqCst);
    }

    pub fn times_opened(&self) -> u64 {
        self.0.opened.load(Ordering::SeqCst)
    }
}

impl Disk for SharedDisk {
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError> {
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        builder.create_with_backend(Backend(Arc::clone(&self.0)))
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(self.0.free.load(Ordering::SeqCst))
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(self.0.bytes.read().len() as u64)
    }
}

struct Backend(Arc<MemoryDisk>);

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a disk in memory")
    }
}

impl Backend {
    fn check(&self, end: u64) -> io::Result<()> {
        if self.0.broken.load(Ordering::SeqCst) {
            return Err(io::Error::other("the disk is broken"));
        }
        if end > self.0.capacity.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.bytes.read().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.0.bytes.read();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let found = bytes.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check(0)?;
        let mut bytes = self.0.bytes.write();
        if len > bytes.len() as u64 {
            self.check(len)?;
        }
        bytes.resize(usize::try_from(len).map_err(io::Error::other)?, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check(0)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(offset + data.len() as u64)?;
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let mut bytes = self.0.bytes.write();
        let place = bytes.get_mut(start..start + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        place.copy_from_slice(data);
        Ok(())
    }
}
