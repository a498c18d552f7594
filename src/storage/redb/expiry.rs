//! What is kept only for a while, ordered by when it may go, so that pruning looks at nothing else.
//!
//! An entry is a hint: what it names may be gone already, or have got more time; pruning looks before it deletes.

use std::time::Duration;

use super::fault::Fault;
use super::keys;
use super::tables::{Open, Rows, Tables};
use crate::domain::Timestamp;

/// Where comments came from, texts of spam and removed comments.
pub const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Duplicates and idempotency keys.
pub const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// What an entry names. The numbers are stored: family, then kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    RecentText,
    Idempotency,
    Origin,
    HiddenText,
    /// Not kept, but due: the rest of what a guest wrote becomes their account's.
    Claim,
    EmailCode,
    WrongCodes,
    ExchangeCode,
    Session,
    Link,
    SpentToken,
    Departed,
    Proof,
    MailLink,
    WrongPasswords,
    KnownDevice,
}

/// Comments are pruned by one job, sessions by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Comments = 0,
    Sessions = 1,
}

/// What is stored for each: a pair is never used again for another.
const CODES: [(Kept, Family, u8); 16] = [
    (Kept::RecentText, Family::Comments, 0),
    (Kept::Idempotency, Family::Comments, 1),
    (Kept::Origin, Family::Comments, 2),
    (Kept::HiddenText, Family::Comments, 3),
    (Kept::Claim, Family::Comments, 4),
    (Kept::EmailCode, Family::Sessions, 0),
    (Kept::WrongCodes, Family::Sessions, 1),
    (Kept::ExchangeCode, Family::Sessions, 2),
    (Kept::Session, Family::Sessions, 3),
    (Kept::Link, Family::Sessions, 4),
    (Kept::Departed, Family::Sessions, 5),
    (Kept::Proof, Family::Sessions, 6),
    (Kept::MailLink, Family::Sessions, 7),
    (Kept::WrongPasswords, Family::Sessions, 20),
    (Kept::KnownDevice, Family::Sessions, 21),
    (Kept::SpentToken, Family::Sessions, 22),
];

impl Kept {
    fn codes(self) -> (Family, u8) {
        let row = CODES.iter().find(|(kept, ..)| *kept == self);
        row.map(|(_, family, kind)| (*family, *kind)).expect("a test finds every kind in the table")
    }

    fn from_codes(family: Family, kind: u8) -> Result<Kept, Fault> {
        let row = CODES.iter().find(|(_, of, code)| (*of, *code) == (family, kind));
        row.map(|(kept, ..)| *kept)
            .ok_or_else(|| Fault::corrupt(format!("an expiry of the unknown kind {kind}")))
    }
}

/// Something that may go at a moment.
pub struct Due {
    pub kept: Kept,
    /// Its key in its own table.
    pub key: Vec<u8>,
    entry: Vec<u8>,
}

fn entry(kept: Kept, due_at: Timestamp, key: &[u8]) -> Vec<u8> {
    let (family, kind) = kept.codes();
    [&[family as u8][..], &keys::moment(due_at), &[kind], key].concat()
}

pub fn schedule(tables: &mut Tables<'_>, kept: Kept, due_at: Timestamp, key: &[u8]) -> Result<(), Fault> {
    tables.expiries.insert(entry(kept, due_at, key).as_slice(), ())
}

/// What is due in a family, the longest due first, at most `limit`.
pub fn due(tables: &Tables<'_>, family: Family, now: Timestamp, limit: usize) -> Result<Vec<Due>, Fault> {
    let first = [family as u8];
    // What is due exactly now is due.
    let end = [&[family as u8][..], &keys::moment(now.plus(Duration::from_millis(1)))].concat();
    let mut found = Vec::new();
    for row in tables.expiries.range(&first[..]..end.as_slice())?.take(limit) {
        let entry = row?.0.value().to_vec();
        let (Some(kind), Some(key)) = (entry.get(9), entry.get(10..)) else {
            return Err(Fault::corrupt("an expiry that is cut short"));
        };
        found.push(Due { kept: Kept::from_codes(family, *kind)?, key: key.to_vec(), entry });
    }
    Ok(found)
}

/// Everything of one kind that a family keeps: until when, and its key.
pub fn all_of(expiries: &impl Rows<Open, ()>, kept: Kept) -> Result<Vec<(Timestamp, Vec<u8>)>, Fault> {
    let (family, code) = kept.codes();
    let (first, end) = ([family as u8], [family as u8 + 1]);
    let mut found = Vec::new();
    for row in expiries.range(&first[..]..&end[..])? {
        let row = row?;
        let entry = row.0.value();
        if entry.get(9) == Some(&code) {
            found.push((keys::moment_at(entry, 1), entry[10..].to_vec()));
        }
    }
    Ok(found)
}

/// The entry did its work.
pub fn done(tables: &mut Tables<'_>, due: &Due) -> Result<(), Fault> {
    tables.expiries.remove(due.entry.as_slice())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_codes_of_its_own_and_reads_back() {
        // Without a wildcard: a new kind must be put here, and so into the table.
        let is_listed = |kept: Kept| match kept {
            Kept::RecentText | Kept::Idempotency | Kept::Origin | Kept::HiddenText | Kept::Claim => true,
            Kept::EmailCode | Kept::WrongCodes | Kept::ExchangeCode | Kept::Session | Kept::Link => true,
            Kept::Departed | Kept::Proof | Kept::MailLink => true,
            Kept::WrongPasswords | Kept::KnownDevice | Kept::SpentToken => true,
        };
        for (kept, family, kind) in CODES {
            assert!(is_listed(kept));
            assert_eq!(kept.codes(), (family, kind));
            assert_eq!(Kept::from_codes(family, kind).unwrap(), kept);
        }
    }
}
