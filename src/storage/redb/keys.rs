//! Keys of rows: fixed-width and big-endian, so that bytes sort as the numbers do and a thread, a conversation or an
//! author's part of a thread is one range.

use sha2::{Digest, Sha256};

use crate::domain::accounts::TokenHash;
use crate::domain::{
    AccountId, Author, CommentId, GuestId, IdentityKey, PageKey, Place, SessionId, SiteId, ThreadId,
    Timestamp,
};

/// `parts` one after the other. Their lengths must add up to `N`: every caller's do, and the tests run each.
pub fn join<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut key = [0; N];
    let mut at = 0;
    for part in parts {
        key[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    debug_assert_eq!(at, N);
    key
}

/// `N` bytes of a key, from `at` on.
pub fn part<const N: usize>(key: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&key[at..at + N]);
    bytes
}

pub fn u64_at(key: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(part(key, at))
}

pub fn site(site: SiteId) -> [u8; 4] {
    site.0.to_be_bytes()
}

pub fn thread(thread: ThreadId) -> [u8; 8] {
    thread.0.to_be_bytes()
}

/// A moment, so that the earlier one sorts first.
pub fn moment(at: Timestamp) -> [u8; 8] {
    ((at.as_millis() as u64) ^ (1 << 63)).to_be_bytes()
}

pub fn moment_at(key: &[u8], at: usize) -> Timestamp {
    Timestamp::from_millis((u64_at(key, at) ^ (1 << 63)) as i64)
}

/// A site's page: of any length.
pub fn page(site: SiteId, page: &PageKey) -> Vec<u8> {
    let mut key = self::site(site).to_vec();
    key.extend_from_slice(page.as_str().as_bytes());
    key
}

pub type CommentKey = [u8; 24];

pub fn comment(thread: ThreadId, root: Place, place: Place) -> CommentKey {
    join(&[&thread.0.to_be_bytes(), &root.0.to_be_bytes(), &place.0.to_be_bytes()])
}

/// Thread, root and place of a comment's key.
pub fn of_comment(key: &CommentKey) -> (ThreadId, Place, Place) {
    (ThreadId(u64_at(key, 0)), Place(u64_at(key, 8)), Place(u64_at(key, 16)))
}

pub fn conversation(thread: ThreadId, root: Place) -> [u8; 16] {
    join(&[&thread.0.to_be_bytes(), &root.0.to_be_bytes()])
}

/// The higher score sorts first, and among equals the later root.
pub fn ranked_root(thread: ThreadId, score: i64, root: Place) -> [u8; 24] {
    let score = !((score as u64) ^ (1 << 63));
    join(&[&thread.0.to_be_bytes(), &score.to_be_bytes(), &(!root.0).to_be_bytes()])
}

/// Score and root of a ranked root's key.
pub fn of_ranked_root(key: &[u8; 24]) -> (i64, Place) {
    ((!u64_at(key, 8) ^ (1 << 63)) as i64, Place(!u64_at(key, 16)))
}

pub type AuthorKey = [u8; 17];

pub fn account_author(account: AccountId) -> AuthorKey {
    join(&[b"a", account.0.as_bytes()])
}

pub fn guest_author(guest: GuestId) -> AuthorKey {
    join(&[b"g", guest.0.as_bytes()])
}

/// `None` for who wrote elsewhere: they are nobody here.
pub fn author(author: &Author) -> Option<AuthorKey> {
    match author {
        Author::Account(account) => Some(account_author(*account)),
        Author::Guest { id, .. } => Some(guest_author(*id)),
        Author::Imported { .. } => None,
    }
}

pub fn by_author(author: &AuthorKey, thread: ThreadId, place: Place) -> [u8; 33] {
    join(&[author, &thread.0.to_be_bytes(), &place.0.to_be_bytes()])
}

pub fn pending(site: SiteId, thread: ThreadId, place: Place) -> [u8; 20] {
    join(&[&self::site(site), &thread.0.to_be_bytes(), &place.0.to_be_bytes()])
}

pub fn idempotency(site: SiteId, author: &AuthorKey, key: &str) -> Vec<u8> {
    [&self::site(site)[..], author, key.as_bytes()].concat()
}

pub fn vote(comment: CommentId, account: AccountId) -> [u8; 32] {
    join(&[comment.0.as_bytes(), account.0.as_bytes()])
}

pub fn vote_by_account(account: AccountId, thread: ThreadId, comment: CommentId) -> [u8; 40] {
    join(&[account.0.as_bytes(), &thread.0.to_be_bytes(), comment.0.as_bytes()])
}

pub fn revision(comment: CommentId, number: u32) -> [u8; 20] {
    join(&[comment.0.as_bytes(), &number.to_be_bytes()])
}

pub fn member(site: SiteId, account: AccountId) -> [u8; 20] {
    join(&[&self::site(site), account.0.as_bytes()])
}

pub fn guest(site: SiteId, token: TokenHash) -> [u8; 36] {
    join(&[&self::site(site), &token.0])
}

pub fn session_of(account: AccountId, session: SessionId) -> [u8; 32] {
    join(&[account.0.as_bytes(), session.0.as_bytes()])
}

pub fn token_of(session: SessionId, token: TokenHash) -> [u8; 48] {
    join(&[session.0.as_bytes(), &token.0])
}

pub fn identity_of(account: AccountId, identity: IdentityKey) -> [u8; 48] {
    join(&[account.0.as_bytes(), &identity.0])
}

pub fn spent_token(site: SiteId, id: TokenHash) -> [u8; 36] {
    join(&[&self::site(site), &id.0])
}

/// What a popup's transaction is filed under.
pub fn transaction(id: &str) -> [u8; 32] {
    Sha256::digest(id.as_bytes()).into()
}

pub fn known_device(account: AccountId, device: TokenHash) -> [u8; 48] {
    join(&[account.0.as_bytes(), &device.0])
}

pub fn outbox(due_at: Timestamp, id: u64) -> [u8; 16] {
    join(&[&moment(due_at), &id.to_be_bytes()])
}

pub fn history(site: SiteId, sequence: u64) -> [u8; 12] {
    join(&[&self::site(site), &sequence.to_be_bytes()])
}

pub fn refused_origin(site: SiteId, origin: &str) -> Vec<u8> {
    [&self::site(site)[..], origin.as_bytes()].concat()
}

/// The first and the last of all keys of `N` bytes that begin with `prefix`.
pub fn all_under<const N: usize>(prefix: &[u8]) -> ([u8; N], [u8; N]) {
    let (mut first, mut last) = ([0; N], [0xff; N]);
    first[..prefix.len()].copy_from_slice(prefix);
    last[..prefix.len()].copy_from_slice(prefix);
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_sort_as_what_they_stand_for() {
        let best = |score, root| ranked_root(ThreadId(1), score, Place(root));
        assert!(best(5, 1) < best(4, 9), "the higher score first");
        assert!(best(5, 9) < best(5, 1), "then the later root");
        assert!(best(0, 1) < best(-3, 1), "a negative score last");
        assert_eq!(of_ranked_root(&best(-3, 7)), (-3, Place(7)));
        let at = |ms| moment(Timestamp::from_millis(ms));
        assert!(at(-1) < at(0) && at(0) < at(1) && at(1) < at(i64::MAX));
        assert_eq!(moment_at(&at(-1), 0), Timestamp::from_millis(-1));
        assert!(comment(ThreadId(1), Place(2), Place(300)) < comment(ThreadId(1), Place(256), Place(0)));
    }
}
