//! Disks that are small: a file system of a few megabytes, and a limit on how long a file may be.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::process::Server;

/// Something small to keep the data on, and a way to make room.
pub trait SmallDisk {
    fn directory(&self) -> &Path;
    fn start(&self) -> Server;
    /// Takes the space away again that was made.
    fn fill(&self, server: &Server);
    fn make_room(&self, server: &Server);
}

/// A tmpfs in a mount namespace of its own, with a file in it that can be deleted to make room. Nobody else sees it,
/// and it is gone with the process that holds it.
pub struct Mounted {
    holder: Child,
    directory: PathBuf,
    _mount_point: tempfile::TempDir,
}

impl Mounted {
    const SIZE: &str = "size=6m";
    const BALLAST: usize = 3 << 20;

    pub fn new() -> Mounted {
        let mount_point = tempfile::tempdir().unwrap();
        let script = r#"mount -t tmpfs -o "$1" none "$0" && echo mounted && exec cat"#;
        let mut holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script])
            .args([mount_point.path().as_os_str(), Mounted::SIZE.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "mounted\n", "the kernel lets this user mount a tmpfs in a namespace");
        let inside = mount_point.path().strip_prefix("/").unwrap();
        let directory = Path::new(&format!("/proc/{}/root", holder.id())).join(inside);
        Mounted { holder, directory, _mount_point: mount_point }
    }

    fn ballast(&self) -> PathBuf {
        self.directory.join("ballast")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

impl SmallDisk for Mounted {
    fn directory(&self) -> &Path {
        &self.directory
    }

    fn start(&self) -> Server {
        std::fs::write(self.ballast(), vec![1; Mounted::BALLAST]).unwrap();
        let command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        Server::with(command, &self.directory, &[("AFTERWORD_STORAGE__RESERVE", "0")])
    }

    fn fill(&self, _: &Server) {
        // As far as it goes: what was freed may have been used.
        let _ = std::fs::write(self.ballast(), vec![1; Mounted::BALLAST]);
    }

    fn make_room(&self, _: &Server) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

/// A directory in which no file may be longer than a few megabytes: what a quota does.
pub struct Limited(tempfile::TempDir);

impl Limited {
    const BYTES: u64 = 3 << 20;

    pub fn new() -> Limited {
        Limited(tempfile::tempdir().unwrap())
    }

    fn limit(server: &Server, bytes: Option<u64>) {
        let pid = Pid::from_raw(i32::try_from(server.id()).unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }
}

impl SmallDisk for Limited {
    fn directory(&self) -> &Path {
        self.0.path()
    }

    fn start(&self) -> Server {
        // Without the trap the kernel would end the server where it should refuse.
        let mut command = Command::new("sh");
        command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, env!("CARGO_BIN_EXE_afterword")]);
        let server = Server::with(command, self.0.path(), &[("AFTERWORD_STORAGE__RESERVE", "0")]);
        self.fill(&server);
        server
    }

    fn fill(&self, server: &Server) {
        Limited::limit(server, Some(Limited::BYTES));
    }

    fn make_room(&self, server: &Server) {
        Limited::limit(server, None);
    }
}
