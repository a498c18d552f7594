//! The real server as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server process that ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start(
        mut command: Command,
        address_in: impl Fn(&str) -> Option<SocketAddr>,
    ) -> anyhow::Result<Server> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = child.stdout.take().expect("piped");
        let mut said = BufReader::with_capacity(64 << 10, stdout);
        let address = loop {
            let mut line = String::new();
            anyhow::ensure!(said.read_line(&mut line)? > 0, "the server ended before it was ready");
            if let Some(address) = address_in(&line) {
                break address;
            }
        };
        // Its access log goes on: drained, so that it never waits for us, and not even looked at, so that it takes
        // little of the cores that the server shares with us.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Ok(Server { child, address })
    }

    pub fn afterword(directory: &Path, extra: &[&str]) -> anyhow::Result<Server> {
        Server::afterword_with(directory, extra, &[])
    }

    /// The same with more of its configuration.
    pub fn afterword_with(
        directory: &Path,
        extra: &[&str],
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Server> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.arg("serve").args(extra).env_clear();
        for (key, value) in [
            ("AFTERWORD_SERVER__LISTEN", "127.0.0.1:0"),
            ("AFTERWORD_LIMITS__WRITE__BURST", "1000000"),
            ("AFTERWORD_LIMITS__VOTE__BURST", "1000000"),
            ("AFTERWORD_LIMITS__ADDRESS__BURST", "1000000"),
            // As the image and the systemd unit start it.
            ("MALLOC_ARENA_MAX", "8"),
        ] {
            command.env(key, value);
        }
        command.envs(variables.iter().copied());
        command.env("AFTERWORD_STORAGE__DIRECTORY", directory);
        Server::start(command, |line| {
            line.split("http://").nth(1)?.split_whitespace().next()?.trim_end_matches('/').parse().ok()
        })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        self.stop();
    }

    /// The same; then its file is free.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends it as an operator does, and waits until it has.
    pub fn end(mut self) -> std::io::Result<()> {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        self.child.wait().map(drop)
    }

    /// Resident memory in MiB, from the kernel.
    pub fn resident_mib(&self) -> f64 {
        self.status_mib("VmRSS:")
    }

    /// The most resident memory in MiB since the start, or since [`Server::forget_peak`].
    pub fn peak_mib(&self) -> f64 {
        self.status_mib("VmHWM:")
    }

    pub fn forget_peak(&self) -> std::io::Result<()> {
        std::fs::write(self.file("clear_refs"), "5")
    }

    /// Bytes that went to the disk because of it.
    pub fn written_bytes(&self) -> std::io::Result<u64> {
        let io = std::fs::read_to_string(self.file("io"))?;
        let line = io.lines().find_map(|line| line.strip_prefix("write_bytes:"));
        line.and_then(|bytes| bytes.trim().parse().ok()).ok_or_else(|| std::io::Error::other(io.clone()))
    }

    fn status_mib(&self, key: &str) -> f64 {
        let status = std::fs::read_to_string(self.file("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(f64::NAN)
            / 1024.0
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.id())
    }
}

/// Processor time that a process has taken, from the kernel.
pub fn cpu_time(process: u32) -> Duration {
    /// Of a second: the unit in which the kernel tells it.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold spaces. After it, user time is the 12th field and system time the 13th.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    TICK * ticks
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
