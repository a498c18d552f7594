//! What is remembered of who did what: ids and facts, never text, names or addresses.

/// What was done to a comment or a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Approved,
    MarkedSpam,
    Removed,
    Pinned,
    Unpinned,
    Closed,
    Reopened,
    /// A guest signed in, and their comment became the account's.
    Claimed,
}
