//! Starting the SMTP server of `server.py`, and the Python environment it needs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Deserialize;

/// What the server runs on; a change makes a new environment.
const PACKAGES: [&str; 2] = ["aiosmtpd==1.4.6", "trustme==1.2.1"];

pub struct Server {
    pub port: u16,
    child: Child,
    mails: Mutex<Receiver<String>>,
    authority: PathBuf,
    _directory: tempfile::TempDir,
}

#[derive(Debug, Deserialize, PartialEq)]
pub struct Received {
    pub to: Vec<String>,
    pub sender: String,
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub html: String,
    pub encrypted: bool,
    pub login: Option<String>,
    /// The client's port: the same for mails of one connection.
    pub peer: u16,
    pub hello: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let of_name: Vec<_> = self.headers.iter().filter(|(known, _)| known == name).collect();
        assert_eq!(of_name.len(), 1, "{name} stands once in {:?}", self.headers);
        &of_name[0].1
    }
}

impl Server {
    pub fn start(options: &[&str]) -> Server {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let authority = directory.path().join("authority.pem");
        let mut child = Command::new(python())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py"))
            .arg("--ca")
            .arg(&authority)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the SMTP server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines.next().expect("a line with its port").expect("a readable line");
        let port = serde_json::from_str::<serde_json::Value>(&first).expect("JSON")["port"].as_u64();
        let (sender, mails) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Server {
            port: port.expect("a port") as u16,
            child,
            mails: Mutex::new(mails),
            authority,
            _directory: directory,
        }
    }

    /// The certificate authority of its certificate, if it has one.
    pub fn certificates(&self) -> Option<Vec<u8>> {
        std::fs::read(&self.authority).ok()
    }

    /// The next mail it took.
    pub fn next(&self) -> Received {
        let line = self
            .mails
            .lock()
            .expect("no test panicked with it")
            .recv_timeout(Duration::from_secs(20))
            .expect("a mail");
        serde_json::from_str(&line).expect("JSON")
    }

    /// Ends it; answers what it took and nobody asked for.
    pub fn stop(mut self) -> Vec<Received> {
        self.end();
        let mails = self.mails.lock().expect("no test panicked with it");
        mails.iter().map(|line| serde_json::from_str(&line).expect("JSON")).collect()
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// A Python that has the packages: installed once into an environment under the target directory.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smtp-server");
    std::fs::create_dir_all(&root).expect("a directory for Python packages");
    let lock = std::fs::File::create(root.join("lock")).expect("a lock file");
    lock.lock().expect("tests take turns");
    let (environment, done) = (root.join("python"), root.join("done"));
    let python = environment.join("bin/python");
    if std::fs::read_to_string(&done).is_ok_and(|packages| packages == PACKAGES.join(" ")) {
        return python;
    }
    let must = |command: &mut Command, hint: &str| {
        let output = command.output().unwrap_or_else(|error| panic!("{hint} ({error})"));
        assert!(output.status.success(), "{hint}\n{}", String::from_utf8_lossy(&output.stderr));
    };
    must(
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment),
        "the SMTP tests need Python with venv: apt-get install python3 python3-venv",
    );
    must(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PACKAGES),
        "the SMTP tests could not install aiosmtpd and trustme: pip needs a package index",
    );
    let mut file = std::fs::File::create(&done).expect("a note that this is done");
    file.write_all(PACKAGES.join(" ").as_bytes()).expect("written");
    python
}
