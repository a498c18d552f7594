//! Queued work and when it runs: notices are sent, what was kept for a while is pruned, a disk that was full is tried
//! again.
//!
//! Invariant: what is due is decided by `App`'s clock; the machine's is only waited on.

mod outbox;
mod probing;
mod pruning;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::app::App;
pub use crate::outside::mails;

/// Tells the job loop that something was queued.
#[derive(Default)]
pub struct Wakeup(Notify);

impl Wakeup {
    pub fn wake(&self) {
        self.0.notify_one();
    }

    pub async fn waited(&self) {
        self.0.notified().await;
    }
}

/// Runs all jobs until `stop` turns true (or its sender is gone); what is being sent then is finished first.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    let base_url = &app.config.server.base_url;
    let outbox = outbox::Delivery::new(&*app.store, app.mailer.as_deref(), &*app.clock, base_url);
    tokio::join!(
        outbox.run(&app.wakeup, stop.clone()),
        pruning::run(&app, stop.clone()),
        probing::run(&app, stop)
    );
}

/// Returns once `stop` is true.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could stop us is gone: then everything is ending.
    let _ = stop.wait_for(|stop| *stop).await;
}
