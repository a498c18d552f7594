//! Likes: one per account per comment. Guests do not vote, and nobody votes for themselves.

/// A comment's votes after somebody voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub likes: u32,
    pub imported_likes: u32,
    /// Whether the one who asked likes it now.
    pub liked: bool,
}
