//! Queued work and when it runs.

use tokio::sync::Notify;

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
