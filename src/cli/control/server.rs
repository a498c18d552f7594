//! The server's side: takes orders while it serves.

use std::fs::{Permissions, remove_file, set_permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::{Answer, Greeting, MAX_LINE_BYTES, socket_in};
use crate::app::App;
use crate::cli::orders::{self, Order};

/// How long a command may take to say what it wants.
const ORDER_TIMEOUT: Duration = Duration::from_secs(10);
/// The same once the server stops.
const LATE_ORDER_TIMEOUT: Duration = Duration::from_secs(1);
/// What it may take to tell a command that it is too late.
const TELLING_TIMEOUT: Duration = Duration::from_millis(250);
const CUT_SHORT: &str =
    "the server was told to stop before this was done: run the command again once the server is back";

/// The socket, listening. Gone from the directory when this is dropped.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Call it while holding the data file: then a socket that lies there is a dead server's, and may be replaced.
    pub fn listen(directory: &Path) -> io::Result<Control> {
        let path = socket_in(directory);
        match remove_file(&path) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Control { listener, path })
    }

    /// Carries out orders until `stop` says true; what is under way then is finished within the drain limit or told that
    /// it was not.
    pub async fn serve(self, app: Arc<App>, mut stop: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(_) = under_way.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (app, stop) = (app.clone(), stop.clone());
                    under_way.spawn(async move {
                        if let Err(fault) = converse(&app, stream, stop).await {
                            warn!("a command could not be answered: {fault}");
                        }
                    });
                }
                Err(fault) => {
                    warn!("commands cannot be taken: {fault}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
        drop(self);
        let limit = app.config.server.drain_timeout + TELLING_TIMEOUT;
        if timeout(limit, async { while under_way.join_next().await.is_some() {} }).await.is_err() {
            warn!("a command did not take its answer in time");
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Left behind, it is replaced at the next start.
        let _ = remove_file(&self.path);
    }
}

/// Returns so long after `stop` says true.
async fn after_stop(stop: &mut watch::Receiver<bool>, grace: Duration) {
    // An error means that whoever could stop us is gone: then everything is ending.
    let _ = stop.wait_for(|stop| *stop).await;
    sleep(grace).await;
}

async fn converse(app: &App, stream: UnixStream, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    // Between bind and chmod the socket has the process's default mode, so who is asking is asked too.
    let asking = stream.peer_cred()?.uid();
    if asking != 0 && asking != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("user {asking} may not give orders"),
        ));
    }
    let (reading, mut writing) = stream.into_split();
    let greeting = Greeting { afterword: env!("CARGO_PKG_VERSION").to_owned() };
    writing.write_all(&line(&greeting)?).await?;

    let mut order = String::new();
    let mut reading = BufReader::new(reading.take(MAX_LINE_BYTES));
    tokio::select! {
        read = timeout(ORDER_TIMEOUT, reading.read_line(&mut order)) => read??,
        () = after_stop(&mut stop, LATE_ORDER_TIMEOUT) => return Ok(()),
    };
    if order.is_empty() {
        return Ok(()); // It only wanted to know who is here.
    }
    let mut attached = None;
    let answer = match serde_json::from_str::<Order>(&order) {
        Ok(order) => {
            info!("a command asks: {}", order.name());
            let grace =
                if order.only_reads_for_long() { Duration::ZERO } else { app.config.server.drain_timeout };
            let done = tokio::select! {
                done = orders::carry_out(app, order) => done,
                () = after_stop(&mut stop, grace) => Err(anyhow::anyhow!(CUT_SHORT)),
            };
            match done {
                Ok(done) => {
                    attached = done.attached;
                    Answer::Done(done.outcome)
                }
                Err(fault) => Answer::Failed(format!("{fault:#}")),
            }
        }
        Err(fault) => Answer::Failed(format!(
            "the running server is afterword {} and does not understand this command: {fault}",
            env!("CARGO_PKG_VERSION")
        )),
    };
    writing.write_all(&line(&answer)?).await?;
    if let Some(file) = attached {
        tokio::io::copy(&mut tokio::fs::File::from_std(file), &mut writing).await?;
    }
    Ok(())
}

fn line(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}
