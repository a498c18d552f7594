//! A directory of its own for every test, with the binary run in it, and what an HTTP client needs to look at it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long anything here may take on a busy machine, before it is called hanging.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An installation: a working directory, its data inside.
pub struct Home {
    directory: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Home {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home { directory, variables: vec![] };
        home.with("AFTERWORD_SERVER__LISTEN", "127.0.0.1:0").with("AFTERWORD_STORAGE__RESERVE", "0")
    }

    /// The same with one more environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Home {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Where the data lies by default.
    pub fn data(&self) -> PathBuf {
        self.path().join("afterword-data")
    }

    pub fn data_file(&self) -> PathBuf {
        self.data().join("afterword.redb")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("the binary runs");
        Ran {
            code: status.code(),
            stdout: String::from_utf8(stdout).expect("UTF-8"),
            stderr: String::from_utf8(stderr).expect("UTF-8"),
        }
    }

    /// Starts the server and waits until it says where it listens.
    pub fn serve(&self) -> Server {
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut greeting = String::new();
        stdout.read_line(&mut greeting).expect("UTF-8");
        let address = greeting.split("http://").nth(1).and_then(|address| address.trim().parse().ok());
        let Some(address) = address else {
            let ended = child.wait_with_output().expect("it ends");
            panic!("the server did not start: {greeting}{}", String::from_utf8_lossy(&ended.stderr));
        };
        // Drained, or it would wait for us once the pipe is full.
        let mut stderr = child.stderr.take().expect("piped");
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            let _ = stderr.read_to_string(&mut log);
            log
        });
        Server { child, address, stdout, log: Some(log) }
    }
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its output, if it went well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// What it complained of in one sentence, if it failed as it should.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.stdout, "", "a failure is told on standard error");
        let complaint = self.stderr.strip_prefix("afterword: ").unwrap_or_else(|| panic!("{self:?}"));
        assert!(!complaint.contains("panicked"), "{complaint}");
        complaint.trim_end().to_owned()
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    stdout: BufReader<ChildStdout>,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    /// Its greeting from the second line on, up to the line that `ends`.
    pub fn greeting_until(&mut self, ends: impl Fn(&str) -> bool) -> String {
        let mut greeting = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.stdout.read_line(&mut line).expect("UTF-8"), 0, "the greeting ended: {greeting}");
            greeting.push_str(&line);
            if ends(&line) {
                return greeting;
            }
        }
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("the server runs");
    }

    /// Waits for its end: the exit code and its log.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let pid = self.child.id();
        let (done, waited) = mpsc::channel();
        let log = self.log.take().expect("taken once");
        std::thread::scope(|scope| {
            let child = &mut self.child;
            scope.spawn(move || {
                if waited.recv_timeout(PATIENCE).is_err() {
                    let pid = rustix::process::Pid::from_raw(pid as i32).expect("a process");
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            });
            let status = child.wait().expect("it ends");
            let _ = done.send(());
            (status.code(), log.join().expect("read"))
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        get(self.address, path)
    }

    /// A JSON request as one of our own pages sends it.
    pub fn post(&self, path: &str, origin: &str, body: &str) -> Answer {
        self.send_json("Sec-Fetch-Site: same-origin", path, origin, body)
    }

    /// A JSON request as the widget sends it for the holder of a token.
    pub fn post_as(&self, token: &str, path: &str, origin: &str, body: &str) -> Answer {
        self.send_json(&format!("Authorization: Bearer {token}"), path, origin, body)
    }

    fn send_json(&self, header: &str, path: &str, origin: &str, body: &str) -> Answer {
        let origin = format!("Origin: {origin}");
        self.send("POST", path, &[&origin, header, "Content-Type: application/json"], body)
    }

    /// Any request at all.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        ask(
            self.address,
            &format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                self.address,
                body.len()
            ),
        )
    }

    /// Ends it well: everything it wrote after its greeting, to both of its outputs.
    pub fn stopped(mut self) -> String {
        self.signal(rustix::process::Signal::TERM);
        let mut written = String::new();
        self.stdout.read_to_string(&mut written).expect("UTF-8");
        written + &self.ended().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

pub fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

fn ask(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
