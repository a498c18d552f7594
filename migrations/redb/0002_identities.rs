//! Makes the tables for signing in with an account from elsewhere, by mailed links and by single sign-on.

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

    make::<Fixed<32>, Bytes>(transaction, "identity-1")?;
    make::<Fixed<48>, ()>(transaction, "identity-by-account-1")?;
    make::<Fixed<32>, Bytes>(transaction, "departure-1")?;
    make::<Fixed<32>, Bytes>(transaction, "proof-1")?;
    make::<Fixed<32>, Bytes>(transaction, "mail-link-1")?;
    make::<Fixed<48>, i64>(transaction, "known-device-1")?;
    make::<Fixed<32>, Bytes>(transaction, "wrong-password-1")?;
    make::<Fixed<36>, i64>(transaction, "spent-token-1")
}
