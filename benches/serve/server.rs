//! The real server as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

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
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line =
                lines.next().ok_or_else(|| anyhow::anyhow!("the server ended before it was ready"))??;
            if let Some(address) = address_in(&line) {
                break address;
            }
        };
        // Its access log goes on: drained, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Server { child, address })
    }

    pub fn afterword(directory: &Path, extra: &[&str]) -> anyhow::Result<Server> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.arg("serve").args(extra).env_clear();
        for (key, value) in [
            ("AFTERWORD_SERVER__LISTEN", "127.0.0.1:0"),
            ("AFTERWORD_LIMITS__WRITE__BURST", "1000000"),
            ("AFTERWORD_LIMITS__ADDRESS__BURST", "1000000"),
        ] {
            command.env(key, value);
        }
        command.env("AFTERWORD_STORAGE__DIRECTORY", directory);
        Server::start(command, |line| {
            line.split("http://").nth(1)?.split_whitespace().next()?.trim_end_matches('/').parse().ok()
        })
    }

    /// Ends it as a power cut would: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Resident memory in MiB, from the kernel.
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(f64::NAN)
            / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
