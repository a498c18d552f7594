//! The real server as a process of its own: started, told to stop, killed, its memory looked at.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub ready_in: Duration,
}

impl Server {
    pub fn start(directory: &Path) -> Server {
        Server::with(Command::new(env!("CARGO_BIN_EXE_afterword")), directory, &[])
    }

    /// By a command of one's own, which the server's arguments follow, and with more of its configuration.
    pub fn with(mut command: Command, directory: &Path, variables: &[(&str, &str)]) -> Server {
        let began = Instant::now();
        let mut child = command
            .arg("serve")
            .env_clear()
            .env("AFTERWORD_SERVER__LISTEN", "127.0.0.1:0")
            .env("AFTERWORD_LIMITS__WRITE__BURST", "1000000")
            .env("AFTERWORD_LIMITS__ADDRESS__BURST", "1000000")
            .env("AFTERWORD_LOG__FILTER", "error")
            .env("AFTERWORD_STORAGE__DIRECTORY", directory)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server ended before it was ready").unwrap();
            let address = line.split("http://").nth(1).and_then(|it| it.split_whitespace().next());
            if let Some(address) = address.and_then(|it| it.trim_end_matches('/').parse().ok()) {
                break address;
            }
        };
        // Its access log goes on: drained, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let mut server = Server { child, address, ready_in: Duration::ZERO };
        // It says where it listens before it takes anybody in.
        server.first_answer();
        server.ready_in = began.elapsed();
        server
    }

    fn first_answer(&self) {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the server answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the server runs");
    }

    /// Waits for its end, which must come by itself: its exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The same, if it ends in time; killed if it does not.
    pub fn ended_within(mut self, time: Duration) -> Option<Option<i32>> {
        let began = Instant::now();
        while began.elapsed() < time {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status.code());
            }
            std::thread::yield_now();
        }
        None
    }

    /// Ends it as a power cut would: nothing is flushed, nothing is said.
    pub fn kill(self) {}

    /// Resident memory in MiB, from the kernel.
    pub fn resident_mib(&self) -> f64 {
        self.status_mib("VmRSS:")
    }

    /// The most resident memory in MiB since [`Server::forget_peak`].
    pub fn peak_mib(&self) -> f64 {
        self.status_mib("VmHWM:")
    }

    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.id()), "5").unwrap();
    }

    fn status_mib(&self, key: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `doctor` finds every counter and index right.
pub fn assert_clean(directory: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_afterword"))
        .arg("doctor")
        .env_clear()
        .env("AFTERWORD_STORAGE__DIRECTORY", directory)
        .env("AFTERWORD_STORAGE__RESERVE", "0")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
