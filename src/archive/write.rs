//! Writing an export.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::lines::Line;
use super::{Frame, Header, Summary, hex};
use crate::storage::archive::Entity;

pub struct Writer<W> {
    out: W,
    digest: Sha256,
    summary: Summary,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn begin(mut out: W, header: Header) -> io::Result<Writer<W>> {
        write_line(&mut out, &Frame::Afterword(header))?;
        Ok(Writer { out, digest: Sha256::new(), summary: Summary::default(), line: Vec::new() })
    }

    pub fn entity(&mut self, entity: Entity) -> io::Result<()> {
        let line = Line::from(entity);
        let kind = line.kind();
        self.line.clear();
        serde_json::to_writer(&mut self.line, &line)?;
        self.line.push(b'\n');
        self.digest.update(&self.line);
        self.out.write_all(&self.line)?;
        self.summary.entities += 1;
        match self.summary.counts.get_mut(kind) {
            Some(count) => *count += 1,
            None => drop(self.summary.counts.insert(kind.to_owned(), 1)),
        }
        Ok(())
    }

    /// The last line.
    pub fn end(mut self) -> io::Result<(W, Summary)> {
        self.summary.sha256 = hex(&self.digest.finalize());
        write_line(&mut self.out, &Frame::End(self.summary.clone()))?;
        Ok((self.out, self.summary))
    }
}

fn write_line(out: &mut impl Write, frame: &Frame) -> io::Result<()> {
    let mut line = serde_json::to_vec(frame)?;
    line.push(b'\n');
    out.write_all(&line)
}
