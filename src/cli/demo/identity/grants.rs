//! Codes that were given out: each is good for a minute, and once.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

use super::page::Person;
use crate::domain::Timestamp;

const GOOD_FOR: Duration = Duration::from_secs(60);

/// What a code stands for.
pub struct Grant {
    pub person: Person,
    pub nonce: String,
    pub challenge: String,
    pub at: Timestamp,
}

#[derive(Default)]
pub struct Grants(Mutex<HashMap<String, Grant>>);

impl Grants {
    pub fn keep(&self, code: String, grant: Grant) {
        let mut grants = self.0.lock();
        let now = grant.at;
        grants.retain(|_, old| now.since(old.at) < GOOD_FOR);
        grants.insert(code, grant);
    }

    pub fn take(&self, code: &str, now: Timestamp) -> Option<Grant> {
        self.0.lock().remove(code).filter(|grant| now.since(grant.at) < GOOD_FOR)
    }
}
