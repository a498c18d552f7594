//! A damaged row is corrupt and no panic; what decodes is written again as what it is.
//!
//! The first byte of an input says which kind of row the rest is.

use minicbor::{Decode, Encode};

use super::comment::{self, CommentRow};
use super::identity::{StoredDeparted, StoredIdentity, StoredMailLink, StoredProof};
use super::notice::StoredNotice;
use super::people::{StoredAccount, StoredGuest, StoredLink, StoredMember, StoredPrivate};
use super::record::StoredRecord;
use super::session::{StoredEmailCode, StoredExchangeCode, StoredSession, StoredToken};
use super::site::StoredSite;
use super::thread::{
    StoredBody, StoredConversation, StoredOrigin, StoredRequest, StoredRevision, StoredText, StoredThread,
    StoredVote,
};
use crate::domain::TokenHash;
use crate::domain::{AccountId, SessionId, SiteId, ThreadId, Timestamp};
use crate::fuzz::{Target, outline, shape};
use crate::storage::comments::SentFrom;
use crate::storage::redb::codec;
use crate::storage::redb::fault::Fault;

const RECORDS: Target = Target {
    name: "records",
    test: "--lib fuzz_records",
    words: &[
        "\u{0}",
        "\u{1}",
        "\u{18}\u{7f}",
        "\u{19}\u{7f}\u{7f}",
        "\u{1a}\u{7f}\u{7f}\u{7f}\u{7f}",
        "`",
        "aa",
        "https://blog.example",
        "ada@example.org",
        "google",
        "javascript:x",
    ],
    max_bytes: 1_500,
};

type Row = fn(&[u8]) -> Result<(), Fault>;

const ROWS: &[Row] = &[
    comment_row,
    |row| again::<StoredThread>(row).map(|it| drop(it.into_row(ThreadId(1)))),
    |row| again::<StoredConversation>(row).map(drop),
    |row| again::<StoredRevision>(row).map(|it| drop(it.into_revision(1))),
    |row| again::<StoredBody>(row).map(drop),
    |row| again::<StoredText>(row).map(|it| _ = it.posted_at()),
    |row| again::<StoredRequest>(row).map(|it| _ = (it.request(), it.comment(), it.at())),
    |row| again::<StoredOrigin>(row).map(|it| drop(SentFrom::from(it))),
    |row| again::<StoredVote>(row).map(drop),
    |row| again::<StoredAccount>(row).map(|it| drop(it.into_account(account()))),
    |row| again::<StoredPrivate>(row).map(|it| drop(crate::storage::accounts::PrivateFacts::from(it))),
    |row| again::<StoredMember>(row)?.into_member(SiteId(1), account()).map(drop),
    |row| again::<StoredGuest>(row).map(|it| drop(it.into_guest(SiteId(1)))),
    |row| again::<StoredLink>(row)?.purpose().map(drop),
    |row| again::<StoredIdentity>(row)?.into_linked().map(drop),
    |row| again::<StoredDeparted>(row)?.into_departed(hash()).map(drop),
    |row| again::<StoredProof>(row)?.into_proof().map(drop),
    |row| again::<StoredMailLink>(row)?.into_link(hash()).map(drop),
    |row| again::<StoredNotice>(row).map(|it| drop(it.into_queued(1, Timestamp::EPOCH))),
    |row| again::<StoredRecord>(row).map(drop),
    |row| again::<StoredSession>(row)?.into_session(SessionId(account().0)).map(drop),
    |row| again::<StoredToken>(row).map(drop),
    |row| again::<StoredEmailCode>(row)?.into_code(hash()).map(drop),
    |row| again::<StoredExchangeCode>(row)?.into_code(hash()).map(drop),
    |row| again::<StoredSite>(row)?.into_site(SiteId(1)).map(drop),
];

#[test]
fn fuzz_records_are_read_as_they_were_or_called_corrupt() {
    RECORDS.run(|input| {
        let Some((kind, row)) = input.split_first() else { return shape("nothing") };
        let kind = usize::from(*kind) % ROWS.len();
        let said = match ROWS[kind](row) {
            Ok(()) => "read".to_owned(),
            Err(Fault::Corrupt(what)) => outline(&what),
            Err(Fault::Refused(why)) => panic!("a row that is no row is no refusal: {why:?}"),
            Err(Fault::Engine(error)) => panic!("a row that is no row is no fault of the engine: {error}"),
        };
        shape((kind, said))
    });
}

/// What a row holds. Written and read again it must hold the same, byte for byte.
fn again<T: Encode<()> + for<'b> Decode<'b, ()>>(row: &[u8]) -> Result<T, Fault> {
    let value: T = codec::decode(row)?;
    let written = codec::encode(&value);
    let read: T = codec::decode(&written).expect("what was written is read");
    assert_eq!(codec::encode(&read), written);
    Ok(value)
}

fn comment_row(row: &[u8]) -> Result<(), Fault> {
    let key = [7; 24];
    let is_public = comment::is_public(row);
    let read = CommentRow::decode(&key, row)?;
    let again = CommentRow::decode(&key, &read.encode()).expect("what was written is read");
    assert_eq!(again, read);
    if let Ok(is_public) = is_public {
        assert_eq!(comment::is_public(&read.encode()).expect("what was written is read"), is_public);
    }
    Ok(())
}

fn account() -> AccountId {
    AccountId::from_random([7; 16])
}

fn hash() -> TokenHash {
    TokenHash([7; 32])
}
