//! Every table: what its key is, what its row says.
//!
//! [`Tables`] is one write transaction's view, [`Snapshot`] one reader's; both open a table when it is first asked
//! for. A rule they share: primary rows are CBOR ([`super::codec`]), an index holds nothing that a primary row does
//! not say, and [`super::audit`] can rebuild it.

use std::cell::{Cell, OnceCell};
use std::ops::RangeBounds;

use minicbor::{Decode, Encode};
use redb::{
    AccessGuard, Database, Key, Range, ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata,
    Table, TableDefinition, Value, WriteTransaction,
};
use std::borrow::Borrow;

use super::codec;
use super::fault::Fault;
use super::keys;

/// Bytes in one transaction, when a table is copied.
const COPIED_AT_ONCE: usize = 4 << 20;

/// A row's bytes, as [`codec`] writes them.
pub type Row = &'static [u8];
/// A key of `N` bytes.
pub type Fixed<const N: usize> = &'static [u8; N];
/// A key of any length.
pub type Open = &'static [u8];

macro_rules! tables {
    ($($(#[$doc:meta])* $field:ident: $name:literal, $key:ty => $value:ty;)*) => {
        /// The tables of one write transaction, shared by the units of a batch.
        pub struct Tables<'t> {
            $($(#[$doc])* pub $field: Writing<'t, $key, $value>,)*
        }

        impl<'t> Tables<'t> {
            /// `written` becomes true with the first change.
            pub fn new(transaction: &'t WriteTransaction, written: &'t Cell<bool>) -> Tables<'t> {
                Tables { $($field: Writing::new(transaction, written, $name),)* }
            }
        }

        /// The tables of one snapshot.
        pub struct Snapshot<'t> {
            $($(#[$doc])* pub $field: Reading<'t, $key, $value>,)*
        }

        impl<'t> Snapshot<'t> {
            pub fn new(transaction: &'t ReadTransaction) -> Snapshot<'t> {
                Snapshot { $($field: Reading::new(transaction, $name),)* }
            }

            /// Every row of every table, as text.
            #[cfg(test)]
            pub fn dump(&self) -> Vec<String> {
                let mut rows = Vec::new();
                $(for row in self.$field.all().unwrap() {
                    let (key, value) = row.unwrap();
                    rows.push(format!("{}: {:?} -> {:?}", $name, key.value(), value.value()));
                })*
                rows
            }
        }

        /// The names of all tables.
        pub const NAMES: &[&str] = &[$($name),*];

        /// Every row of every table into an empty file, as it is; says how many there were. `before_each` chunk may
        /// say that there is no room for it.
        pub fn copy(
            from: &Snapshot<'_>,
            to: &Database,
            mut before_each: impl FnMut() -> Result<(), Fault>,
        ) -> Result<u64, Fault> {
            let mut rows = 0;
            $(rows += from.$field.copy_to(to, &mut before_each)?;)*
            Ok(rows)
        }

        /// Whether two snapshots hold the same rows; if not, names the first table that differs.
        pub fn compare(left: &Snapshot<'_>, right: &Snapshot<'_>) -> Result<(), Fault> {
            $(left.$field.compare(&right.$field)?;)*
            Ok(())
        }
    };
}

tables! {
    /// name → number: `schema_version`, and the last number given to a site, a thread, a notice, a history row.
    meta: "meta-1", Open => u64;
    /// site → its settings.
    sites: "site-1", Fixed<4> => Row;
    /// site key → site.
    site_by_key: "site-by-key-1", Open => Fixed<4>;
    /// (site, page key) → thread. Many to one: this is also how pages get further names.
    page_keys: "page-key-1", Open => u64;
    /// thread → its page, title, counters, version, pins.
    threads: "thread-1", Fixed<8> => Row;
    /// (thread, root place, place) → comment. A thread and a conversation are one range each.
    comments: "comment-1", Fixed<24> => Row;
    /// comment id → its key.
    comment_by_id: "comment-by-id-1", Fixed<16> => Fixed<24>;
    /// (thread, root place) → how many are published in the conversation, and its root's score. There is a row only
    /// while something is published in it: these are the conversations that show.
    conversations: "conversation-1", Fixed<16> => Row;
    /// (thread, score descending, root place descending) → nothing: the same conversations, the best first.
    root_by_score: "root-by-score-1", Fixed<24> => ();
    /// (author, thread, place) → root place, and whether everybody sees the comment.
    comment_by_author: "comment-by-author-1", Fixed<33> => (u64, bool);
    /// (site, thread, place) → root place, of what waits for a moderator: comments and edits.
    pending: "pending-1", Fixed<20> => u64;
    /// (author, hash of thread, parent and latest Markdown, comment) → when it was posted. Kept for a day.
    recent_text: "recent-text-1", Fixed<65> => Row;
    /// (site, author, key) → what was asked, and the comment it led to. Kept for a day.
    idempotency: "idempotency-1", Open => Row;
    /// (comment, account) → when they liked it.
    votes: "vote-1", Fixed<32> => Row;
    /// (account, thread, comment) → when: what one visitor likes of a thread.
    vote_by_account: "vote-by-account-1", Fixed<40> => i64;
    /// (comment, number) → Markdown, and the tree while it waits. Personal data.
    revisions: "revision-1", Fixed<20> => Row;
    /// comment → address, user agent, guest's e-mail. Personal data, kept for 30 days.
    origins: "origin-1", Fixed<16> => Row;
    /// account → name and epoch.
    accounts: "account-1", Fixed<16> => Row;
    /// account → address and password hash. Personal data.
    account_private: "account-private-1", Fixed<16> => Row;
    /// e-mail address in lower case → account.
    account_by_email: "account-by-email-1", Open => Fixed<16>;
    /// account → nothing: who runs the instance.
    operators: "operator-1", Fixed<16> => ();
    /// (site, account) → role, standing, published comments.
    members: "member-1", Fixed<20> => Row;
    /// (site, token hash) → guest.
    guests: "guest-1", Fixed<36> => Row;
    /// guest → their key.
    guest_by_id: "guest-by-id-1", Fixed<16> => Fixed<36>;
    /// challenge → an e-mail sign-in that waits for its code.
    email_codes: "email-code-1", Fixed<32> => Row;
    /// e-mail address in lower case → when wrong codes were tried for it.
    wrong_codes: "wrong-code-1", Open => Row;
    /// code hash → what the popup left.
    exchange_codes: "exchange-code-1", Fixed<32> => Row;
    /// challenge → the hash of the exchange code that answers it.
    exchange_by_challenge: "exchange-by-challenge-1", Fixed<32> => Fixed<32>;
    /// session → account, scope, rotation.
    sessions: "session-1", Fixed<16> => Row;
    /// (account, session) → nothing.
    session_by_account: "session-by-account-1", Fixed<32> => ();
    /// token hash → session and generation.
    refresh_tokens: "refresh-token-1", Fixed<32> => Row;
    /// (session, token hash) → nothing.
    token_by_session: "token-by-session-1", Fixed<48> => ();
    /// token hash → what the link is for, and until when.
    links: "link-1", Fixed<32> => Row;
    /// SHA-256 of (provider, issuer, subject) → whose identity it is elsewhere, and whose account here. Personal data.
    identities: "identity-1", Fixed<32> => Row;
    /// (account, identity) → nothing.
    identity_by_account: "identity-by-account-1", Fixed<48> => ();
    /// SHA-256 of `state` → a sign-in that has gone to a provider and not come back.
    departures: "departure-1", Fixed<32> => Row;
    /// SHA-256 of a popup's transaction → an identity that waits for proof of the account which has its address.
    proofs: "proof-1", Fixed<32> => Row;
    /// token hash → what a mailed link leads to, and which browser asked for it. Personal data.
    mail_links: "mail-link-1", Fixed<32> => Row;
    /// (account, token hash) → when a browser was last known to be this account's, in milliseconds.
    known_devices: "known-device-1", Fixed<48> => i64;
    /// SHA-256 of an address in lower case → how many passwords in a row were wrong for it.
    wrong_passwords: "wrong-password-1", Fixed<32> => Row;
    /// (site, SHA-256 of `jti`) → until when a single sign-on token may not come again, in milliseconds.
    spent_tokens: "spent-token-1", Fixed<36> => i64;
    /// (due, id) → notice.
    outbox: "outbox-1", Fixed<16> => Row;
    /// notice id → when it is due, in milliseconds.
    outbox_by_id: "outbox-by-id-1", Fixed<8> => i64;
    /// (site, sequence) → who did what to which comment or thread. Ids and facts only.
    history: "history-1", Fixed<12> => Row;
    /// (site, origin) → when it was last refused, in milliseconds.
    refused_origins: "refused-origin-1", Open => i64;
    /// (family, due, kind, key) → nothing: what is kept only for a while, the first due first.
    expiries: "expiry-1", Open => ();
}

/// What both views of a table can do.
pub trait Rows<K: Key + 'static, V: Value + 'static> {
    fn get<'a>(&self, key: impl Borrow<K::SelfType<'a>>) -> Result<Option<AccessGuard<'_, V>>, Fault>;

    fn range<'a, KR>(&self, range: impl RangeBounds<KR> + 'a) -> Result<Range<'_, K, V>, Fault>
    where
        KR: Borrow<K::SelfType<'a>> + 'a;

    fn all(&self) -> Result<Range<'_, K, V>, Fault> {
        self.range::<K::SelfType<'_>>(..)
    }
}

/// Tables whose keys have one length.
pub trait FixedRows<const N: usize, V: Value + 'static>: Rows<Fixed<N>, V> {
    /// Rows whose keys begin with `prefix`.
    fn under(&self, prefix: &[u8]) -> Result<Range<'_, Fixed<N>, V>, Fault> {
        let (first, last) = keys::all_under::<N>(prefix);
        self.span(&first, &last)
    }

    /// Rows from one key to another, both included.
    fn span(&self, from: &[u8; N], to: &[u8; N]) -> Result<Range<'_, Fixed<N>, V>, Fault> {
        self.range::<&[u8; N]>(from..=to)
    }
}

impl<const N: usize, V: Value + 'static, R: Rows<Fixed<N>, V>> FixedRows<N, V> for R {}

/// Rows that are CBOR.
pub trait CborRows<K: Key + 'static>: Rows<K, Row> {
    fn read<'a, T: for<'b> Decode<'b, ()>>(
        &self,
        key: impl Borrow<K::SelfType<'a>>,
    ) -> Result<Option<T>, Fault> {
        self.get(key)?.map(|row| codec::decode(row.value())).transpose()
    }
}

impl<K: Key + 'static, R: Rows<K, Row>> CborRows<K> for R {}

/// A table of a write transaction, opened when it is first used.
pub struct Writing<'t, K: Key + 'static, V: Value + 'static> {
    transaction: &'t WriteTransaction,
    written: &'t Cell<bool>,
    name: &'static str,
    table: OnceCell<Table<'t, K, V>>,
}

impl<'t, K: Key + 'static, V: Value + 'static> Writing<'t, K, V> {
    fn new(transaction: &'t WriteTransaction, written: &'t Cell<bool>, name: &'static str) -> Self {
        Writing { transaction, written, name, table: OnceCell::new() }
    }

    fn table(&self) -> Result<&Table<'t, K, V>, Fault> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = self.transaction.open_table(TableDefinition::new(self.name))?;
        Ok(self.table.get_or_init(|| table))
    }

    fn table_mut(&mut self) -> Result<&mut Table<'t, K, V>, Fault> {
        self.table()?;
        self.written.set(true);
        Ok(self.table.get_mut().expect("opened by the line before"))
    }

    pub fn insert<'k, 'v>(
        &mut self,
        key: impl Borrow<K::SelfType<'k>>,
        value: impl Borrow<V::SelfType<'v>>,
    ) -> Result<(), Fault> {
        self.table_mut()?.insert(key, value)?;
        Ok(())
    }

    /// Whether there was such a row.
    pub fn remove<'k>(&mut self, key: impl Borrow<K::SelfType<'k>>) -> Result<bool, Fault> {
        Ok(self.table_mut()?.remove(key)?.is_some())
    }
}

impl<K: Key + 'static> Writing<'_, K, Row> {
    pub fn write<'k, T: Encode<()>>(
        &mut self,
        key: impl Borrow<K::SelfType<'k>>,
        value: &T,
    ) -> Result<(), Fault> {
        self.insert(key, codec::encode(value).as_slice())
    }
}

impl<K: Key + 'static, V: Value + 'static> Rows<K, V> for Writing<'_, K, V> {
    fn get<'a>(&self, key: impl Borrow<K::SelfType<'a>>) -> Result<Option<AccessGuard<'_, V>>, Fault> {
        Ok(self.table()?.get(key)?)
    }

    fn range<'a, KR>(&self, range: impl RangeBounds<KR> + 'a) -> Result<Range<'_, K, V>, Fault>
    where
        KR: Borrow<K::SelfType<'a>> + 'a,
    {
        Ok(self.table()?.range(range)?)
    }
}

/// A table of a snapshot, opened when it is first used.
pub struct Reading<'t, K: Key + 'static, V: Value + 'static> {
    transaction: &'t ReadTransaction,
    name: &'static str,
    table: OnceCell<ReadOnlyTable<K, V>>,
}

impl<'t, K: Key + 'static, V: Value + 'static> Reading<'t, K, V> {
    fn new(transaction: &'t ReadTransaction, name: &'static str) -> Self {
        Reading { transaction, name, table: OnceCell::new() }
    }

    fn table(&self) -> Result<&ReadOnlyTable<K, V>, Fault> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = self.transaction.open_table(TableDefinition::new(self.name))?;
        Ok(self.table.get_or_init(|| table))
    }

    /// All rows into a table of the same name, in transactions of bounded size.
    fn copy_to(
        &self,
        to: &Database,
        before_each: &mut impl FnMut() -> Result<(), Fault>,
    ) -> Result<u64, Fault> {
        let mut rows = self.all()?;
        let (mut copied, mut is_done) = (0, false);
        while !is_done {
            before_each()?;
            let transaction = to.begin_write()?;
            {
                let mut table = transaction.open_table(TableDefinition::<K, V>::new(self.name))?;
                let mut bytes = 0;
                while bytes < COPIED_AT_ONCE {
                    let Some(row) = rows.next() else {
                        is_done = true;
                        break;
                    };
                    let (key, value) = row?;
                    bytes += 64 + K::as_bytes(&key.value()).as_ref().len();
                    bytes += V::as_bytes(&value.value()).as_ref().len();
                    table.insert(key.value(), value.value())?;
                    copied += 1;
                }
            }
            transaction.commit()?;
        }
        Ok(copied)
    }

    fn compare(&self, other: &Self) -> Result<(), Fault> {
        let (mut left, mut right) = (self.all()?, other.all()?);
        loop {
            let is_same = match (left.next().transpose()?, right.next().transpose()?) {
                (None, None) => return Ok(()),
                (Some((key, value)), Some((other_key, other_value))) => {
                    K::as_bytes(&key.value()).as_ref() == K::as_bytes(&other_key.value()).as_ref()
                        && V::as_bytes(&value.value()).as_ref() == V::as_bytes(&other_value.value()).as_ref()
                }
                _ => false,
            };
            if !is_same {
                return Err(Fault::corrupt(format!("a copy of the table {} came out different", self.name)));
            }
        }
    }

    /// How many rows there are, without reading them.
    pub fn count(&self) -> Result<u64, Fault> {
        Ok(self.table()?.len()?)
    }
}

impl<K: Key + 'static, V: Value + 'static> Rows<K, V> for Reading<'_, K, V> {
    fn get<'a>(&self, key: impl Borrow<K::SelfType<'a>>) -> Result<Option<AccessGuard<'_, V>>, Fault> {
        Ok(ReadableTable::get(self.table()?, key)?)
    }

    fn range<'a, KR>(&self, range: impl RangeBounds<KR> + 'a) -> Result<Range<'_, K, V>, Fault>
    where
        KR: Borrow<K::SelfType<'a>> + 'a,
    {
        Ok(ReadableTable::range(self.table()?, range)?)
    }
}
