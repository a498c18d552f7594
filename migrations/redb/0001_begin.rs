//! Makes the tables of the first schema. Written out here, and not taken from the code that uses them: a migration
//! says what was true when it was written, and is never changed afterwards.

use redb::{Key, TableDefinition, Value, WriteTransaction};

use super::Fault;

type Bytes = &'static [u8];
type Fixed<const N: usize> = &'static [u8; N];

pub fn run(transaction: &WriteTransaction) -> Result<(), Fault> {
    fn make<K: Key + 'static, V: Value + 'static>(
        transaction: &WriteTransaction,
        name: &'static str,
    ) -> Result<(), Fault> {
        transaction.open_table(TableDefinition::<K, V>::new(name))?;
        Ok(())
    }

    make::<Bytes, u64>(transaction, "meta-1")?;

    make::<Fixed<4>, Bytes>(transaction, "site-1")?;
    make::<Bytes, Fixed<4>>(transaction, "site-by-key-1")?;
    make::<Bytes, i64>(transaction, "refused-origin-1")?;

    make::<Bytes, u64>(transaction, "page-key-1")?;
    make::<Fixed<8>, Bytes>(transaction, "thread-1")?;
    make::<Fixed<24>, Bytes>(transaction, "comment-1")?;
    make::<Fixed<16>, Fixed<24>>(transaction, "comment-by-id-1")?;
    make::<Fixed<16>, Bytes>(transaction, "conversation-1")?;
    make::<Fixed<24>, ()>(transaction, "root-by-score-1")?;
    make::<Fixed<33>, (u64, bool)>(transaction, "comment-by-author-1")?;
    make::<Fixed<20>, u64>(transaction, "pending-1")?;
    make::<Fixed<65>, Bytes>(transaction, "recent-text-1")?;
    make::<Bytes, Bytes>(transaction, "idempotency-1")?;
    make::<Fixed<32>, Bytes>(transaction, "vote-1")?;
    make::<Fixed<40>, i64>(transaction, "vote-by-account-1")?;
    make::<Fixed<20>, Bytes>(transaction, "revision-1")?;
    make::<Fixed<16>, Bytes>(transaction, "origin-1")?;
    make::<Fixed<12>, Bytes>(transaction, "history-1")?;

    make::<Fixed<16>, Bytes>(transaction, "account-1")?;
    make::<Fixed<16>, Bytes>(transaction, "account-private-1")?;
    make::<Bytes, Fixed<16>>(transaction, "account-by-email-1")?;
    make::<Fixed<16>, ()>(transaction, "operator-1")?;
    make::<Fixed<20>, Bytes>(transaction, "member-1")?;
    make::<Fixed<36>, Bytes>(transaction, "guest-1")?;
    make::<Fixed<16>, Fixed<36>>(transaction, "guest-by-id-1")?;

    make::<Fixed<32>, Bytes>(transaction, "email-code-1")?;
    make::<Bytes, Bytes>(transaction, "wrong-code-1")?;
    make::<Fixed<32>, Bytes>(transaction, "exchange-code-1")?;
    make::<Fixed<32>, Fixed<32>>(transaction, "exchange-by-challenge-1")?;
    make::<Fixed<16>, Bytes>(transaction, "session-1")?;
    make::<Fixed<32>, ()>(transaction, "session-by-account-1")?;
    make::<Fixed<32>, Bytes>(transaction, "refresh-token-1")?;
    make::<Fixed<48>, ()>(transaction, "token-by-session-1")?;
    make::<Fixed<32>, Bytes>(transaction, "link-1")?;

    make::<Fixed<16>, Bytes>(transaction, "outbox-1")?;
    make::<Fixed<8>, i64>(transaction, "outbox-by-id-1")?;
    make::<Bytes, ()>(transaction, "expiry-1")
}
