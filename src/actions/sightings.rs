//! Where widgets ask from: for "Seen on https://… ✓" in set-up, and so that an owner can add a refused origin with a
//! click. Noted in memory, since a read never writes; a job stores the refused ones.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use crate::domain::{Origin, SiteId, Timestamp};
use crate::storage::sites::Sighting;

#[derive(Default)]
pub struct Sightings(Mutex<BTreeMap<SiteId, Vec<Seen>>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub origin: Origin,
    pub at: Timestamp,
    pub allowed: bool,
    /// Refused, and not yet handed to the store.
    pub unsaved: bool,
}

impl Sightings {
    /// How many origins are remembered per site: anybody can send any.
    const MAX_ORIGINS: usize = 20;

    pub fn note(&self, site: SiteId, origin: &Origin, allowed: bool, now: Timestamp) {
        let mut all = self.0.lock();
        let seen = all.entry(site).or_default();
        if let Some(known) = seen.iter_mut().find(|known| known.origin == *origin) {
            known.at = now;
            known.unsaved |= !allowed && known.allowed;
            known.allowed = allowed;
            return;
        }
        if seen.len() >= Self::MAX_ORIGINS
            && let Some(oldest) =
                seen.iter().enumerate().min_by_key(|(_, known)| (known.allowed, known.at)).map(|(i, _)| i)
        {
            seen.swap_remove(oldest);
        }
        seen.push(Seen { origin: origin.clone(), at: now, allowed, unsaved: !allowed });
    }

    /// Since the server started, the latest first.
    pub fn of(&self, site: SiteId) -> Vec<Seen> {
        let mut seen = self.0.lock().get(&site).cloned().unwrap_or_default();
        seen.sort_by_key(|seen| std::cmp::Reverse(seen.at));
        seen
    }

    /// Refused origins that were not stored yet, each handed out once.
    pub fn take_refused(&self) -> Vec<(SiteId, Vec<Sighting>)> {
        let mut all = self.0.lock();
        let mut taken = Vec::new();
        for (site, seen) in all.iter_mut() {
            let refused: Vec<_> = seen
                .iter_mut()
                .filter(|seen| seen.unsaved)
                .map(|seen| {
                    seen.unsaved = false;
                    Sighting { origin: seen.origin.clone(), at: seen.at }
                })
                .collect();
            if !refused.is_empty() {
                taken.push((*site, refused));
            }
        }
        taken
    }
}
