//! What becomes of each table when everything goes out and comes back.

use Fate::{Counted, Exported, LeftBehind, Rebuilt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its rows come back as they were.
    Exported,
    /// They do, but for what is counted anew in them; which comes to the same.
    Counted,
    /// It holds nothing that exported rows do not say.
    Rebuilt,
    /// For the reason given.
    LeftBehind(&'static str),
}

const SIGN_IN: &str = "what somebody signs in with for a while must not come back after it was ended";
const A_DAY: &str = "remembered for a day, to notice repeats";
const GUESSES: &str = "counts guesses of the last hours";

/// A line for every table of `tables.rs`.
pub const FATES: &[(&str, Fate)] = &[
    ("meta-1", Exported),
    ("site-1", Exported),
    ("site-by-key-1", Rebuilt),
    ("page-key-1", Exported),
    ("thread-1", Counted),
    ("comment-1", Counted),
    ("comment-by-id-1", Rebuilt),
    ("conversation-1", Rebuilt),
    ("root-by-score-1", Rebuilt),
    ("comment-by-author-1", Rebuilt),
    ("pending-1", Rebuilt),
    ("recent-text-1", LeftBehind(A_DAY)),
    ("idempotency-1", LeftBehind(A_DAY)),
    ("vote-1", Exported),
    ("vote-by-account-1", Rebuilt),
    ("revision-1", Exported),
    ("origin-1", Exported),
    ("account-1", Exported),
    ("account-private-1", Exported),
    ("account-by-email-1", Rebuilt),
    ("operator-1", Rebuilt),
    ("member-1", Counted),
    ("guest-1", Counted),
    ("guest-by-id-1", Rebuilt),
    ("email-code-1", LeftBehind(SIGN_IN)),
    ("wrong-code-1", LeftBehind(GUESSES)),
    ("exchange-code-1", LeftBehind(SIGN_IN)),
    ("exchange-by-challenge-1", LeftBehind(SIGN_IN)),
    ("session-1", LeftBehind(SIGN_IN)),
    ("session-by-account-1", LeftBehind(SIGN_IN)),
    ("refresh-token-1", LeftBehind(SIGN_IN)),
    ("token-by-session-1", LeftBehind(SIGN_IN)),
    ("link-1", LeftBehind(SIGN_IN)),
    ("identity-1", Exported),
    ("identity-by-account-1", Rebuilt),
    ("departure-1", LeftBehind(SIGN_IN)),
    ("proof-1", LeftBehind(SIGN_IN)),
    ("mail-link-1", LeftBehind(SIGN_IN)),
    ("known-device-1", LeftBehind(SIGN_IN)),
    ("wrong-password-1", LeftBehind(GUESSES)),
    ("spent-token-1", Exported),
    ("outbox-1", Exported),
    ("outbox-by-id-1", Rebuilt),
    ("history-1", Exported),
    ("refused-origin-1", Exported),
    ("expiry-1", Rebuilt),
];

pub fn of(table: &str) -> Option<Fate> {
    FATES.iter().find(|(name, _)| *name == table).map(|(_, fate)| *fate)
}
