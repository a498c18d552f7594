//! While nothing can be written, tries again every few seconds: that it can again is not to wait for somebody who writes.

use std::time::Duration;

use tokio::sync::watch;

use super::stopped;
use crate::app::App;
use crate::storage::health::Condition;

const PERIOD: Duration = Duration::from_secs(3);

pub(super) async fn run(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopped(&mut stop) => return,
        }
        if app.store.condition() == Condition::Ok {
            continue;
        }
        tokio::select! {
            probed = app.store.probe() => {
                if let Err(error) = probed {
                    tracing::debug!(%error, "still nothing can be written");
                }
            }
            () = stopped(&mut stop) => return,
        }
    }
}
