//! A backup: an export compressed with gzip, and a seal.
//!
//! The seal is a second gzip member that holds one line, the SHA-256 of all bytes before it. So the file opens with
//! `zcat`, and a change of any bit of it is noticed: also of those that a decompressor overlooks. It protects from
//! disks and cables, not from somebody who can write a new seal.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use flate2::read::MultiGzDecoder;
use flate2::write::{GzDecoder, GzEncoder};
use flate2::{Compression, Crc};
use sha2::{Digest, Sha256};

use super::{Frame, hex};

#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    #[error("this is no backup of Afterword: `afterword backup FILE` makes one")]
    NotABackup,
    #[error("this backup is not as it was written: it was cut short or altered")]
    Broken,
    #[error("reading the backup: {0}")]
    Io(#[from] io::Error),
}

/// Compresses what is written to it, and seals it at the end.
pub struct Sealing<W: Write> {
    gzip: GzEncoder<Hashing<W>>,
}

impl<W: Write> Sealing<W> {
    pub fn new(out: W) -> Sealing<W> {
        // Fast: whoever waits for a snapshot to end waits for this.
        let out = Hashing { out, digest: Sha256::new() };
        Sealing { gzip: compressing(out) }
    }

    pub fn finish(self) -> io::Result<W> {
        let Hashing { mut out, digest } = self.gzip.finish()?;
        out.write_all(&seal(&digest.finalize()))?;
        Ok(out)
    }
}

/// Only compresses.
pub type Compressing<W> = GzEncoder<W>;

pub fn compressing<W: Write>(out: W) -> Compressing<W> {
    GzEncoder::new(out, Compression::fast())
}

/// The opposite, for what is complete by its end.
pub type Expanding<W> = GzDecoder<W>;

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gzip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.gzip.flush()
    }
}

struct Hashing<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Looks at every byte of a backup, then gives the lines in it.
pub fn open(mut file: File) -> Result<BufReader<impl Read>, SealFault> {
    check(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(BufReader::with_capacity(256 << 10, MultiGzDecoder::new(BufReader::with_capacity(64 << 10, file))))
}

/// Whether a backup is as it was written.
pub fn check(file: &mut File) -> Result<(), SealFault> {
    let seal_bytes = seal(&[0; 32]).len() as u64;
    let all = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut magic = [0; 3];
    match file.read_exact(&mut magic) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(SealFault::NotABackup),
        read => read?,
    }
    if magic != MAGIC {
        return Err(SealFault::NotABackup);
    }
    let sealed = all.checked_sub(seal_bytes).ok_or(SealFault::Broken)?;
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let mut input = BufReader::with_capacity(256 << 10, file);
    io::copy(&mut (&mut input).take(sealed), &mut digest)?;
    let mut found = Vec::new();
    input.read_to_end(&mut found)?;
    if found == seal(&digest.finalize()) { Ok(()) } else { Err(SealFault::Broken) }
}

/// gzip, deflate.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Written out here (RFC 1952 around one stored block of RFC 1951), so that the same digest always gives the same bytes.
fn seal(digest: &[u8]) -> Vec<u8> {
    let mut line = serde_json::to_vec(&Frame::Seal { sha256: hex(digest) }).unwrap_or_default();
    line.push(b'\n');
    let length = u16::try_from(line.len()).unwrap_or(u16::MAX);
    let mut crc = Crc::new();
    crc.update(&line);
    let mut member = MAGIC.to_vec();
    member.extend([0, 0, 0, 0, 0, 0, 255]);
    // The last block, stored.
    member.push(1);
    member.extend(length.to_le_bytes());
    member.extend((!length).to_le_bytes());
    member.extend(&line);
    member.extend(crc.sum().to_le_bytes());
    member.extend(u32::from(length).to_le_bytes());
    member
}
