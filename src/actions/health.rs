//! How the server is, for those who run it.

use crate::app::App;
use crate::storage::health::{Condition, Figures};

/// From memory: never waits.
pub fn condition(app: &App) -> Condition {
    app.store.condition()
}

pub fn figures(app: &App) -> Figures {
    app.store.figures()
}
