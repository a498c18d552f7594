//! `afterword serve`: checks everything, says where it is, serves until it is told to stop.
//!
//! Invariant: nothing on the disk is touched before the configuration is whole and the port is ours.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::arguments::Serve;
use super::control::Control;
use super::{compact, descriptors, greeting, logging, wiring};
use crate::app::App;
use crate::config::Config;
use crate::{jobs, web};

/// What closing the data file may take beyond the drain limit.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

pub async fn run(mut config: Config, arguments: Serve) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    let signals = Signals::new()?;
    config.server.max_connections = descriptors::room_for(config.server.max_connections);
    let listener = listen(config.server.listen)?;
    let address = listener.local_addr()?;
    name_the_real_port(&mut config, address);

    compact::if_wished(&config);
    let store = wiring::open_store(&config, arguments.one_commit_per_unit)?;
    let app = wiring::app(config, store)?;
    let control = Control::listen(&app.config.storage.directory);
    greeting::say(&app, address).await?;
    until_stopped(app, listener, control, signals, watch::Sender::new(false)).await
}

/// Serves, and runs what works beside it, until a signal comes; then tells everybody who listens to `stop`.
pub(super) async fn until_stopped(
    app: Arc<App>,
    listener: TcpListener,
    control: std::io::Result<Control>,
    mut signals: Signals,
    stop: watch::Sender<bool>,
) -> anyhow::Result<()> {
    let stopped = stop.subscribe();
    let mut jobs = tokio::spawn(jobs::run(app.clone(), stopped.clone()));
    let commands = match control {
        Ok(control) => Some(tokio::spawn(control.serve(app.clone(), stopped.clone()))),
        Err(fault) => {
            warn!("commands cannot reach this server while it runs: {fault}");
            None
        }
    };
    let serving = tokio::spawn(serve(app.clone(), listener, stopped));

    let came_to_an_end = tokio::select! {
        name = signals.next() => {
            info!("{name}: finishing what is under way");
            Ok(())
        }
        ended = &mut jobs => Err(anyhow::anyhow!("the job loop ended by itself: {ended:?}")),
    };
    stop.send_replace(true);
    tokio::select! {
        () = finish(&app, serving, jobs, commands) => came_to_an_end,
        name = signals.next() => {
            leave_open(app);
            bail!("{name} again: stopped without finishing what was under way")
        }
    }
}

async fn serve(app: Arc<App>, listener: TcpListener, stopped: watch::Receiver<bool>) {
    let service = web::service(app);
    let limits = service.accept_limits();
    web::accept::serve(listener, service, &limits, stopped).await;
}

/// Accepted requests first, then what works for them; the data file last.
async fn finish(
    app: &Arc<App>,
    serving: JoinHandle<()>,
    jobs: JoinHandle<()>,
    commands: Option<JoinHandle<()>>,
) {
    // One limit for all: they were told to stop at the same moment.
    let deadline = tokio::time::Instant::now() + app.config.server.drain_timeout;
    if let Err(fault) = serving.await {
        warn!("the accept loop failed: {fault}");
    }
    if !jobs.is_finished() && tokio::time::timeout_at(deadline, jobs).await.is_err() {
        warn!("a job did not finish in time: it is run again at the next start");
    }
    if let Some(commands) = commands
        && let Err(fault) = commands.await
    {
        warn!("the control socket failed: {fault}");
    }
    if tokio::time::timeout_at(deadline + CLOSE_TIMEOUT, app.store.close()).await.is_err() {
        warn!("the data file was not closed in time: what was acknowledged is in it, as after a power cut");
        leave_open(app.clone());
    }
    info!("stopped");
}

/// Keeps the store until the process ends: letting go of it waits for its writer, however long that takes.
fn leave_open(app: Arc<App>) {
    std::mem::forget(app);
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    web::accept::listen(address).map_err(|fault| match fault.kind() {
        ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is in use: stop what listens there, or choose another server.listen")
        }
        ErrorKind::PermissionDenied => anyhow::anyhow!(
            "{address} needs more rights than this user has: choose a port above 1023 and put a proxy in front"
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("{} is no address of this machine: choose another server.listen", address.ip())
        }
        _ => anyhow::Error::from(fault).context(format!("listening on {address}")),
    })
}

/// Port 0 lets the kernel choose: links need the port it chose.
fn name_the_real_port(config: &mut Config, address: SocketAddr) {
    let origin = &mut config.server.base_url.origin;
    if let Some(host) = origin.strip_suffix(":0") {
        *origin = format!("{host}:{}", address.port());
    }
}

/// SIGTERM and SIGINT, taken from the moment this exists.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn new() -> anyhow::Result<Signals> {
        let take = |kind| signal(kind).context("taking signals");
        Ok(Signals { terminate: take(SignalKind::terminate())?, interrupt: take(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
