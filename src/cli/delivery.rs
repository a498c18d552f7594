//! A file that a command hands over: complete under its name, or not there. Only its owner reads it: it holds what
//! people sign in with.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};

pub struct Delivery {
    file: File,
    beside: PathBuf,
    path: PathBuf,
    replace: bool,
    is_delivered: bool,
}

impl Delivery {
    /// Begins it beside its place. A file that is there is left alone, unless it is to be replaced.
    pub fn begin(path: &Path, replace: bool) -> anyhow::Result<Delivery> {
        if !replace && path.symlink_metadata().is_ok() {
            return Err(already_there(path));
        }
        let Some(name) = path.file_name() else { bail!("{} is not the name of a file", path.display()) };
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(beside);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .with_context(|| format!("writing {}", beside.display()))?;
        Ok(Delivery { file, beside, path: path.to_owned(), replace, is_delivered: false })
    }

    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Puts it in its place, durably.
    pub fn deliver(mut self) -> anyhow::Result<()> {
        let moved = self.file.sync_all().and_then(|()| self.rename());
        match moved {
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {
                return Err(already_there(&self.path));
            }
            moved => moved.with_context(|| format!("writing {}", self.path.display()))?,
        }
        self.is_delivered = true;
        let directory = self.path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .with_context(|| format!("writing to {}", directory.display()))
    }

    fn rename(&self) -> io::Result<()> {
        if self.replace {
            return std::fs::rename(&self.beside, &self.path);
        }
        match renameat_with(CWD, &self.beside, CWD, &self.path, RenameFlags::NOREPLACE) {
            // File systems that cannot do it in one step.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                std::fs::hard_link(&self.beside, &self.path)?;
                std::fs::remove_file(&self.beside)
            }
            done => Ok(done?),
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.is_delivered {
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}

fn already_there(path: &Path) -> anyhow::Error {
    anyhow::anyhow!("{} is there already: choose another name, or say --replace", path.display())
}
