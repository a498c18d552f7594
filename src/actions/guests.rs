//! The work that a guest's browser does before a comment of theirs is taken: what spares people a captcha.
//!
//! Invariant: a challenge is good for one comment, on the page and site it was given for, for ten minutes. Checking costs two
//! hashes, and comes before everything that costs more.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Error;
use crate::app::{App, Chance, random};
use crate::domain::guests::{PROOF_BITS, PROOF_TTL, Pace};
use crate::domain::{PageKey, PageRef, Refusal, Site, SiteId, Timestamp};

/// What a browser has to solve: a nonce for which SHA-256(challenge ":" nonce) begins with `bits` zero bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub challenge: String,
    /// 0: nothing is asked for.
    pub bits: u8,
}

/// What a browser found.
#[derive(Clone, Debug)]
pub struct Solution {
    pub challenge: String,
    /// Decimal.
    pub nonce: String,
}

/// What a guest has to do before they post on a page.
pub fn task(app: &App, site: &Site, page: &PageRef) -> Result<Task, Error> {
    let now = app.clock.now();
    let page = page.key(site, now)?;
    Ok(match site.settings.guests && site.settings.guest_proof {
        true => app.guest_work.task(site.id, &page, now, &*app.chance),
        false => Task { challenge: String::new(), bits: 0 },
    })
}

/// Challenges given and used. In memory: a restart makes browsers solve another one.
pub struct GuestWork {
    /// Known to this process only.
    key: [u8; 32],
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was used, by when it was given.
    used: BTreeSet<Given>,
    /// Challenges given at this moment or before are not taken any more.
    closed: Option<Timestamp>,
    pace: HashMap<SiteId, Pace>,
}

/// Used challenges that are remembered: about 6 MB.
const MAX_USED: usize = 100_000;
const MAC_BYTES: usize = 16;

/// A challenge's content, apart from what it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Given {
    at: Timestamp,
    salt: [u8; 12],
    bits: u8,
}

impl Given {
    const BYTES: usize = 8 + 12 + 1;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.at.as_millis().to_be_bytes());
        bytes[8..20].copy_from_slice(&self.salt);
        bytes[20] = self.bits;
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Given> {
        let at = Timestamp::from_millis(i64::from_be_bytes(bytes.get(..8)?.try_into().ok()?));
        Some(Given { at, salt: bytes.get(8..20)?.try_into().ok()?, bits: *bytes.get(20)? })
    }
}

/// A proof that was taken, so that it can be given back if the comment is not wanted yet.
pub struct Taken(Given);

impl GuestWork {
    pub fn new(chance: &dyn Chance) -> GuestWork {
        GuestWork { key: random(chance), state: Mutex::default() }
    }

    fn task(&self, site: SiteId, page: &PageKey, now: Timestamp, chance: &dyn Chance) -> Task {
        let bits = self.bits(site, now);
        let given = Given { at: now, salt: random(chance), bits };
        let challenge = [&given.to_bytes()[..], &self.mac(site, page, given)].concat();
        Task { challenge: URL_SAFE_NO_PAD.encode(challenge), bits }
    }

    fn mac(&self, site: SiteId, page: &PageKey, given: Given) -> [u8; MAC_BYTES] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&given.to_bytes()).update(&site.0.to_be_bytes()).update(page.as_str().as_bytes());
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&hasher.finalize().as_bytes()[..MAC_BYTES]);
        mac
    }

    /// How much is asked for now.
    fn bits(&self, site: SiteId, now: Timestamp) -> u8 {
        PROOF_BITS + self.state.lock().pace.get(&site).map_or(0, |pace| pace.more_bits(now))
    }

    /// Takes a proof, once. Else `ProofNeeded`, with what would be one.
    pub(super) fn take(
        &self,
        site: SiteId,
        page: &PageKey,
        solution: Option<&Solution>,
        now: Timestamp,
        chance: &dyn Chance,
    ) -> Result<Taken, Refusal> {
        let given = solution.and_then(|solution| self.solved(site, page, solution, now));
        match given.filter(|given| self.state.lock().use_up(*given, now)) {
            Some(given) => Ok(Taken(given)),
            None => {
                let Task { challenge, bits } = self.task(site, page, now, chance);
                Err(Refusal::ProofNeeded { challenge, bits })
            }
        }
    }

    /// What was solved, if it is one of ours, for this page, young, and as hard as it has to be now.
    fn solved(&self, site: SiteId, page: &PageKey, solution: &Solution, now: Timestamp) -> Option<Given> {
        const MAX_DIGITS: usize = 20;
        let Solution { challenge, nonce } = solution;
        let bytes = URL_SAFE_NO_PAD.decode(challenge).ok()?;
        let given = Given::from_bytes(&bytes).filter(|_| bytes.len() == Given::BYTES + MAC_BYTES)?;
        let ours = bool::from(bytes[Given::BYTES..].ct_eq(&self.mac(site, page, given)));
        let fresh = given.at <= now && now < given.at.plus(PROOF_TTL) && given.bits >= self.bits(site, now);
        let decimal = (1..=MAX_DIGITS).contains(&nonce.len()) && nonce.bytes().all(|b| b.is_ascii_digit());
        if !(ours && fresh && decimal) {
            return None;
        }
        let hash = Sha256::digest(format!("{challenge}:{nonce}"));
        (zero_bits(&hash) >= u32::from(given.bits)).then_some(given)
    }

    /// The comment was refused for now: its proof is still good.
    pub(super) fn give_back(&self, taken: Taken) {
        self.state.lock().used.remove(&taken.0);
    }

    /// A guest's comment goes through.
    pub(super) fn note_comment(&self, site: SiteId, now: Timestamp) {
        self.state.lock().pace.entry(site).or_default().note(now);
    }

    /// Forgets what could not be used again anyway.
    pub fn sweep(&self, now: Timestamp) {
        self.state.lock().used.retain(|given| now < given.at.plus(PROOF_TTL));
    }
}

impl State {
    /// Whether it was not used before. Where too many are remembered, the oldest are forgotten, and with them every
    /// challenge of their age is over: none can be used twice.
    fn use_up(&mut self, given: Given, now: Timestamp) -> bool {
        if self.closed.is_some_and(|closed| given.at <= closed) || !self.used.insert(given) {
            return false;
        }
        while self.used.len() > MAX_USED {
            let Some(oldest) = self.used.pop_first() else { break };
            if now < oldest.at.plus(PROOF_TTL) {
                self.closed = self.closed.max(Some(oldest.at));
            }
        }
        true
    }
}

fn zero_bits(hash: &[u8]) -> u32 {
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    let rest = hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zero_bytes).unwrap_or(u32::MAX / 16) * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bits_are_counted_from_the_first() {
        for (hash, bits) in [(&[0x80, 0][..], 0), (&[0x01, 0], 7), (&[0, 0x40], 9), (&[0, 0], 16)] {
            assert_eq!(zero_bits(hash), bits, "{hash:?}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_nothing_is_used_twice() {
        let mut state = State::default();
        let given = |n: u32| Given {
            at: Timestamp::from_millis(i64::from(n)),
            salt: [[0; 8].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap(),
            bits: 16,
        };
        let now = Timestamp::from_millis(200_000);
        let all = u32::try_from(MAX_USED).unwrap() + 10;
        for n in 0..all {
            assert!(state.use_up(given(n), now));
        }
        assert_eq!(state.used.len(), MAX_USED);
        for n in [0, 9, 10, all - 1] {
            assert!(!state.use_up(given(n), now), "{n}");
        }
        assert!(state.use_up(given(all), now));
    }
}
