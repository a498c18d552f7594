//! Everything a data file holds, row by row: two files hold the same if these are equal.

use std::collections::HashMap;

use parking_lot::Mutex;
use redb::{
    Builder, Key, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError, TableHandle,
    Value,
};

use super::tape::Tape;

/// (table, key, row), all as bytes.
pub type Contents = Vec<(String, Vec<u8>, Vec<u8>)>;

type Reader = fn(&ReadTransaction, &str, &mut Contents) -> bool;

/// A table of these types, if it is one.
fn rows<K: Key + 'static, V: Value + 'static>(
    snapshot: &ReadTransaction,
    name: &str,
    found: &mut Contents,
) -> bool {
    let table = match snapshot.open_table(TableDefinition::<K, V>::new(name)) {
        Ok(table) => table,
        Err(TableError::TableTypeMismatch { .. }) => return false,
        Err(error) => panic!("{name}: {error}"),
    };
    for row in table.iter().unwrap() {
        let (key, value) = row.unwrap();
        let key = K::as_bytes(&key.value()).as_ref().to_vec();
        found.push((name.to_owned(), key, V::as_bytes(&value.value()).as_ref().to_vec()));
    }
    true
}

macro_rules! shapes {
    ($($value:ty: $($key:ty),*;)*) => { &[$($(rows::<$key, $value>,)*)*] };
}

/// The types that tables have: value, then keys. The engine tells which are a table's own.
const SHAPES: &[Reader] = shapes! {
    &'static [u8]: &[u8; 4], &[u8; 8], &[u8; 12], &[u8; 16], &[u8; 20], &[u8; 24], &[u8; 32], &[u8; 36], &[u8; 65], &[u8];
    u64: &[u8; 20], &[u8];
    i64: &[u8; 8], &[u8; 36], &[u8; 40], &[u8; 48], &[u8];
    (): &[u8; 16], &[u8; 24], &[u8; 32], &[u8; 48], &[u8];
    (u64, bool): &[u8; 33];
    &'static [u8; 4]: &[u8];
    &'static [u8; 16]: &[u8];
    &'static [u8; 24]: &[u8; 16];
    &'static [u8; 32]: &[u8; 32];
    &'static [u8; 36]: &[u8; 16];
};

/// Which shape a table has, once it was found out.
static KNOWN: Mutex<Option<HashMap<String, Reader>>> = Mutex::new(None);

pub fn of(tape: &Tape) -> Contents {
    let database = Builder::new().set_cache_size(1 << 20).create_with_backend(tape.clone()).unwrap();
    let snapshot = database.begin_read().unwrap();
    let mut found = vec![];
    let mut names: Vec<String> =
        snapshot.list_tables().unwrap().map(|table| table.name().to_owned()).collect();
    names.sort();
    for name in names {
        // So that a table without rows is more than none.
        found.push((name.clone(), vec![], vec![]));
        let known = KNOWN.lock().get_or_insert_default().get(&name).copied();
        match known {
            Some(reader) => assert!(reader(&snapshot, &name, &mut found)),
            None => {
                let reader = SHAPES.iter().find(|reader| reader(&snapshot, &name, &mut found));
                let reader = *reader.unwrap_or_else(|| panic!("the types of {name} are missing above"));
                KNOWN.lock().get_or_insert_default().insert(name, reader);
            }
        }
    }
    found
}

/// In which tables two files differ.
pub fn difference(one: &Contents, other: &Contents) -> Vec<String> {
    let mut tables: Vec<&String> = one.iter().chain(other).map(|(table, ..)| table).collect();
    tables.sort();
    tables.dedup();
    let of = |all: &Contents, table: &String| -> Vec<(Vec<u8>, Vec<u8>)> {
        let rows = all.iter().filter(|(name, ..)| name == table);
        rows.map(|(_, key, row)| (key.clone(), row.clone())).collect()
    };
    tables.into_iter().filter(|table| of(one, table) != of(other, table)).cloned().collect()
}
