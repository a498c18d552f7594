//! A disk in memory that keeps a tape of everything that was done to it.

use std::io;
use std::sync::Arc;

use afterword::storage::redb::Disk;
use parking_lot::RwLock;
use redb::StorageBackend;

#[derive(Clone, Debug)]
pub enum Step {
    Write {
        offset: usize,
        bytes: Arc<[u8]>,
    },
    SetLen(usize),
    /// Everything before it is on the disk, once it has returned.
    Sync,
}

#[derive(Default)]
struct Reel {
    file: Vec<u8>,
    steps: Vec<Step>,
}

#[derive(Clone, Default)]
pub struct Tape(Arc<RwLock<Reel>>);

impl Tape {
    /// On a disk that holds this already.
    pub fn over(file: Vec<u8>) -> Tape {
        Tape(Arc::new(RwLock::new(Reel { file, steps: vec![] })))
    }

    /// How many steps there have been.
    pub fn position(&self) -> usize {
        self.0.read().steps.len()
    }

    pub fn steps(&self) -> Vec<Step> {
        self.0.read().steps.clone()
    }
}

impl Disk for Tape {
    fn backend(&self) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(self.clone()))
    }

    fn backend_for_reading(&self) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(self.clone()))
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }

    fn file_bytes(&self) -> io::Result<u64> {
        Ok(self.0.read().file.len() as u64)
    }
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a disk with a tape")
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(io::Error::other)
}

impl StorageBackend for Tape {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.read().file.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (start, reel) = (index(offset)?, self.0.read());
        let found = reel.file.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let (len, mut reel) = (index(len)?, self.0.write());
        reel.file.resize(len, 0);
        reel.steps.push(Step::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.write().steps.push(Step::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (offset, mut reel) = (index(offset)?, self.0.write());
        let place = reel.file.get_mut(offset..offset + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        place.copy_from_slice(data);
        reel.steps.push(Step::Write { offset, bytes: data.into() });
        Ok(())
    }
}
